"""Every SELECT of menus and their drafts, dialled numbers, remembered languages, prompts and emergencies."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, undefer

from calls.model import Language
from db import NotFound
from ivr.tables import (
    CallerLanguage,
    DialledNumber,
    Emergency,
    MenuDocument,
    MenuDraft,
    StudioRecording,
    TypedPrompt,
)
from staff.tables import Organisation

MOST_VERSIONS = 200  # on one page
MOST_EMERGENCIES = 20


def documents(session: Session) -> Sequence[MenuDocument]:
    """The newest document of each organisation."""
    newest = (
        select(MenuDocument)
        .ext(distinct_on(MenuDocument.organisation_id))
        .order_by(MenuDocument.organisation_id, MenuDocument.version.desc())
    )
    return session.scalars(newest).all()


def newest_version(session: Session, organisation: int) -> int:
    """The version of the organisation's newest document; 0 before the first."""
    newest = select(func.coalesce(func.max(MenuDocument.version), 0)).where(
        MenuDocument.organisation_id == organisation
    )
    return session.scalars(newest).one()


def find_document(session: Session) -> MenuDocument | None:
    """The newest document of the transaction's organisation."""
    return session.scalars(select(MenuDocument).order_by(MenuDocument.version.desc()).limit(1)).one_or_none()


def menu_titles(session: Session) -> dict[str, dict[str, str]]:
    """What the transaction's organisation calls its published menus, by code and language."""
    published = find_document(session)
    written = published.document["menus"] if published else []
    return {menu["name"]: menu["titles"] for menu in written if menu.get("titles")}


def find_draft(session: Session) -> MenuDraft | None:
    """The draft of the transaction's organisation."""
    return session.scalars(select(MenuDraft)).one_or_none()


def draft_to_change(session: Session, organisation: int) -> MenuDraft:
    """The draft, locked until the transaction ends. NotFound when nobody has begun one."""
    locked = select(MenuDraft).where(MenuDraft.organisation_id == organisation).with_for_update()
    draft = session.scalars(locked.execution_options(populate_existing=True)).one_or_none()
    if draft is None:
        raise NotFound("menu draft")
    return draft


def versions(session: Session) -> Sequence[MenuDocument]:
    """The organisation's published versions, the newest first."""
    newest = select(MenuDocument).order_by(MenuDocument.version.desc()).limit(MOST_VERSIONS)
    return session.scalars(newest).all()


def version(session: Session, document: int) -> MenuDocument:
    """One published version by its id. NotFound for another organisation's."""
    found = session.scalars(select(MenuDocument).where(MenuDocument.id == document)).one_or_none()
    if found is None:
        raise NotFound(f"menu document {document}")
    return found


def version_before(session: Session, published: MenuDocument) -> MenuDocument | None:
    """The version published before this one."""
    before = (
        select(MenuDocument)
        .where(MenuDocument.organisation_id == published.organisation_id, MenuDocument.version < published.version)
        .order_by(MenuDocument.version.desc())
        .limit(1)
    )
    return session.scalars(before).one_or_none()


def numbers(session: Session) -> Sequence[tuple[DialledNumber, Organisation]]:
    """Every dialled number with its organisation."""
    rows = session.execute(
        select(DialledNumber, Organisation)
        .join(Organisation, Organisation.id == DialledNumber.organisation_id)
        .order_by(DialledNumber.number)
    )
    return [(number, organisation) for number, organisation in rows]


def own_numbers(session: Session) -> Sequence[DialledNumber]:
    """The numbers of the transaction's organisation."""
    return session.scalars(select(DialledNumber).order_by(DialledNumber.number)).all()


def number(session: Session, dialled: str) -> DialledNumber:
    """One number of the transaction's organisation. NotFound for another's."""
    found = session.scalars(select(DialledNumber).where(DialledNumber.number == dialled)).one_or_none()
    if found is None:
        raise NotFound(f"dialled number {dialled}")
    return found


def find_language(session: Session, organisation: int, number: str) -> Language | None:
    """The language that callers of this number chose last."""
    remembered = session.get(CallerLanguage, (organisation, number)) if number else None
    return Language(remembered.language) if remembered else None


def studio_recordings(session: Session) -> Sequence[StudioRecording]:
    """The recordings in use, without their sound."""
    used = select(StudioRecording).where(StudioRecording.undone_at.is_(None))
    return session.scalars(used.order_by(StudioRecording.prompt, StudioRecording.language)).all()


def find_recording(session: Session, prompt: str, language: str) -> StudioRecording | None:
    """The recording in use for this prompt, with its sound."""
    used = (
        select(StudioRecording)
        .options(undefer(StudioRecording.sound))
        .where(
            StudioRecording.prompt == prompt, StudioRecording.language == language, StudioRecording.undone_at.is_(None)
        )
    )
    return session.scalars(used).one_or_none()


def typed_prompts(session: Session) -> Sequence[TypedPrompt]:
    """The typed prompts in use, without their sound."""
    used = select(TypedPrompt).where(TypedPrompt.undone_at.is_(None))
    return session.scalars(used.order_by(TypedPrompt.prompt, TypedPrompt.language)).all()


def whose_typed(session: Session, beginning: str) -> Sequence[int]:
    """The organisations that use typed prompts whose names begin so."""
    used = (TypedPrompt.undone_at.is_(None), TypedPrompt.prompt.startswith(beginning, autoescape=True))
    return session.scalars(select(TypedPrompt.organisation_id).where(*used).distinct()).all()


def find_typed(session: Session, prompt: str, language: str) -> TypedPrompt | None:
    """The typed words in use for this prompt, with their sound."""
    used = (
        select(TypedPrompt)
        .options(undefer(TypedPrompt.sound))
        .where(TypedPrompt.prompt == prompt, TypedPrompt.language == language, TypedPrompt.undone_at.is_(None))
    )
    return session.scalars(used).one_or_none()


def emergencies(session: Session) -> Sequence[Emergency]:
    """The emergency announcements not ended; their time may be over. One at most of each organisation."""
    return session.scalars(select(Emergency).where(Emergency.ended_at.is_(None))).all()


def emergency_now(session: Session) -> Emergency | None:
    """What the organisation's callers hear first at this moment."""
    now = datetime.now(UTC)
    return session.scalars(
        select(Emergency).where(Emergency.ended_at.is_(None), Emergency.since_at <= now, Emergency.until_at > now)
    ).one_or_none()


def past_emergencies(session: Session) -> Sequence[Emergency]:
    """The last announcements, the newest first."""
    newest = select(Emergency).order_by(Emergency.id.desc()).limit(MOST_EMERGENCIES)
    return session.scalars(newest).all()


def emergency(session: Session, number: int) -> Emergency:
    """One emergency announcement. NotFound for another organisation's."""
    found = session.scalars(select(Emergency).where(Emergency.id == number)).one_or_none()
    if found is None:
        raise NotFound(f"emergency {number}")
    return found


def typed_sound(session: Session, prompt: int) -> bytes:
    """The sound of one typed prompt."""
    return session.scalars(select(TypedPrompt.sound).where(TypedPrompt.id == prompt)).one()


def sound(session: Session, recording: int) -> bytes:
    """The sound of one recording."""
    return session.scalars(select(StudioRecording.sound).where(StudioRecording.id == recording)).one()
