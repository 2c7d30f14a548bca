"""What the scheduler does about late appeals."""

from collections.abc import Mapping
from datetime import UTC, datetime

import structlog

from appeals.escalation import queries, service
from db import EVERY_ORGANISATION, transaction
from staff.queries import organisations

log = structlog.get_logger()


def climb(site: str) -> Mapping[str, int]:
    """Measures for what has become overdue, then every step; one that fails keeps no other from being told."""
    now, counts = datetime.now(UTC), {"measures_opened": 0, "escalations_told": 0}
    with transaction(EVERY_ORGANISATION) as session:
        whose = [organisation.id for organisation in organisations(session)]
    for organisation in whose:
        with transaction(organisation) as session:
            counts["measures_opened"] += service.open_measures(session, organisation, now)
            steps = [step.id for step in queries.steps(session, organisation)]
        for step in steps:
            try:
                with transaction(organisation) as session:
                    counts["escalations_told"] += service.tell(session, queries.step(session, step), site, now)
            except Exception:  # the edge: the other steps must be told
                log.exception("escalation_failed", organisation=organisation, step=step)
    return counts
