"""What the scheduler and a worker do about the trail of business rows."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from db import EVERY_ORGANISATION, transaction
from staff.trail import queries, service, verification
from staff.trail.model import Report
from staff.trail.service import Sealed
from web import facts

log = structlog.get_logger()

ROUNDS: Final = 10  # in one run of the job
EVERY: Final = timedelta(days=1)  # rows are compared with their trail
TIME_LIMIT: Final = timedelta(hours=3)
SHOWN: Final = 20  # findings on the page
_TOLD_FOR = timedelta(days=30)


def seal_waiting() -> Mapping[str, int]:
    """Changes since the last time get their seals, organisation by organisation."""
    with transaction(EVERY_ORGANISATION) as session:
        waiting = queries.waiting(session)
    sealed = 0
    for organisation in waiting:
        for _ in range(ROUNDS):
            with transaction(organisation) as session:
                done = service.seal_waiting(session, organisation)
            sealed += done
            if done < service.AT_ONCE:
                break
    return {"rows_sealed": sealed}


def verify(organisation: int, sealed: Sealed) -> Report:
    """Compares the organisation's rows with their trail, and tells the audit's page what it came to."""
    with transaction(organisation) as session:
        report = verification.verify(session, organisation, sealed)
    if report.found:
        log.error("rows_not_as_left", organisation=organisation, found=report.found)
    told = {
        "at": datetime.now(UTC).isoformat(),
        "entries": report.entries,
        "rows": report.rows,
        "found": report.found,
        "head": report.head,
        "findings": [[each.wrong.value, each.of] for each in report.findings[:SHOWN]],
    }
    facts.keep(_name(organisation), told, lasting=_TOLD_FOR)
    return report


def last(organisation: int) -> dict[str, Any] | None:
    """What the last comparison came to; None before the first, or without Redis."""
    known = facts.known(_name(organisation))
    return None if known is None else known | {"at": datetime.fromisoformat(known["at"])}


def _name(organisation: int) -> str:
    return f"staff.trail:{organisation}"
