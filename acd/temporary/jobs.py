"""What the scheduler does for temporary accounts."""

from datetime import UTC, datetime

from acd.temporary import service
from db import EVERY_ORGANISATION, transaction
from staff.queries import organisations


def end_over() -> dict[str, int]:
    """Switches off the accounts whose time is over; how many."""
    with transaction(EVERY_ORGANISATION) as session:
        everybody = [organisation.id for organisation in organisations(session)]
    ended = 0
    for organisation in everybody:
        with transaction(organisation) as session:
            ended += service.end_over(session, datetime.now(UTC))
    return {"accounts_ended": ended}
