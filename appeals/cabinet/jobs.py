"""What the scheduler does for the cabinet."""

from collections.abc import Mapping

from appeals.cabinet import drafts
from db import EVERY_ORGANISATION, transaction


def sweep() -> Mapping[str, int]:
    """Forgets drafts, codes and sessions that are over; how many."""
    with transaction(EVERY_ORGANISATION) as session:
        written, sessions = drafts.sweep(session)
    return {"drafts_forgotten": written, "sessions_forgotten": sessions}
