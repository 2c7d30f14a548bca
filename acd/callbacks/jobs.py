"""What the scheduler does for owed calls."""

from acd.callbacks import clocks
from db import EVERY_ORGANISATION, transaction


def look_after() -> dict[str, int]:
    """Takes back what ran out, lets agents go on, escalates what is overdue, offers what is due; how many of each."""
    done = {}
    for name, deed in (
        ("callbacks_not_taken", clocks.take_back_run_out),
        ("callbacks_not_dialled", clocks.take_back_silent),
        ("let_go_on", clocks.let_go_stranded),
        ("escalated", clocks.escalate_overdue),
        ("callbacks_offered", clocks.offer_due),
    ):
        with transaction(EVERY_ORGANISATION) as session:
            done[name] = deed(session)
    return done
