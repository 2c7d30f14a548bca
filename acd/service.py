"""Every change an agent makes at the desk: shifts, readiness, pauses, wrap-ups."""

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import CursorResult, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from acd import commands, queries, states
from acd.callbacks import offers
from acd.model import IN_A_CALL, IN_TALK, SILENT_AFTER, AgentStateName, Deed, OwnPause, Result, Wish
from acd.news import tell_desk
from acd.tables import AgentCommand, AgentState, Shift
from calls import service as calls
from db import Conflict, NotFound, notify, table_of
from db.notices import ASTERISK_CONFIG, COMMANDS, FIGURES
from staff.tables import Person

RINGS = frozenset({AgentStateName.RINGING, AgentStateName.CONSULTING})  # or may: who is asked has answered later
ABANDONED_AFTER = timedelta(hours=2)  # a page that never came back: the shift ends

# Of a conference both are told: that there was one stands in the journal.
_OPPOSITE = {Wish.PAUSE_RECORDING: Wish.RESUME_RECORDING, Wish.RESUME_RECORDING: Wish.PAUSE_RECORDING}


def _now() -> datetime:
    return datetime.now(UTC)


def start_shift(session: Session, person: Person, seat: str) -> Shift:
    """Begins the person's shift at this page, or moves the running one here.

    The same seat (a reload) keeps its phone. Another seat gets a new phone secret, and the older page is told that it
    no longer has the phone. Conflict while the other place is in a call: the caller would be cut off. Where that place
    is gone with its phone (its browser died), the caller goes to the head of the queue and the agent works here.
    """
    shift = queries.open_shift(session, person.id, lock=True)
    if shift is not None and _is_left_behind(shift, _state(session, person), _now()):
        states.end(session, shift, at=shift.seen_at)
        shift = None
    if shift is None:
        return _first_at(session, person, seat) or start_shift(session, person, seat)
    if shift.seat == seat:
        shift.seen_at = _now()
        return shift
    period = queries.current_state(session, person.id)
    if period is not None and period.name in IN_A_CALL:
        if shift.phone_reachable:
            raise Conflict("the other place is in a call")
        _break_off(session, shift, period, reason=OwnPause.PHONE_LOST)
    tell_desk(session, person.id, "moved", seat=seat)
    shift.seat, shift.phone_secret, shift.seen_at = seat, secrets.token_urlsafe(24), _now()
    notify(session, ASTERISK_CONFIG, f"agent{person.id}")
    return shift


def _first_at(session: Session, person: Person, seat: str) -> Shift | None:
    """A new shift. None where another page of the same person has begun one at the same moment."""
    shift = Shift(
        organisation_id=person.organisation_id,
        person_id=person.id,
        phone_secret=secrets.token_urlsafe(24),
        seat=seat,
        seen_at=_now(),
    )
    try:
        with session.begin_nested():
            session.add(shift)
            session.flush()
    except IntegrityError as error:
        if "uq_shift_open" not in str(error.orig):
            raise
        return None
    states.move(session, shift, Deed.SHIFT_STARTED, _now())
    notify(session, ASTERISK_CONFIG, f"agent{person.id}")
    return shift


def end_shift(session: Session, person: Person) -> None:
    """Ends the person's shift. Conflict during a call; a wrap-up that is still open waits for the next shift."""
    shift = _running(session, person)
    period = queries.current_state(session, person.id)
    if period is not None and period.name in IN_A_CALL:
        raise Conflict("a call is running")
    states.end(session, shift)


def leave(session: Session, person_id: int) -> None:
    """Ends at once the shift of somebody who may no longer use the desk; their caller goes to the queue's head."""
    shift = queries.open_shift(session, person_id, lock=True)
    if shift is None:
        return
    shift.ends_after = False  # it ends here, whatever a supervisor asked for
    if (period := queries.current_state(session, person_id)) is not None:
        _break_off(session, shift, period)
    states.end(session, shift)


_BROKEN_OFF = {
    AgentStateName.RINGING: Deed.DID_NOT_ANSWER,
    AgentStateName.CONSULTING: Deed.CONSULT_OVER,
    AgentStateName.DIALLING: Deed.NOT_REACHED,
}


def _break_off(session: Session, shift: Shift, period: AgentState, *, reason: str | None = None) -> None:
    """Whatever call the agent has is theirs no longer; a caller they talk with goes to the queue's head."""
    if deed := _BROKEN_OFF.get(period.name):
        states.move(session, shift, deed, _now(), reason=reason)
    elif period.name in IN_TALK:
        _send_back(session, shift, period)


def go_ready(session: Session, person: Person, *, line_out: bool = True) -> None:
    """The agent takes calls from now on. Takes back a pause asked for during a call. Conflict while a result is due.

    `line_out`: whether our phones can call citizens, without which nobody is offered an owed call.
    Nothing changes while an owed call is offered to them: it has to be answered first, with calling or giving it back.
    """
    shift = _running(session, person)
    taken_back, shift.pause_after = shift.pause_after is not None, None
    state = _state(session, person)
    if state in IN_A_CALL or state is AgentStateName.READY or offers.has_one(session, person):
        return
    if queries.open_wrap_ups(session, person.id):
        if taken_back and state is AgentStateName.WRAP_UP:
            tell_desk(session, person.id, "state")
            return
        raise Conflict("a wrap-up is open")
    states.move(session, shift, Deed.WENT_READY, _now())
    offers.offer_next(session, shift, line_out=line_out)


def pause(session: Session, person: Person, reason: str) -> None:
    """Pauses at once, or after the call and its wrap-up where one is running. NotFound for a reason nobody declared."""
    shift = _running(session, person)
    if reason not in {known.code for known in queries.offered_pauses(session)}:
        raise NotFound(f"pause reason {reason}")
    if _state(session, person) in IN_A_CALL | {AgentStateName.WRAP_UP}:
        shift.pause_after = reason
        tell_desk(session, person.id, "state")
        return
    states.move(session, shift, Deed.PAUSED, _now(), reason=reason)


def pause_by_supervisor(session: Session, person: Person) -> None:
    """As `pause`, for another person and without a reason of the organisation's. Conflict off shift."""
    shift = _running(session, person)
    if _state(session, person) in IN_A_CALL | {AgentStateName.WRAP_UP}:
        shift.pause_after = OwnPause.BY_SUPERVISOR
        tell_desk(session, person.id, "state")
        notify(session, FIGURES, str(shift.organisation_id))
        return
    states.move(session, shift, Deed.PAUSED, _now(), reason=OwnPause.BY_SUPERVISOR)


def sign_out_by_supervisor(session: Session, person: Person) -> None:
    """Ends another person's shift, after the running call and its wrap-up where there are any. Conflict off shift."""
    shift = _running(session, person)
    later = _state(session, person) in IN_A_CALL | {AgentStateName.WRAP_UP}
    tell_desk(session, person.id, "signed_out", later=later)
    if not later:
        states.end(session, shift)
        return
    shift.ends_after = True
    notify(session, FIGURES, str(shift.organisation_id))


def finish_wrap_up(
    session: Session,
    person: Person,
    call: UUID,
    *,
    result: Result,
    topic: str | None,
    note: str,
    line_out: bool = True,
) -> None:
    """Gives the talk its result. Ready again (or paused, where that was asked for) once nothing is left open.

    Sent twice, the first answer stays. NotFound when the person had no talk in this call.
    """
    shift = queries.open_shift(session, person.id, lock=True)
    row = queries.wrap_up_of(session, call, person.id, lock=True)
    if row is None:
        raise NotFound(f"wrap-up of {call}")
    if row.finished_at is not None:
        return
    row.result, row.topic, row.note, row.finished_at = result, topic or None, note.strip(), _now()
    session.flush()
    calls.note_result(session, call, result)
    if shift is None or queries.open_wrap_ups(session, person.id):
        return
    if _state(session, person) is AgentStateName.WRAP_UP:
        states.move(session, shift, Deed.WRAP_UP_FINISHED, _now())
        offers.offer_next(session, shift, line_out=line_out)


def lost_call(session: Session, person: Person, call: UUID) -> bool:
    """The page came back and its call was gone with it: the caller goes to the head of the queue. False if it had none.

    The listener does it (`acd.commands`), once however often this is asked.
    """
    shift = _running(session, person)
    period = queries.current_state(session, person.id)
    if period is None or period.call != call or period.name not in IN_TALK:
        return False
    _send_back(session, shift, period)
    return True


def _send_back(session: Session, shift: Shift, period: AgentState) -> None:
    """The caller of this talk goes to the head of the queue; the listener sees to it."""
    states.move(session, shift, Deed.PHONE_LOST, _now())
    _wish(session, Wish.REQUEUE, period)


def _wish(session: Session, wish: Wish, period: AgentState, *, party: str | None = None) -> None:
    """Asks the listener for it, once while it is what was wished last.

    An earlier wish for the same or the opposite that nobody has begun to fulfil is superseded: the last word holds.
    """
    assert period.call is not None, "a talk has a call"
    waiting = queries.open_wishes(session, period.call)
    if waiting and (waiting[-1].deed, waiting[-1].party) == (wish, party):
        return
    for earlier in waiting:
        if earlier.deed in (wish, _OPPOSITE.get(wish)):
            commands.done(earlier, "superseded")
    session.flush()
    whose = {"organisation_id": period.organisation_id, "person_id": period.person_id}
    session.add(AgentCommand(deed=wish, call=period.call, party=party, **whose))
    notify(session, COMMANDS, str(period.call))


def phone_went(session: Session, shift: Shift) -> None:
    """The agent's phone is not reachable any more: whoever it rings for is not kept waiting by it."""
    period = queries.current_state(session, shift.person_id)
    if period is not None and period.call is not None and period.name in RINGS:
        _wish(session, Wish.STOP_RINGING, period)


def pause_recording(session: Session, person: Person, call: UUID, *, paused: bool) -> None:
    """Keeps what is said from now on out of the recording, or lets it in again. Conflict without a talk in this call.

    The listener does it; that it is done stands in the journal.
    """
    _running(session, person)
    period = queries.current_state(session, person.id)
    if period is None or period.call != call or period.name not in IN_TALK:
        raise Conflict("no talk in this call")
    _wish(session, Wish.PAUSE_RECORDING if paused else Wish.RESUME_RECORDING, period)


def tell_conference(session: Session, person: Person, party: str, *, together: bool) -> None:
    """Has it written in the journal that caller, agent and `party` hear each other, or no longer.

    The agent's phone does it (0087). A party that begins with "agent" is a colleague's phone, any other a number.
    Conflict where it begins without a talk; an end that comes after the talk's has nothing to add to it.
    """
    _running(session, person)
    period = queries.current_state(session, person.id)
    if period is None or period.name not in IN_TALK:
        if together:
            raise Conflict("no talk")
        return
    wish = Wish.TELL_CONFERENCE if together else Wish.TELL_CONFERENCE_OVER
    _wish(session, wish, period, party=f"PJSIP/{party}" if party.startswith("agent") else party)


def end_long_recording_pauses(session: Session, limit: timedelta) -> int:
    """Lets sound in again where a pause was forgotten; how many there were."""
    forgotten = queries.talks_unrecorded(session, _now() - limit)
    for period in forgotten:
        _wish(session, Wish.RESUME_RECORDING, period)
    return len(forgotten)


def seen(session: Session, person: Person, seat: str) -> bool:
    """A sign of life of the page in this seat; False if the shift is elsewhere or over."""
    seen_here = (Shift.person_id == person.id, Shift.ended_at.is_(None), Shift.seat == seat)
    noted = session.execute(update(table_of(Shift)).where(*seen_here).values(seen_at=_now()))
    assert isinstance(noted, CursorResult)
    return noted.rowcount == 1


def settle_silent_shifts(session: Session) -> tuple[int, int]:
    """Pauses agents whose page fell silent while ready, ends shifts that were left behind; how many of each.

    Such a shift ended at the last sign of life, and with it the pause or the wrap-up that nobody was there for.
    """
    now = _now()
    paused = ended = 0
    for shift in queries.silent_shifts(session, now - SILENT_AFTER):
        period = queries.current_state(session, shift.person_id)
        state = period.name if period else AgentStateName.OFFLINE
        if state is AgentStateName.READY:
            states.move(session, shift, Deed.NOT_SEEN, now)
            paused += 1
        elif _is_left_behind(shift, state, now):
            states.end(session, shift, at=shift.seen_at)
            ended += 1
    return paused, ended


def _is_left_behind(shift: Shift, state: AgentStateName, now: datetime) -> bool:
    return state not in IN_A_CALL and shift.seen_at < now - ABANDONED_AFTER


def _running(session: Session, person: Person) -> Shift:
    shift = queries.open_shift(session, person.id, lock=True)
    if shift is None:
        raise Conflict("no shift is running")
    return shift


def _state(session: Session, person: Person) -> AgentStateName:
    period = queries.current_state(session, person.id)
    return period.name if period else AgentStateName.OFFLINE
