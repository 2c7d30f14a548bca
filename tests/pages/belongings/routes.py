"""Every route that asks something: those that name an object, with how they are asked, and those that name none."""

from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

from tests.pages.belongings import (
    appeals,
    applicants,
    attachments,
    cabinet,
    calls,
    directories,
    exchange,
    journal,
    menus,
    messages,
    people,
    queues,
    recordings,
    supervision,
    terms,
)
from tests.pages.belongings.asking import Asked


def _whole(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """All of them; no route is in two."""
    found: dict[str, Any] = {}
    for part in parts:
        assert found.keys().isdisjoint(part), found.keys() & part.keys()
        found |= part
    return found


MATTERS: tuple[ModuleType, ...] = (
    appeals,
    applicants,
    attachments,
    cabinet,
    calls,
    directories,
    exchange,
    journal,
    menus,
    messages,
    people,
    queues,
    recordings,
    supervision,
    terms,
)

NAMES_AN_OBJECT: dict[str, Asked] = _whole(each.NAMES_AN_OBJECT for each in MATTERS)

# A telephone rings a moment before the ledger knows the call, so a call nobody has heard of yet is no mistake here;
# a foreign one looks the same. The answer is about the asker alone.
A_CALL_MAY_BE_UNKNOWN: dict[str, Asked] = _whole(each.A_CALL_MAY_BE_UNKNOWN for each in (appeals, calls))

NAMES_NO_OBJECT: dict[str, str] = _whole(each.NAMES_NO_OBJECT for each in MATTERS)
