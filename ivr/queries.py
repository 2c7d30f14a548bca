"""Every SELECT of menus, dialled numbers, remembered languages and studio recordings."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, undefer

from calls.model import Language
from ivr.tables import CallerLanguage, DialledNumber, MenuDocument, StudioRecording
from staff.tables import Organisation


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


def numbers(session: Session) -> Sequence[tuple[DialledNumber, Organisation]]:
    """Every dialled number with its organisation."""
    rows = session.execute(
        select(DialledNumber, Organisation)
        .join(Organisation, Organisation.id == DialledNumber.organisation_id)
        .order_by(DialledNumber.number)
    )
    return [(number, organisation) for number, organisation in rows]


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


def sound(session: Session, recording: int) -> bytes:
    """The sound of one recording."""
    return session.scalars(select(StudioRecording.sound).where(StudioRecording.id == recording)).one()
