"""What the scheduler does for owed calls."""

from acd.callbacks import service
from db import EVERY_ORGANISATION, transaction


def look_after() -> dict[str, int]:
    """Takes back what ran out, lets agents go on, escalates what is overdue, offers what is due; how many of each."""
    done = {}
    for name, deed in (
        ("callbacks_not_taken", service.take_back_run_out),
        ("callbacks_not_dialled", service.take_back_silent),
        ("let_go_on", service.let_go_stranded),
        ("escalated", service.escalate_overdue),
        ("callbacks_offered", service.offer_due),
    ):
        with transaction(EVERY_ORGANISATION) as session:
            done[name] = deed(session)
    return done
