"""What the scheduler does for the desk."""

from datetime import timedelta

from acd import service
from db import EVERY_ORGANISATION, transaction


def settle_silent_shifts() -> str:
    """Pauses agents whose page fell silent, ends shifts that were left behind; what was done, in words."""
    with transaction(EVERY_ORGANISATION) as session:
        paused, ended = service.settle_silent_shifts(session)
    return f"paused {paused}, ended {ended}"


def end_long_recording_pauses(limit: timedelta) -> str:
    """Lets sound into recordings again whose pause was forgotten; how many, in words."""
    with transaction(EVERY_ORGANISATION) as session:
        return f"resumed {service.end_long_recording_pauses(session, limit)}"
