"""Changes of agents' states: one open period each, moved along by `model.TRANSITIONS`."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from acd import queries
from acd.model import PAUSE_OF_DEED, AgentStateName, Deed, next_state, pause_in_queues
from acd.news import tell_desk
from acd.tables import AgentState, Shift, WrapUp
from db import notify
from db.notices import ASTERISK_CONFIG, FIGURES, MEMBERS, PAUSED

BACK_TO_BEFORE = frozenset({Deed.CONSULT_OVER, Deed.NOT_REACHED})  # a pause goes on afterwards


def move(
    session: Session,
    shift: Shift,
    deed: Deed,
    at: datetime,
    *,
    reason: str | None = None,
    call: UUID | None = None,
    queue: str | None = None,
) -> AgentState:
    """The agent's new period after the deed, its end told to the desk and to Asterisk's members.

    UnexpectedDeed when the deed does not fit. A pause asked for during a call begins where the agent would have become
    ready. A period never ends before it began, though the clocks of Asterisk and of the database differ a little.
    """
    period = queries.current_state(session, shift.person_id)
    before = period.name if period else AgentStateName.OFFLINE
    after = next_state(before, deed)
    if deed in {Deed.OFFER_WITHDRAWN, *BACK_TO_BEFORE} and queries.open_wrap_ups(session, shift.person_id):
        after = AgentStateName.WRAP_UP
    elif deed in BACK_TO_BEFORE and period and (earlier := queries.state_before(session, period)):
        after, reason = (earlier.name, earlier.reason) if earlier.name is AgentStateName.PAUSED else (after, None)
    if after is AgentStateName.READY and deed is not Deed.WENT_READY and shift.pause_after:
        after, reason, shift.pause_after = AgentStateName.PAUSED, shift.pause_after, None
    if period:
        at = period.until = max(at, period.since)
        if deed in {Deed.HELD, Deed.RESUMED}:
            call, queue = period.call, period.queue
        if deed is Deed.ANSWERED and period.call == call:
            queue = queue or period.queue
    session.flush()  # the open period must be closed before the next one opens: there is a unique index
    opened = AgentState(
        organisation_id=shift.organisation_id,
        person_id=shift.person_id,
        state=after,
        reason=(reason or PAUSE_OF_DEED.get(deed)) if after is AgentStateName.PAUSED else None,
        call=call,
        queue=queue,
        since=at,
    )
    if after is AgentStateName.PAUSED and (lasts := queries.pause_lasts(session, shift.organisation_id, opened.reason)):
        opened.due_at = at + lasts
    session.add(opened)
    session.flush()
    if AgentStateName.OFFLINE in {before, after}:
        notify(session, MEMBERS, str(shift.person_id))
    elif pause_in_queues(before, period.reason if period else None) != pause_in_queues(after, opened.reason):
        notify(session, PAUSED, str(shift.person_id))
    notify(session, FIGURES, str(shift.organisation_id))
    tell_desk(session, shift.person_id, "state", since=at.isoformat())
    if shift.ends_after and opened.name in {AgentStateName.READY, AgentStateName.PAUSED}:
        end(session, shift)
    return opened


def end(session: Session, shift: Shift, *, at: datetime | None = None) -> None:
    """The shift is over since now, or since that moment; a wrap-up that is still open waits for the next one."""
    shift.ends_after = False
    over = move(session, shift, Deed.SHIFT_ENDED, at or datetime.now(UTC))
    shift.ended_at, shift.pause_after, shift.phone_reachable = max(over.since, shift.started_at), None, False
    notify(session, ASTERISK_CONFIG, f"agent{shift.person_id}")


def leave_talk(session: Session, shift: Shift, period: AgentState, at: datetime) -> None:
    """The talk of this period is over: its wrap-up begins."""
    assert period.call is not None, "a talk has a call"
    call, queue = period.call, period.queue
    move(session, shift, Deed.LEFT_TALK, at, call=call, queue=queue)
    owe_wrap_up(session, shift, call, at, queue=queue)


def owe_wrap_up(session: Session, shift: Shift, call: UUID, at: datetime, *, queue: str | None) -> None:
    """The agent of this shift has still to say what the talk came to; once while that is open."""
    last = queries.wrap_up_of(session, call, shift.person_id)
    if last is not None and last.finished_at is None:
        return
    session.add(
        WrapUp(
            organisation_id=shift.organisation_id,
            call=call,
            person_id=shift.person_id,
            started_at=at,
            due_at=at + queries.wrap_up_limit(session, queue),
            note="",
        )
    )
    session.flush()
