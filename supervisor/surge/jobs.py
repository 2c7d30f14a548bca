"""What the scheduler does for surges."""

from datetime import UTC, datetime

from db import EVERY_ORGANISATION, transaction
from supervisor.surge import queries, service


def look_after() -> dict[str, int]:
    """Begins and ends incidents by their thresholds; how many of each."""
    with transaction(EVERY_ORGANISATION) as session:
        whose = queries.to_look_after(session)
    began = ended = 0
    for organisation in whose:
        with transaction(organisation) as session:
            new, over = service.look_after(session, organisation, datetime.now(UTC))
            began, ended = began + new, ended + over
    return {"incidents_began": began, "incidents_ended": ended}
