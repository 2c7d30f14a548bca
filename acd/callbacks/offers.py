"""Owed calls at the desk: offered to an agent, picked out of turn, accepted, given back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from acd import queries as desks
from acd import states
from acd.callbacks import queries
from acd.callbacks.model import Deed, Hindrance, Outcome, Rules, State, allowed_from, may_dial
from acd.callbacks.service import Hindered, fail, move
from acd.callbacks.tables import CallbackAttempt, OwedCall
from acd.model import AgentStateName, OwnPause
from acd.model import Deed as AgentDeed
from acd.news import tell_desk
from acd.tables import AgentState, Shift
from calls import hearing
from staff import queries as staff
from staff.tables import Person

PASSED_FOR = timedelta(minutes=5)  # so long an agent who gave one back is not offered it again
SEEN = timedelta(seconds=45)  # a page that gave no sign of life for so long is offered nothing


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What decides for all agents of an organisation alike whether a number may be rung now."""

    rules: Rules
    zone: ZoneInfo
    talking: set[str]  # numbers that are on the line


def circumstances(session: Session, organisation_id: int) -> Circumstances:
    """As they are now."""
    organisation = staff.organisation(session, organisation_id)
    return Circumstances(
        queries.rules(session, organisation.id),
        organisation.zone,
        queries.numbers_on_the_line(session, organisation.id, organisation.country),
    )


def offer_next(
    session: Session,
    shift: Shift,
    *,
    line_out: bool = True,
    circumstances_of: Callable[[int], Circumstances] | None = None,
) -> OwedCall | None:
    """Offers to an agent who is ready whoever's turn has come; the queue rings them no more until they have said.

    Nobody is offered a call that no phone of ours can make: without a line out it waits for somebody's own telephone.
    `circumstances_of` gives what a round has read already, by organisation.
    """
    if not line_out:
        return None
    period = desks.current_state(session, shift.person_id)
    now = _now()
    there = shift.phone_reachable and shift.seen_at >= now - SEEN
    if period is None or period.name is not AgentStateName.READY or not there:
        return None
    candidates = queries.next_for(session, shift.person_id, now, passed_before=now - PASSED_FOR)
    if not candidates:
        return None
    here = (circumstances_of or partial(circumstances, session))(shift.organisation_id)
    for owed in candidates:
        if owed.number not in here.talking and _may_ring(owed, here, now):
            _offer(session, shift, owed, here.rules, now)
            return owed
    return None


def has_one(session: Session, person: Person) -> bool:
    """Whether the agent is asked to call somebody back, or does just now."""
    return queries.held_by(session, person.id) is not None


def _may_ring(owed: OwedCall, here: Circumstances, now: datetime) -> bool:
    """Whether it is no quiet hour; if it is, the call is due when it ends."""
    if may_dial(here.rules, now, here.zone, asked_at=owed.asked_at):
        return True
    owed.due_at = allowed_from(here.rules, now, here.zone)
    return False


def _offer(session: Session, shift: Shift, owed: OwedCall, rules: Rules, now: datetime) -> None:
    move(owed, Deed.OFFERED)
    owed.person_id = shift.person_id
    owed.offered_until = now + rules.offered_for
    states.move(session, shift, AgentDeed.PAUSED, now, reason=OwnPause.CALLBACK)
    tell_desk(session, shift.person_id, "callback")


def take(session: Session, person: Person, owed_id: int, *, line_out: bool = True) -> OwedCall:
    """The agent picks one out of turn.

    Hindered if somebody has it, in a quiet hour, while the number is on the line, without a shift, without a line out
    and during a call.
    """
    owed, shift, period = _at_desk(session, person, owed_id)
    if not line_out:
        raise Hindered(Hindrance.NO_LINE_OUT)
    if owed.name is State.OFFERED and owed.person_id == person.id:
        return owed
    if owed.name is not State.WAITING:
        raise Hindered(Hindrance.TAKEN)
    if period.name not in {AgentStateName.READY, AgentStateName.PAUSED} or queries.held_by(session, person.id):
        raise Hindered(Hindrance.BUSY)
    here = circumstances(session, person.organisation_id)
    if owed.number in here.talking:
        raise Hindered(Hindrance.ON_THE_LINE)
    if not _may_ring(owed, here, _now()):
        raise Hindered(Hindrance.QUIET)
    _offer(session, shift, owed, here.rules, _now())
    session.flush()
    return owed


def accept(session: Session, person: Person, owed_id: int) -> CallbackAttempt:
    """The agent calls now. Asked twice, it is the same attempt."""
    owed, _shift, period = _at_desk(session, person, owed_id)
    if owed.person_id == person.id and owed.name is State.DIALLING:
        under_way = queries.open_attempt(session, owed.id)
        if under_way is not None:
            return under_way
    if owed.person_id != person.id or not is_for_callback(period):
        raise Hindered(Hindrance.TAKEN)
    organisation = staff.organisation(session, person.organisation_id)
    if owed.number in queries.numbers_on_the_line(session, organisation.id, organisation.country):
        raise Hindered(Hindrance.ON_THE_LINE)
    move(owed, Deed.DIALLED)
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


def give_back(session: Session, person: Person, owed_id: int, *, called: bool = False) -> None:
    """The agent does not call after all, or their phone could not; nothing happens once it is somebody else's.

    `called`: their phone did call, and the call is over. That Asterisk has not had it, only a listener that missed
    nothing can tell: until then the attempt goes on, and nobody else rings a citizen who may have been rung.
    """
    owed, shift, _period = _at_desk(session, person, owed_id)
    if owed.person_id != person.id:
        return
    attempt = queries.open_attempt(session, owed.id)
    if owed.name is State.DIALLING and attempt is not None and attempt.call is None:
        if called and not hearing.misses_nothing(_now()):
            return
        fail(session, attempt, Outcome.NEVER_DIALLED, _now())
    elif owed.name is State.OFFERED:
        move(owed, Deed.GIVEN_BACK)
    else:
        return
    owed.passed_by, owed.passed_at, owed.offered_until = person.id, _now(), None
    session.flush()
    let_go(session, shift)


def seen(session: Session, person: Person, owed_id: int) -> None:
    """The page whose phone dials gives a sign of life."""
    attempt = queries.open_attempt(session, owed_id)
    if attempt is not None and attempt.person_id == person.id:
        attempt.seen_at = _now()


def _at_desk(session: Session, person: Person, owed_id: int) -> tuple[OwedCall, Shift, AgentState]:
    """The owed call and the person's shift, locked, the shift first. Hindered without a shift."""
    queries.get(session, owed_id)
    shift = desks.open_shift(session, person.id, lock=True)
    period = desks.current_state(session, person.id)
    if shift is None or period is None:
        raise Hindered(Hindrance.NO_SHIFT)
    return queries.get(session, owed_id, lock=True), shift, period


def let_go(session: Session, shift: Shift) -> None:
    """The agent goes on with what they did before the callback; nothing happens to one who is not paused for it."""
    period = desks.current_state(session, shift.person_id)
    if period is None or not is_for_callback(period):
        return
    before = desks.state_before(session, period)
    own = before is not None and before.name is AgentStateName.PAUSED and not is_for_callback(before)
    if own and before is not None:
        states.move(session, shift, AgentDeed.PAUSED, _now(), reason=before.reason)
    else:
        states.move(session, shift, AgentDeed.WENT_READY, _now())


def is_for_callback(period: AgentState | None) -> bool:
    """Whether the agent is paused for a callback."""
    return period is not None and period.name is AgentStateName.PAUSED and period.reason == OwnPause.CALLBACK
