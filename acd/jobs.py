"""What the scheduler does for the desk."""

from datetime import timedelta

from acd import service
from db import EVERY_ORGANISATION, transaction


def settle_silent_shifts() -> dict[str, int]:
    """Pauses agents whose page fell silent, ends shifts that were left behind; how many."""
    with transaction(EVERY_ORGANISATION) as session:
        paused, ended = service.settle_silent_shifts(session)
    return {"paused": paused, "ended": ended}


def end_long_recording_pauses(limit: timedelta) -> dict[str, int]:
    """Lets sound into recordings again whose pause was forgotten; how many."""
    with transaction(EVERY_ORGANISATION) as session:
        return {"resumed": service.end_long_recording_pauses(session, limit)}
