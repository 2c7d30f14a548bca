"""The audit trail: who did what to what."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from sqlalchemy import BigInteger, cast, func, insert
from sqlalchemy.orm import Session

from db.rls import SETTING
from staff.tables import Audit, Person


def changes(**fields: tuple[object, object]) -> dict[str, str]:
    """Of each field its value before and after, for the details of a deed; only of those that differ."""
    return {name: f"{_said(old)} → {_said(new)}" for name, (old, new) in fields.items() if old != new}


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, str]:
    """The same of whole settings, of which some may have been, or are now, left out."""
    names = sorted(before.keys() | after.keys())
    return changes(**{name: (before.get(name), after.get(name)) for name in names})


def moved(before: Iterable[str], after: Iterable[str]) -> dict[str, str]:
    """What came to a list and what left it, for the details of a deed; nothing where it stayed as it was."""
    old, new = set(before), set(after)
    told = {"added": ", ".join(sorted(new - old)), "removed": ", ".join(sorted(old - new))}
    return {name: names for name, names in told.items() if names}


def _said(value: object) -> str:
    """As people read it: nothing is a dash, a duration in seconds."""
    match value:
        case None | "":
            return "–"
        case bool():
            return "yes" if value else "no"
        case timedelta():
            return f"{value.total_seconds():g} s"
        case _:
            return str(value)


def audit(session: Session, person: Person | None, deed: str, subject: str, **details: str) -> None:
    """Writes down who did what to what. `person` None: the system did it for the session's organisation."""
    of_session = cast(func.current_setting(SETTING), BigInteger)
    session.execute(
        insert(Audit).values(
            organisation_id=person.organisation_id if person is not None else of_session,
            person_id=person.id if person is not None else None,
            deed=deed,
            subject=subject,
            details=details,
        )
    )
