"""What the scheduler does for sign-ins."""

from db import EVERY_ORGANISATION, transaction
from staff import sign_in


def sweep_sign_ins() -> str:
    """Forgets old failures and sessions that are over; what was done, in words."""
    with transaction(EVERY_ORGANISATION) as session:
        counts, sessions = sign_in.sweep(session)
    return f"forgot {counts} counts of failures, {sessions} sessions"
