"""What the scheduler does for sign-ins."""

from db import EVERY_ORGANISATION, transaction
from staff import sign_in


def sweep_sign_ins() -> dict[str, int]:
    """Forgets old failures and sessions that are over; how many."""
    with transaction(EVERY_ORGANISATION) as session:
        failures, sessions = sign_in.sweep(session)
    return {"failures_forgotten": failures, "sessions_forgotten": sessions}
