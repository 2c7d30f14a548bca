"""Every change of a directory. Desks, menus and cards offer it from then on; what was said before keeps its name."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from acd.directories.model import Directory
from acd.directories.queries import Entry, entries
from acd.model import OwnPause
from acd.news import tell_board
from acd.tables import PauseReason
from calls.tables import Topic
from db import Conflict
from staff.audit import audit
from staff.tables import Person

SUBJECTS = {Directory.PAUSES: "pause_reason", Directory.TOPICS: "topic"}
NEWS = "directories"  # told to desks


class CodeTaken(Conflict):
    """There is an entry of this code, perhaps switched off, or Holos uses it itself."""


def add(
    session: Session,
    directory: Directory,
    code: str,
    names: Mapping[str, str],
    *,
    lasts: timedelta | None = None,
    by: Person,
) -> Entry:
    """A further entry, the last one. CodeTaken."""
    if directory is Directory.PAUSES and code in set(OwnPause):
        raise CodeTaken(code)
    position = max((each.position for each in entries(session, directory)), default=-1) + 1
    entry: Entry
    if directory is Directory.PAUSES:
        entry = PauseReason(
            organisation_id=by.organisation_id, code=code, name=dict(names), lasts=lasts, position=position
        )
    else:
        entry = Topic(organisation_id=by.organisation_id, code=code, name=dict(names), position=position)
    try:
        with session.begin_nested():
            session.add(entry)
    except IntegrityError as error:
        raise CodeTaken(code) from error
    _done(session, directory, entry, "added", by, **names)
    return entry


def change(
    session: Session,
    directory: Directory,
    entry: Entry,
    names: Mapping[str, str],
    *,
    lasts: timedelta | None = None,
    by: Person,
) -> None:
    """Other names, or another time that a pause should take."""
    changes = {
        language: f"{entry.name.get(language, '')} → {names.get(language, '')}"
        for language in sorted({*entry.name, *names})
        if entry.name.get(language, "") != names.get(language, "")
    }
    entry.name = dict(names)
    if isinstance(entry, PauseReason) and entry.lasts != lasts:
        changes["lasts"] = f"{entry.lasts or '–'} → {lasts or '–'}"
        entry.lasts = lasts
    if changes:
        _done(session, directory, entry, "changed", by, **changes)


def switch_off(session: Session, directory: Directory, entry: Entry, *, by: Person) -> None:
    """Nobody chooses it any more."""
    if entry.disabled_at is None:
        entry.disabled_at = datetime.now(UTC)
        _done(session, directory, entry, "disabled", by)


def switch_on(session: Session, directory: Directory, entry: Entry, *, by: Person) -> None:
    """It is chosen again."""
    if entry.disabled_at is not None:
        entry.disabled_at = None
        _done(session, directory, entry, "enabled", by)


def move_up(session: Session, directory: Directory, entry: Entry, *, by: Person) -> None:
    """Before the entry that stood before it."""
    order = list(entries(session, directory))
    place = order.index(entry)
    if place:
        order[place - 1 : place + 1] = [entry, order[place - 1]]
        for position, each in enumerate(order):
            each.position = position
        _done(session, directory, entry, "moved", by, place=f"{place + 1} → {place}")


def _done(session: Session, directory: Directory, entry: Entry, deed: str, person: Person, /, **details: str) -> None:
    session.flush()
    subject = SUBJECTS[directory]
    audit(session, person, f"{subject}.{deed}", f"{subject}:{entry.code}", **details)
    tell_board(session, entry.organisation_id, NEWS)
