"""Every change of an owed call: missed, offered, dialled, answered, closed, opened again.

Whoever changes a shift and an owed call locks the shift first. The journal's reader changes no agent's state: an agent
whose callback is gone is let go by `let_go_stranded`, a moment later.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from acd import queries as desks
from acd import states
from acd.callbacks import queries
from acd.callbacks.model import (
    COUNTED,
    Deed,
    Hindrance,
    Outcome,
    Reason,
    Rules,
    State,
    UnexpectedDeed,
    allowed_from,
    first_try,
    may_dial,
    next_state,
    next_try,
)
from acd.callbacks.numbers import international
from acd.callbacks.tables import CallbackAttempt, CallbackRules, MissedCall, OwedCall
from acd.model import AgentStateName, OwnPause
from acd.model import Deed as AgentDeed
from acd.news import tell_desk
from acd.tables import AgentState, Shift
from calls.events import CallPlaced
from calls.model import person_of
from calls.state import Call
from db import Conflict
from staff import queries as staff
from staff.service import audit
from staff.tables import Organisation, Person

PASSED_FOR = timedelta(minutes=5)  # so long an agent who gave one back is not offered it again
CLOCKS = timedelta(seconds=5)  # so far the clocks of Asterisk and of the web may be apart
SEEN = timedelta(seconds=45)  # a page that gave no sign of life for so long is offered nothing
SILENT_AFTER = timedelta(seconds=75)  # three missed signs of life of the page that should dial


class Hindered(Conflict):
    """It cannot be done now; `why` has its words."""

    def __init__(self, why: Hindrance) -> None:
        super().__init__(why)
        self.why = why


def _now() -> datetime:
    return datetime.now(UTC)


def _move(owed: OwedCall, deed: Deed) -> None:
    """Hindered when the deed does not fit."""
    try:
        owed.state = next_state(owed.name, deed)
    except UnexpectedDeed:
        raise Hindered(Hindrance.TAKEN) from None


# --- what the journal says ---


def miss(session: Session, organisation: Organisation, call: Call, reason: Reason, *, number: str) -> None:
    """The caller did not get through: they are owed a call, once for each number and queue. Counted once."""
    number = international(number, organisation.country)
    queue = queries.queue_or_general(session, organisation.id, call.queue)
    if not number or queue is None or call.ended_at is None or queries.is_counted(session, call.id):
        return
    known = queries.open_of(session, organisation.id, number, queue)
    owed = known[0] if known else _new(session, organisation, call, reason, number=number, queue=queue)
    if known:
        _miss_again(session, owed, call, reason, organisation)
    session.add(
        MissedCall(call=call.id, organisation_id=organisation.id, owed_call_id=owed.id, reason=reason, at=call.ended_at)
    )
    session.flush()


def _new(
    session: Session, organisation: Organisation, call: Call, reason: Reason, *, number: str, queue: str
) -> OwedCall:
    assert call.ended_at is not None
    rules, zone = queries.rules(session, organisation.id), ZoneInfo(organisation.time_zone)
    owed = OwedCall(
        organisation_id=organisation.id,
        number=number,
        queue=queue,
        reason=reason,
        state=State.WAITING,
        language=call.language,
        topic=call.topic,
        missed=1,
        first_missed_at=call.ended_at,
        last_missed_at=call.ended_at,
        place_at=call.queued_at or call.arrived_at,
        asked_at=call.ended_at if reason is Reason.ASKED else None,
        due_at=first_try(rules, reason, call.ended_at, zone),
        deadline_at=allowed_from(rules, call.ended_at + rules.deadline, zone),
        attempts=0,
    )
    session.add(owed)
    session.flush()
    return owed


def _miss_again(session: Session, owed: OwedCall, call: Call, reason: Reason, organisation: Organisation) -> None:
    """One call more; whoever called just now is at their telephone, so no pause is waited for."""
    assert call.ended_at is not None
    rules, zone = queries.rules(session, organisation.id), ZoneInfo(organisation.time_zone)
    _move(owed, Deed.MISSED_AGAIN)
    owed.missed += 1
    owed.last_missed_at = max(owed.last_missed_at, call.ended_at)
    owed.language, owed.topic = call.language, call.topic or owed.topic
    owed.due_at = min(owed.due_at, first_try(rules, reason, call.ended_at, zone))
    if reason is Reason.ASKED:
        owed.asked_at, owed.place_at = call.ended_at, call.queued_at or call.arrived_at
    if owed.reason != Reason.ASKED:
        owed.reason = reason


def reach(session: Session, organisation: Organisation, call: Call, at: datetime, *, deed: Deed) -> None:
    """The number talks with us: everything owed to it until then is paid.

    REACHED_US when they called, ANSWERED when an agent has called them, by a callback or by a call of their own.
    """
    number = international(call.caller, organisation.country)
    for owed in queries.open_of(session, organisation.id, number) if number else ():
        if max(owed.last_missed_at, owed.reopened_at or owed.last_missed_at) <= at:
            _move(owed, deed)
            owed.person_id = person_of(call.agent) if call.agent else owed.person_id
            _close(session, owed, at)


def begin(session: Session, organisation: Organisation, placed: CallPlaced) -> CallbackAttempt | None:
    """Asterisk has the call of an attempt: from now on the journal says how it ends. None for any other call."""
    person = person_of(placed.agent)
    number = international(placed.caller, organisation.country)
    found = queries.attempt_of(session, person, number, placed.at + CLOCKS) if person is not None else None
    if found is not None:
        found.call = placed.call
        session.flush()
    return found


def answer(session: Session, attempt: CallbackAttempt, at: datetime) -> None:
    """The citizen has answered: what was owed is paid."""
    if attempt.outcome is not None:
        return
    attempt.outcome, attempt.ended_at = Outcome.ANSWERED, at
    owed = queries.get(session, attempt.owed_call_id, lock=True)
    if owed.name is State.DIALLING:
        _move(owed, Deed.ANSWERED)
        _close(session, owed, at)


def fail(session: Session, attempt: CallbackAttempt, outcome: Outcome, at: datetime) -> None:
    """The citizen was not reached: tried again by the rules, or escalated after the last attempt."""
    if attempt.outcome is not None:
        return
    attempt.outcome, attempt.ended_at = outcome, at
    owed = queries.get(session, attempt.owed_call_id, lock=True)
    if owed.name is not State.DIALLING:
        return
    _move(owed, Deed.GIVEN_BACK if outcome is Outcome.NEVER_DIALLED else Deed.NOT_ANSWERED)
    owed.attempts += outcome in COUNTED
    organisation = staff.organisation(session, owed.organisation_id)
    rules, zone = queries.rules(session, organisation.id), ZoneInfo(organisation.time_zone)
    due = next_try(rules, outcome, owed.attempts, at, zone)
    tell_desk(session, attempt.person_id, "callback", outcome=str(outcome))
    if due is None:
        _move(owed, Deed.ESCALATED)
        _close(session, owed, at)
    else:
        owed.due_at = due


def _close(session: Session, owed: OwedCall, at: datetime) -> None:
    owed.closed_at, owed.offered_until = at, None
    if owed.person_id is not None:
        tell_desk(session, owed.person_id, "callback")
    session.flush()


# --- what agents do ---


def offer_next(session: Session, shift: Shift) -> OwedCall | None:
    """Offers to an agent who is ready whoever's turn has come; the queue rings them no more until they have said."""
    period = desks.current_state(session, shift.person_id)
    now = _now()
    there = shift.phone_reachable and shift.seen_at >= now - SEEN
    if period is None or period.name is not AgentStateName.READY or not there:
        return None
    candidates = queries.next_for(session, shift.person_id, now, passed_before=now - PASSED_FOR)
    if not candidates:
        return None
    organisation = staff.organisation(session, shift.organisation_id)
    talking = queries.numbers_on_the_line(session, organisation.id, organisation.country)
    for owed in candidates:
        if owed.number not in talking and _may_ring(session, owed, organisation, now):
            _offer(session, shift, owed, now)
            return owed
    return None


def _may_ring(session: Session, owed: OwedCall, organisation: Organisation, now: datetime) -> bool:
    """Whether it is no quiet hour; if it is, the call is due when it ends."""
    rules, zone = queries.rules(session, organisation.id), ZoneInfo(organisation.time_zone)
    if may_dial(rules, now, zone, asked_at=owed.asked_at):
        return True
    owed.due_at = allowed_from(rules, now, zone)
    return False


def _offer(session: Session, shift: Shift, owed: OwedCall, now: datetime) -> None:
    _move(owed, Deed.OFFERED)
    owed.person_id = shift.person_id
    owed.offered_until = now + queries.rules(session, owed.organisation_id).offered_for
    states.move(session, shift, AgentDeed.PAUSED, now, reason=OwnPause.CALLBACK)
    tell_desk(session, shift.person_id, "callback")


def take(session: Session, person: Person, owed_id: int) -> OwedCall:
    """The agent picks one out of turn.

    Hindered if somebody has it, in a quiet hour, while the number is on the line, without a shift and during a call.
    """
    queries.get(session, owed_id)
    shift, period = _at_desk(session, person)
    owed = queries.get(session, owed_id, lock=True)
    if owed.name is State.OFFERED and owed.person_id == person.id:
        return owed
    if owed.name is not State.WAITING:
        raise Hindered(Hindrance.TAKEN)
    if period.name not in {AgentStateName.READY, AgentStateName.PAUSED} or queries.held_by(session, person.id):
        raise Hindered(Hindrance.BUSY)
    organisation = staff.organisation(session, person.organisation_id)
    if owed.number in queries.numbers_on_the_line(session, organisation.id, organisation.country):
        raise Hindered(Hindrance.ON_THE_LINE)
    if not _may_ring(session, owed, organisation, _now()):
        raise Hindered(Hindrance.QUIET)
    _offer(session, shift, owed, _now())
    session.flush()
    return owed


def accept(session: Session, person: Person, owed_id: int) -> CallbackAttempt:
    """The agent calls now. Asked twice, it is the same attempt."""
    queries.get(session, owed_id)
    _shift, period = _at_desk(session, person)
    owed = queries.get(session, owed_id, lock=True)
    if owed.person_id == person.id and owed.name is State.DIALLING:
        under_way = queries.open_attempt(session, owed.id)
        if under_way is not None:
            return under_way
    if owed.person_id != person.id or not _is_for_callback(period):
        raise Hindered(Hindrance.TAKEN)
    organisation = staff.organisation(session, person.organisation_id)
    if owed.number in queries.numbers_on_the_line(session, organisation.id, organisation.country):
        raise Hindered(Hindrance.ON_THE_LINE)
    _move(owed, Deed.DIALLED)
    owed.offered_until = None
    now = _now()
    attempt = CallbackAttempt(
        organisation_id=owed.organisation_id,
        owed_call_id=owed.id,
        person_id=person.id,
        asked_at=now,
        seen_at=now,
    )
    session.add(attempt)
    session.flush()
    return attempt


def give_back(session: Session, person: Person, owed_id: int) -> None:
    """The agent does not call after all, or their phone could not; nothing happens once it is somebody else's."""
    queries.get(session, owed_id)
    shift, _period = _at_desk(session, person)
    owed = queries.get(session, owed_id, lock=True)
    if owed.person_id != person.id:
        return
    attempt = queries.open_attempt(session, owed.id)
    if owed.name is State.DIALLING and attempt is not None and attempt.call is None:
        fail(session, attempt, Outcome.NEVER_DIALLED, _now())
    elif owed.name is State.OFFERED:
        _move(owed, Deed.GIVEN_BACK)
    else:
        return
    owed.passed_by, owed.passed_at, owed.offered_until = person.id, _now(), None
    session.flush()
    _let_go(session, shift)


def seen(session: Session, person: Person, owed_id: int) -> None:
    """The page whose phone dials gives a sign of life."""
    attempt = queries.open_attempt(session, owed_id)
    if attempt is not None and attempt.person_id == person.id:
        attempt.seen_at = _now()


def settle(session: Session, person: Person, owed_id: int, note: str) -> OwedCall:
    """Somebody has called back without us: closed by their word. Hindered while a phone calls the citizen."""
    return _close_by_hand(session, person, owed_id, Deed.SETTLED, note)


def escalate(session: Session, person: Person, owed_id: int, note: str) -> OwedCall:
    """Handed to those in charge. Hindered while a phone calls the citizen."""
    return _close_by_hand(session, person, owed_id, Deed.ESCALATED, note)


def _close_by_hand(session: Session, person: Person, owed_id: int, deed: Deed, note: str) -> OwedCall:
    owed = queries.get(session, owed_id, lock=True)
    held_by = owed.person_id if owed.name is State.OFFERED else None
    _move(owed, deed)
    owed.person_id, owed.note = person.id, note.strip()
    _close(session, owed, _now())
    if held_by is not None:
        tell_desk(session, held_by, "callback")
    audit(session, person, f"callback.{deed}", f"callback:{owed.id}", number=owed.number, note=owed.note)
    return owed


def reopen(session: Session, person: Person, owed_id: int) -> OwedCall:
    """Takes a closing back: the number is owed a call again, at once. Hindered if another one is open by now."""
    owed = queries.get(session, owed_id, lock=True)
    if queries.open_of(session, owed.organisation_id, owed.number, owed.queue):
        raise Hindered(Hindrance.ANOTHER_OPEN)
    now = _now()
    organisation = staff.organisation(session, owed.organisation_id)
    rules, zone = queries.rules(session, organisation.id), ZoneInfo(organisation.time_zone)
    _move(owed, Deed.REOPENED)
    owed.closed_at, owed.person_id, owed.reopened_at, owed.note, owed.attempts = None, None, now, "", 0
    owed.due_at = allowed_from(rules, now, zone)
    owed.deadline_at = max(owed.deadline_at, allowed_from(rules, now + rules.deadline, zone))
    session.flush()
    audit(session, person, "callback.reopened", f"callback:{owed.id}", number=owed.number)
    return owed


def change_rules(session: Session, person: Person, rules: Rules) -> None:
    """Other rules for the person's organisation; what is due already stays due."""
    row = queries.rules_row(session, person.organisation_id)
    if row is None:
        row = CallbackRules(organisation_id=person.organisation_id)
        session.add(row)
    row.most_attempts, row.pause, row.deadline = rules.most_attempts, rules.pause, rules.deadline
    row.quiet_from, row.quiet_until = rules.quiet_from, rules.quiet_until
    session.flush()
    audit(session, person, "callbacks.ruled", "callbacks:rules", attempts=str(rules.most_attempts))


def _at_desk(session: Session, person: Person) -> tuple[Shift, AgentState]:
    shift = desks.open_shift(session, person.id, lock=True)
    period = desks.current_state(session, person.id)
    if shift is None or period is None:
        raise Hindered(Hindrance.NO_SHIFT)
    return shift, period


def _is_for_callback(period: AgentState | None) -> bool:
    return period is not None and period.name is AgentStateName.PAUSED and period.reason == OwnPause.CALLBACK


# --- what the clocks do ---


def offer_due(session: Session) -> int:
    """Offers what is due to agents who are idle; how many."""
    now = _now()
    if not queries.anything_due(session, now):
        return 0
    offered = 0
    for found in queries.ready_shifts(session, now - SEEN):
        shift = desks.open_shift(session, found.person_id, lock=True)
        if shift is not None and offer_next(session, shift) is not None:
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
        _move(owed, Deed.GIVEN_BACK)
        owed.passed_by, owed.passed_at, owed.offered_until = person, now, None
        taken += 1
        if shift is not None and _is_for_callback(desks.current_state(session, shift.person_id)):
            states.move(session, shift, AgentDeed.PAUSED, now, reason=OwnPause.CALLBACK_MISSED)
    session.flush()
    return taken


def take_back_silent(session: Session) -> int:
    """Attempts whose page went away before Asterisk had them; how many. The citizen was not rung."""
    now = _now()
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
            _let_go(session, shift)
    return len(stranded)


def _let_go(session: Session, shift: Shift) -> None:
    period = desks.current_state(session, shift.person_id)
    if period is None or not _is_for_callback(period):
        return
    before = desks.state_before(session, period)
    own = before is not None and before.name is AgentStateName.PAUSED and not _is_for_callback(before)
    if own and before is not None:
        states.move(session, shift, AgentDeed.PAUSED, _now(), reason=before.reason)
    else:
        states.move(session, shift, AgentDeed.WENT_READY, _now())


def escalate_overdue(session: Session) -> int:
    """Whoever was not reached by the deadline is handed to those in charge; how many."""
    overdue = queries.overdue(session, _now())
    for owed in overdue:
        _move(owed, Deed.ESCALATED)
        owed.person_id = None
        _close(session, owed, _now())
    return len(overdue)
