"""Every change to menus, numbers, remembered languages and studio recordings."""

import hashlib
from datetime import UTC, datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from calls.model import Language
from db import Conflict, NotFound, notify
from db.notices import ASTERISK_CONFIG, MENUS
from ivr import document, prompts, queries
from ivr.model import Menus
from ivr.tables import CallerLanguage, DialledNumber, MenuDocument, StudioRecording


class NumberTaken(Conflict):
    """Callers of this number reach another organisation."""


def publish(session: Session, organisation: int, menus: Menus) -> MenuDocument:
    """The next version of the organisation's menus. BadDocument when they cannot be spoken; callers hear it at once."""
    written = document.write(menus)
    document.read(written)
    version = queries.newest_version(session, organisation) + 1
    published = MenuDocument(organisation_id=organisation, version=version, document=written)
    session.add(published)
    session.flush()
    notify(session, MENUS)
    return published


def assign_number(session: Session, organisation: int, number: str, *, language: Language, menu: str) -> None:
    """Callers of this number begin with this menu in this language; renewed when the number is already ours.

    NumberTaken when it is another organisation's, whoever the transaction works for.
    """
    new = insert(DialledNumber).values(organisation_id=organisation, number=number, language=language, menu=menu)
    ours = (
        update(DialledNumber)
        .where(DialledNumber.number == number, DialledNumber.organisation_id == organisation)
        .values(language=language, menu=menu)
    )
    for statement in (new.on_conflict_do_nothing(index_elements=["number"]), ours):
        if session.scalar(statement.returning(DialledNumber.number)) is not None:
            break
    else:
        raise NumberTaken(number)
    notify(session, MENUS)
    notify(session, ASTERISK_CONFIG)


def remember_language(session: Session, organisation: int, number: str, language: Language, *, at: datetime) -> None:
    """For the next call from this number. An older choice never replaces a newer one."""
    row = insert(CallerLanguage).values(organisation_id=organisation, number=number, language=language, chosen_at=at)
    newer = row.on_conflict_do_update(
        index_elements=["organisation_id", "number"],
        set_={"language": row.excluded.language, "chosen_at": row.excluded.chosen_at},
        where=CallerLanguage.chosen_at <= row.excluded.chosen_at,
    )
    session.execute(newer)


def replace_prompt(
    session: Session, organisation: int, prompt: str, language: Language, *, sound: bytes, file_name: str, by: int
) -> StudioRecording:
    """A person's voice in place of the spoken one. NotFound for a prompt that is never played."""
    if prompt not in prompts.written(language):
        raise NotFound(f"prompt {prompt}")
    _undo(session, organisation, prompt, language)
    recording = StudioRecording(
        organisation_id=organisation,
        prompt=prompt,
        language=language,
        sha256=hashlib.sha256(sound).hexdigest(),
        sound=sound,
        file_name=file_name[:200],
        uploaded_by=by,
        undone_at=None,
    )
    session.add(recording)
    session.flush()
    notify(session, MENUS)
    return recording


def undo_prompt(session: Session, organisation: int, prompt: str, language: Language) -> None:
    """Back to the spoken one. NotFound when nothing was replaced."""
    if queries.find_recording(session, prompt, language) is None:
        raise NotFound(f"studio recording {prompt}")
    _undo(session, organisation, prompt, language)
    notify(session, MENUS)


def _undo(session: Session, organisation: int, prompt: str, language: Language) -> None:
    session.execute(
        update(StudioRecording)
        .where(
            StudioRecording.organisation_id == organisation,
            StudioRecording.prompt == prompt,
            StudioRecording.language == language,
            StudioRecording.undone_at.is_(None),
        )
        .values(undone_at=datetime.now(UTC))
    )
