"""An owed call from the first missed one to its end: missed, reached, tried, closed, opened again.

What the journal says, and what somebody decides by hand; the desk's part is `offers`, the clocks' is `clocks`.

Whoever changes a shift and an owed call locks the shift first. The journal's reader changes no agent's state: an agent
whose callback is gone is let go by `clocks.let_go_stranded`, a moment later.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

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
    next_state,
    next_try,
)
from acd.callbacks.numbers import international
from acd.callbacks.tables import CallbackAttempt, CallbackRules, MissedCall, OwedCall
from acd.news import tell_desk
from calls.events import CallPlaced
from calls.model import person_of
from calls.state import Call
from db import Conflict
from staff import queries as staff
from staff.audit import audit, changes
from staff.tables import Organisation, Person

CLOCKS = timedelta(seconds=5)  # so far the clocks of Asterisk and of the web may be apart


class Hindered(Conflict):
    """It cannot be done now; `why` has its words."""

    def __init__(self, why: Hindrance) -> None:
        super().__init__(why)
        self.why = why


def move(owed: OwedCall, deed: Deed) -> None:
    """The state after the deed. Hindered when it does not fit."""
    try:
        owed.state = next_state(owed.name, deed)
    except UnexpectedDeed:
        raise Hindered(Hindrance.TAKEN) from None


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
    rules, zone = queries.rules(session, organisation.id), organisation.zone
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
    rules, zone = queries.rules(session, organisation.id), organisation.zone
    move(owed, Deed.MISSED_AGAIN)
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
            move(owed, deed)
            owed.person_id = person_of(call.agent) if call.agent else owed.person_id
            close(session, owed, at)


def begin(session: Session, organisation: Organisation, placed: CallPlaced) -> CallbackAttempt | None:
    """Asterisk has the call of an attempt: from now on the journal says how it ends. None for any other call.

    The owed call is locked first, as by whoever gives it back: of the two one comes too late.
    """
    person = person_of(placed.agent)
    number = international(placed.caller, organisation.country)
    asked = queries.attempt_of(session, person, number, placed.at + CLOCKS) if person is not None else None
    if asked is None:
        return None
    queries.get(session, asked.owed_call_id, lock=True)
    attempt = queries.open_attempt(session, asked.owed_call_id)
    if attempt is None or attempt.id != asked.id:
        return None
    attempt.call = placed.call
    session.flush()
    return attempt


def answer(session: Session, attempt: CallbackAttempt, at: datetime) -> None:
    """The citizen has answered: what was owed is paid."""
    owed = queries.get(session, attempt.owed_call_id, lock=True)
    if attempt.outcome is not None:
        return
    attempt.outcome, attempt.ended_at = Outcome.ANSWERED, at
    if owed.name is State.DIALLING:
        move(owed, Deed.ANSWERED)
        close(session, owed, at)


def fail(session: Session, attempt: CallbackAttempt, outcome: Outcome, at: datetime) -> None:
    """The citizen was not reached: tried again by the rules, or escalated after the last attempt."""
    owed = queries.get(session, attempt.owed_call_id, lock=True)
    if attempt.outcome is not None:
        return
    attempt.outcome, attempt.ended_at = outcome, at
    if owed.name is not State.DIALLING:
        return
    move(owed, Deed.GIVEN_BACK if outcome is Outcome.NEVER_DIALLED else Deed.NOT_ANSWERED)
    owed.attempts += outcome in COUNTED
    organisation = staff.organisation(session, owed.organisation_id)
    rules, zone = queries.rules(session, organisation.id), organisation.zone
    due = next_try(rules, outcome, owed.attempts, at, zone)
    tell_desk(session, attempt.person_id, "callback", outcome=str(outcome))
    if due is None:
        move(owed, Deed.ESCALATED)
        close(session, owed, at)
    else:
        owed.due_at = due


def close(session: Session, owed: OwedCall, at: datetime) -> None:
    """It is owed no longer since then, and the desk that had it is told."""
    owed.closed_at, owed.offered_until = at, None
    if owed.person_id is not None:
        tell_desk(session, owed.person_id, "callback")
    session.flush()


def settle(session: Session, person: Person, owed_id: int, note: str) -> OwedCall:
    """Somebody has called back without us: closed by their word. Hindered while a phone calls the citizen."""
    return _close_by_hand(session, person, owed_id, Deed.SETTLED, note)


def escalate(session: Session, person: Person, owed_id: int, note: str) -> OwedCall:
    """Handed to those in charge. Hindered while a phone calls the citizen."""
    return _close_by_hand(session, person, owed_id, Deed.ESCALATED, note)


def _close_by_hand(session: Session, person: Person, owed_id: int, deed: Deed, note: str) -> OwedCall:
    owed = queries.get(session, owed_id, lock=True)
    held_by = owed.person_id if owed.name is State.OFFERED else None
    move(owed, deed)
    owed.person_id, owed.note = person.id, note.strip()
    close(session, owed, datetime.now(UTC))
    if held_by is not None:
        tell_desk(session, held_by, "callback")
    audit(session, person, f"callback.{deed}", f"callback:{owed.id}", number=owed.number, note=owed.note)
    return owed


def reopen(session: Session, person: Person, owed_id: int) -> OwedCall:
    """Takes a closing back: the number is owed a call again, at once. Hindered if another one is open by now."""
    owed = queries.get(session, owed_id, lock=True)
    if queries.open_of(session, owed.organisation_id, owed.number, owed.queue):
        raise Hindered(Hindrance.ANOTHER_OPEN)
    now = datetime.now(UTC)
    organisation = staff.organisation(session, owed.organisation_id)
    rules, zone = queries.rules(session, organisation.id), organisation.zone
    move(owed, Deed.REOPENED)
    owed.closed_at, owed.person_id, owed.reopened_at, owed.note, owed.attempts = None, None, now, "", 0
    owed.due_at = allowed_from(rules, now, zone)
    owed.deadline_at = max(owed.deadline_at, allowed_from(rules, now + rules.deadline, zone))
    session.flush()
    audit(session, person, "callback.reopened", f"callback:{owed.id}", number=owed.number)
    return owed


def change_rules(session: Session, person: Person, rules: Rules) -> None:
    """Other rules for the person's organisation; what is due already stays due."""
    before = queries.rules(session, person.organisation_id)
    row = queries.rules_row(session, person.organisation_id)
    if row is None:
        row = CallbackRules(organisation_id=person.organisation_id)
        session.add(row)
    row.most_attempts, row.pause, row.deadline = rules.most_attempts, rules.pause, rules.deadline
    row.quiet_from, row.quiet_until = rules.quiet_from, rules.quiet_until
    session.flush()
    told = changes(
        attempts=(before.most_attempts, rules.most_attempts),
        pause=(before.pause, rules.pause),
        within=(before.deadline, rules.deadline),
        quiet_from=(before.quiet_from, rules.quiet_from),
        quiet_until=(before.quiet_until, rules.quiet_until),
    )
    if told:
        audit(session, person, "callbacks.ruled", "callbacks:rules", **told)
