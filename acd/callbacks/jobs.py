"""What the scheduler does for owed calls."""

from functools import partial

from acd.callbacks import clocks
from db import EVERY_ORGANISATION, transaction


def look_after(*, line_out: bool) -> dict[str, int]:
    """Takes back what ran out, lets agents go on, escalates what is overdue, offers what is due; how many of each.

    `line_out`: whether our phones can call citizens at all.
    """
    deeds = (
        ("callbacks_not_taken", clocks.take_back_run_out),
        ("callbacks_not_dialled", clocks.take_back_silent),
        ("let_go_on", clocks.let_go_stranded),
        ("escalated", clocks.escalate_overdue),
        ("callbacks_offered", partial(clocks.offer_due, line_out=line_out)),
    )
    with transaction(EVERY_ORGANISATION) as session:
        return {name: deed(session) for name, deed in deeds}
