"""What the clocks do for owed calls: offer what is due, take back what ran out, let agents go on, escalate."""

from datetime import UTC, datetime
from functools import cache, partial

from sqlalchemy.orm import Session

from acd import queries as desks
from acd import states
from acd.callbacks import queries
from acd.callbacks.model import Deed, Outcome, State
from acd.callbacks.offers import SEEN, circumstances, is_for_callback, let_go, offer_next
from acd.callbacks.service import close, fail, move
from acd.model import SILENT_AFTER, OwnPause
from acd.model import Deed as AgentDeed
from calls import hearing


def _now() -> datetime:
    return datetime.now(UTC)


def offer_due(session: Session, *, line_out: bool = True) -> int:
    """Offers what is due to agents who are idle; how many."""
    now = _now()
    if not line_out or not queries.anything_due(session, now):
        return 0
    offered = 0
    read_once = cache(partial(circumstances, session))
    for found in queries.ready_shifts(session, now - SEEN):
        shift = desks.open_shift(session, found.person_id, lock=True)
        if shift is None:
            continue
        if offer_next(session, shift, line_out=line_out, circumstances_of=read_once) is not None:
            offered += 1
    return offered


def take_back_run_out(session: Session) -> int:
    """Takes back offers that ran out, and pauses who let them; how many."""
    now, taken = _now(), 0
    for found in queries.run_out(session, now):
        person = found.person_id
        shift = desks.open_shift(session, person, lock=True) if person is not None else None
        owed = queries.get(session, found.id, lock=True)
        if owed.name is not State.OFFERED or owed.person_id != person:
            continue
        move(owed, Deed.GIVEN_BACK)
        owed.passed_by, owed.passed_at, owed.offered_until = person, now, None
        taken += 1
        if shift is not None and is_for_callback(desks.current_state(session, shift.person_id)):
            states.move(session, shift, AgentDeed.PAUSED, now, reason=OwnPause.CALLBACK_MISSED)
    session.flush()
    return taken


def take_back_silent(session: Session) -> int:
    """Attempts whose page went away before Asterisk had them; how many. The citizen was not rung.

    None as long as a listener may have missed that Asterisk had one.
    """
    now = _now()
    if not hearing.misses_nothing(now):
        return 0
    silent = queries.silent_attempts(session, now - SILENT_AFTER)
    for found in silent:
        queries.get(session, found.owed_call_id, lock=True)
        attempt = queries.open_attempt(session, found.owed_call_id)
        if attempt is not None and attempt.call is None:
            fail(session, attempt, Outcome.NEVER_DIALLED, now)
    return len(silent)


def let_go_stranded(session: Session) -> int:
    """Agents paused for a callback that is over or gone go on with what they did before; how many."""
    stranded = queries.stranded_shifts(session)
    for found in stranded:
        shift = desks.open_shift(session, found.person_id, lock=True)
        if shift is not None and queries.held_by(session, shift.person_id) is None:
            let_go(session, shift)
    return len(stranded)


def escalate_overdue(session: Session) -> int:
    """Whoever was not reached by the deadline is handed to those in charge; how many."""
    overdue = queries.overdue(session, _now())
    for owed in overdue:
        move(owed, Deed.ESCALATED)
        owed.person_id = None
        close(session, owed, _now())
    return len(overdue)
