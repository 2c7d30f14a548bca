"""The nightly verification of every organisation's attachments, in a worker; `run` asks for it."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from appeals.attachments import verification
from db import EVERY_ORGANISATION, transaction
from db.store import StoreAway
from staff.queries import organisations
from web import facts

log = structlog.get_logger()

EVERY: Final = timedelta(days=1)
TIME_LIMIT: Final = timedelta(hours=3)
_TOLD_FOR = timedelta(days=30)


def verify() -> None:
    """The job: one organisation after the other; a store that is away is asked again tomorrow."""
    with transaction(EVERY_ORGANISATION) as session:
        known = [organisation.id for organisation in organisations(session)]
    for organisation in known:
        verify_one(organisation)


def verify_one(organisation: int, everything: int = 0) -> None:
    """One organisation's; `everything` (not 0) is read whole."""
    try:
        with transaction(organisation) as session:
            report = verification.verify(session, organisation, everything=bool(everything))
    except StoreAway as error:
        log.warning("attachments_not_verified", organisation=organisation, error=str(error))
        return
    told = {"at": datetime.now(UTC).isoformat(), "files": report.files, "read": report.read, "found": len(report.found)}
    facts.keep(_name(organisation), told, lasting=_TOLD_FOR)


def last(organisation: int) -> dict[str, Any] | None:
    """What the last verification looked at; None before the first, or without Redis."""
    known = facts.known(_name(organisation))
    return None if known is None else known | {"at": datetime.fromisoformat(known["at"])}


def _name(organisation: int) -> str:
    return f"appeals.attachments:{organisation}"
