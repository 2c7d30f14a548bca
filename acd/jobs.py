"""What the scheduler does for the desk."""

from acd import service
from db import EVERY_ORGANISATION, transaction


def settle_silent_shifts() -> str:
    """Pauses agents whose page fell silent, ends shifts that were left behind; what was done, in words."""
    with transaction(EVERY_ORGANISATION) as session:
        paused, ended = service.settle_silent_shifts(session)
    return f"paused {paused}, ended {ended}"
