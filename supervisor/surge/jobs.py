"""What the scheduler does for surges."""

from datetime import UTC, datetime

from db import EVERY_ORGANISATION, transaction
from staff.queries import organisations
from supervisor.surge import service


def look_after() -> dict[str, int]:
    """Begins and ends incidents by their thresholds; how many of each."""
    with transaction(EVERY_ORGANISATION) as session:
        everybody = [organisation.id for organisation in organisations(session)]
    began = ended = 0
    for organisation in everybody:
        with transaction(organisation) as session:
            new, over = service.look_after(session, organisation, datetime.now(UTC))
            began, ended = began + new, ended + over
    return {"incidents_began": began, "incidents_ended": ended}
