"""The daily verification of every organisation's ledger, in a worker; what it found is told on the page of keeping."""

from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from db import EVERY_ORGANISATION, transaction
from db.store import StoreAway
from recordings import asking
from recordings.ledger import verification
from staff.queries import organisations
from web import facts

log = structlog.get_logger()

EVERY = timedelta(days=1)
_TIME_LIMIT = timedelta(hours=2)
_TOLD_FOR = timedelta(days=30)


def ask(node: str) -> dict[str, int]:
    """Asks a worker of the node to verify; the scheduler does this once a day. ConnectionError without Redis."""
    return asking.demand(node, verify, limit=_TIME_LIMIT, told="verify the ledger of recordings")


def verify() -> None:
    """The job."""
    with transaction(EVERY_ORGANISATION) as session:
        known = [organisation.id for organisation in organisations(session)]
    for organisation in known:
        try:
            with transaction(EVERY_ORGANISATION) as session:
                report = verification.verify(session, organisation)
        except StoreAway as error:
            log.warning("recordings_not_verified", organisation=organisation, error=str(error))
            continue
        if report.found:
            log.error("recordings_not_as_in_the_ledger", organisation=organisation, found=report.found)
        told = {
            "at": datetime.now(UTC).isoformat(),
            "entries": report.entries,
            "objects": report.objects,
            "found": report.found,
            "findings": [[finding.wrong, finding.of] for finding in report.findings],
        }
        facts.keep(_name(organisation), told, lasting=_TOLD_FOR)


def last_verification(organisation: int) -> dict[str, Any] | None:
    """What the last verification found; None before the first, or without Redis."""
    return facts.known(_name(organisation))


def _name(organisation: int) -> str:
    return f"recordings.ledger:{organisation}"
