"""The nightly look for streets that were entered twice; keepers of the directory are shown what it found."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from appeals.addresses import queries
from appeals.addresses.model import entered_twice
from db import EVERY_ORGANISATION, transaction
from staff.queries import organisations
from web import facts

EVERY: Final = timedelta(days=1)
_TOLD_FOR: Final = timedelta(days=3)


def look_for_doubles() -> Mapping[str, int]:
    """One organisation after the other; how many streets of all stand there more than once."""
    with transaction(EVERY_ORGANISATION) as session:
        known = [organisation.id for organisation in organisations(session)]
    return {"streets_twice": sum(_look(organisation) for organisation in known)}


def doubles(session: Session, organisation: int) -> Sequence[tuple[int, ...]]:
    """What the last look found and nobody has mended since; nothing before the first, or without Redis."""
    found = facts.known(_name(organisation))
    streets = {street for alike in found["alike"] for street in alike} if found is not None else set()
    return entered_twice(queries.readings(session, streets)) if streets else []


def _look(organisation: int) -> int:
    with transaction(organisation) as session:
        alike = entered_twice(queries.readings(session))
    facts.keep(_name(organisation), {"alike": alike}, lasting=_TOLD_FOR)
    return len(alike)


def _name(organisation: int) -> str:
    return f"appeals.addresses:{organisation}"
