"""Every change to what callers hear: menus, numbers, remembered languages, prompts, emergency announcements."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from calls.model import Language
from db import Conflict, NotFound, notify
from db.notices import ASTERISK_CONFIG, MENUS
from ivr import document, faults, prompts, queries
from ivr.document import BadDocument
from ivr.faults import Surroundings
from ivr.model import Menus
from ivr.tables import CallerLanguage, DialledNumber, Emergency, MenuDocument, StudioRecording, TypedPrompt


class NumberTaken(Conflict):
    """Callers of this number reach another organisation."""


class ChangedMeanwhile(Conflict):
    """Somebody else has changed this part of the draft since it was shown."""


def publish(
    session: Session,
    organisation: int,
    menus: Menus,
    *,
    by: int | None = None,
    note: str = "",
    restores: int | None = None,
    here: Surroundings | None = None,
) -> MenuDocument:
    """The next version of the organisation's menus, heard by the next caller. BadDocument when it cannot be spoken,
    or, with `here`, names what the organisation does not have.
    """
    written = document.write(menus)
    document.read(written)
    missing = list(faults.out_of_place(menus, here)) if here is not None else []
    if missing:
        raise BadDocument(missing)
    published = MenuDocument(
        organisation_id=organisation,
        version=queries.newest_version(session, organisation) + 1,
        document=written,
        published_by=by,
        note=note,
        restores=restores,
    )
    try:
        with session.begin_nested():
            session.add(published)
    except IntegrityError as error:  # two at the same moment: the second has not seen what the first published
        raise ChangedMeanwhile("published") from error
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


def give_up_number(session: Session, number: DialledNumber) -> None:
    """Nobody is reached by it any more: Asterisk turns its calls away."""
    session.delete(number)
    session.flush()
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
    """A person's voice in place of the spoken one, from now on."""
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
    _use(session, recording)
    return recording


def undo_prompt(session: Session, organisation: int, prompt: str, language: Language) -> None:
    """Back to the spoken one. NotFound when nothing was replaced."""
    _give_up(session, StudioRecording, organisation, prompt, language)


def type_prompt(
    session: Session, organisation: int, prompt: str, language: Language, *, words: str, sound: bytes, by: int
) -> TypedPrompt:
    """Words of an administrator, spoken as `sound`, from now on. A studio recording of the prompt stays in use."""
    typed = TypedPrompt(
        organisation_id=organisation,
        prompt=prompt,
        language=language,
        words=words,
        sha256=hashlib.sha256(sound).hexdigest(),
        sound=sound,
        typed_by=by,
        undone_at=None,
    )
    _use(session, typed)
    return typed


def untype_prompt(session: Session, organisation: int, prompt: str, language: Language) -> None:
    """Back to the words that came with the product. NotFound when nothing was typed."""
    _give_up(session, TypedPrompt, organisation, prompt, language)


def announce(
    session: Session,
    organisation: int,
    *,
    spoken: Mapping[Language, tuple[str, bytes]],
    lasting: timedelta,
    by: int,
    offers_callback: bool = False,
    queues: Sequence[str] = (),
) -> Emergency:
    """Callers hear this first, until its time is over or somebody ends it; it takes the place of the last one.

    `spoken` has the words and their sound for each language. With `queues`, their codes, only callers of these hear it.
    """
    emergency = announce_prepared(
        session, organisation, "", lasting=lasting, by=by, offers_callback=offers_callback, queues=queues
    )
    emergency.prompt = prepare(session, organisation, str(emergency.id), spoken=spoken, by=by)
    return emergency


def announce_again(session: Session, before: Emergency, *, lasting: timedelta, by: int) -> Emergency:
    """The words of an announcement that was made before."""
    return announce_prepared(
        session, before.organisation_id, before.prompt, lasting=lasting, by=by, queues=before.queues
    )


def prepare(
    session: Session, organisation: int, name: str, *, spoken: Mapping[Language, tuple[str, bytes]], by: int
) -> str:
    """Words for an announcement to come, with their sound for each language; the prompt's whole name."""
    prompt = f"{prompts.EMERGENCY}{name}"
    for language, (words, sound) in spoken.items():
        type_prompt(session, organisation, prompt, language, words=words, sound=sound, by=by)
    return prompt


def announce_prepared(
    session: Session,
    organisation: int,
    prompt: str,
    *,
    lasting: timedelta,
    by: int | None,
    offers_callback: bool = False,
    queues: Sequence[str] = (),
) -> Emergency:
    """As `announce`, with a prompt that was prepared; `by` is None when a rule does it."""
    _end_emergencies(session, organisation, by)
    now = datetime.now(UTC)
    emergency = Emergency(
        organisation_id=organisation,
        prompt=prompt,
        since_at=now,
        until_at=now + lasting,
        announced_by=by,
        offers_callback=offers_callback,
        queues=list(queues),
        ended_at=None,
    )
    session.add(emergency)
    session.flush()
    _tell_callers(session)
    return emergency


def end_if_heard(session: Session, organisation: int, emergency: int, *, by: int | None) -> None:
    """Nobody hears this announcement any more; another one that took its place goes on."""
    ended = update(Emergency).where(
        Emergency.id == emergency, Emergency.organisation_id == organisation, Emergency.ended_at.is_(None)
    )
    session.execute(ended.values(ended_at=datetime.now(UTC), ended_by=by))
    _tell_callers(session)


def end_emergency(session: Session, emergency: Emergency, *, by: int) -> None:
    """Nobody hears it any more. Conflict when it had ended before."""
    if emergency.ended_at is not None or emergency.until_at <= datetime.now(UTC):
        raise Conflict(f"emergency {emergency.id} is over")
    _end_emergencies(session, emergency.organisation_id, by)
    _tell_callers(session)


def _end_emergencies(session: Session, organisation: int, by: int | None) -> None:
    now = datetime.now(UTC)
    session.execute(
        update(Emergency)
        .where(Emergency.organisation_id == organisation, Emergency.ended_at.is_(None))
        .values(ended_at=now, ended_by=by)
    )


def _tell_callers(session: Session) -> None:
    """Those in the menus, and those who wait."""
    notify(session, MENUS)
    notify(session, ASTERISK_CONFIG)


def _use(session: Session, sound: StudioRecording | TypedPrompt) -> None:
    """This sound of its prompt from now on, in place of the last one of its kind."""
    _undo(session, type(sound), sound.organisation_id, sound.prompt, Language(sound.language))
    session.add(sound)
    session.flush()
    notify(session, MENUS)


def _give_up(
    session: Session, table: type[StudioRecording | TypedPrompt], organisation: int, prompt: str, language: Language
) -> None:
    """No sound of this kind any more. NotFound when there was none."""
    if not _undo(session, table, organisation, prompt, language):
        raise NotFound(f"{table.__tablename__} {prompt}")
    notify(session, MENUS)


def _undo(
    session: Session, table: type[StudioRecording | TypedPrompt], organisation: int, prompt: str, language: Language
) -> bool:
    """Whether there was one in use."""
    undone = (
        update(table)
        .where(
            table.organisation_id == organisation,
            table.prompt == prompt,
            table.language == language,
            table.undone_at.is_(None),
        )
        .values(undone_at=datetime.now(UTC))
    )
    return session.scalar(undone.returning(table.id)) is not None
