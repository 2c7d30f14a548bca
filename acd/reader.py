"""What the desk does when a call event happens: offers, talks, holds, wrap-ups, and nudges to boards."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from acd import queries, states
from acd.model import AgentStateName, Deed, UnexpectedDeed
from acd.news import Board, tell_desk
from acd.tables import AgentState, Shift
from calls.events import (
    AgentAnswered,
    AgentDidNotAnswer,
    AgentJoinedTalk,
    AgentLeftTalk,
    AgentOffered,
    CallEnded,
    CallerAbandoned,
    CallerJoinedQueue,
    CallerLeftQueue,
    CallEvent,
    CallHeld,
    CallLost,
    CallResumed,
    Event,
    PhoneRegistered,
)
from calls.model import CallId, Interface, person_of
from calls.readers import Recorded
from db import transaction

log = structlog.get_logger()

OF_QUEUES = (CallerJoinedQueue, CallerLeftQueue, CallerAbandoned, AgentAnswered, CallEnded, CallLost)
IN_TALK = frozenset({AgentStateName.TALKING, AgentStateName.HOLD})


def read(session: Session, batch: Sequence[Recorded]) -> None:
    """Follows the batch; an event that fits no state is logged and passed over, the others still count."""
    for recorded in batch:
        event = recorded.event
        try:
            _follow(session, event)
        except UnexpectedDeed as misfit:
            log.warning("agent_event_misfit", kind=type(event).__name__, seq=recorded.seq, misfit=str(misfit))
        if recorded.organisation is not None and isinstance(event, OF_QUEUES):
            _board.changed(session, recorded.organisation)


def _follow(session: Session, event: Event) -> None:
    match event:
        case AgentOffered(agent=agent, call=call, queue=queue, at=at):
            if shift := _shift(session, agent):
                tell_desk(session, shift.person_id, "offer", call=str(call), queue=queue)
                states.move(session, shift, Deed.OFFERED, at, call=call, queue=queue)
        case AgentDidNotAnswer(agent=agent, call=call, at=at):
            if (shift := _shift(session, agent)) and _has(session, shift, call, {AgentStateName.RINGING}):
                states.move(session, shift, Deed.DID_NOT_ANSWER, at, call=call)
        case AgentAnswered(agent=agent, call=call, queue=queue, at=at):
            if shift := _shift(session, agent):
                states.move(session, shift, Deed.ANSWERED, at, call=call, queue=queue)
            _withdraw_offers(session, event)
        case AgentJoinedTalk(agent=agent, call=call, at=at):
            if (shift := _shift(session, agent)) and not _has(session, shift, call, IN_TALK):
                states.move(session, shift, Deed.ANSWERED, at, call=call)
        case CallHeld(agent=agent, call=call, at=at):
            if (shift := _shift(session, agent)) and _has(session, shift, call, {AgentStateName.TALKING}):
                states.move(session, shift, Deed.HELD, at)
        case CallResumed(agent=agent, call=call, at=at):
            if (shift := _shift(session, agent)) and _has(session, shift, call, {AgentStateName.HOLD}):
                states.move(session, shift, Deed.RESUMED, at)
        case AgentLeftTalk(agent=agent, call=call, at=at, ended_by=ended_by):
            if (shift := _shift(session, agent)) and (period := _has(session, shift, call, IN_TALK)):
                _leave(session, shift, period, at, lost=ended_by == "lost")
        case CallEnded() | CallLost():
            _end_talks(session, event)
            _withdraw_offers(session, event)
        case CallerAbandoned() | CallerLeftQueue():
            _withdraw_offers(session, event)
        case PhoneRegistered(agent=agent, reachable=reachable):
            if shift := _shift(session, agent):
                shift.phone_reachable = reachable
                tell_desk(session, shift.person_id, "phone", reachable=reachable)


def _leave(session: Session, shift: Shift, period: AgentState, at: datetime, *, lost: bool) -> None:
    if lost:  # the caller goes back to the queue: there is no result to give yet
        states.move(session, shift, Deed.PHONE_LOST, at)
    else:
        states.leave_talk(session, shift, period, at)


def _end_talks(session: Session, event: CallEvent) -> None:
    for period in queries.agents_of_call(session, event.call):
        shift = queries.open_shift(session, period.person_id, lock=True)
        if shift and period.name in IN_TALK:
            states.leave_talk(session, shift, period, event.at)


def _withdraw_offers(session: Session, event: CallEvent) -> None:
    for period in queries.agents_of_call(session, event.call):
        shift = queries.open_shift(session, period.person_id, lock=True)
        if shift and period.name is AgentStateName.RINGING:
            tell_desk(session, shift.person_id, "withdrawn", call=str(event.call))
            states.move(session, shift, Deed.OFFER_WITHDRAWN, event.at)


def _shift(session: Session, agent: Interface) -> Shift | None:
    """The running shift behind `PJSIP/agent<id>`; None for a phone that is not an agent's, or after the shift."""
    person = person_of(agent)
    return queries.open_shift(session, person, lock=True) if person is not None else None


def _has(
    session: Session, shift: Shift, call: CallId, states_: set[AgentStateName] | frozenset[AgentStateName]
) -> AgentState | None:
    period = queries.current_state(session, shift.person_id)
    return period if period and period.call == call and period.name in states_ else None


def figures(organisation_id: int) -> list[dict[str, Any]]:
    """Every queue of the organisation with its callers waiting now, as boards and desks are told."""
    with transaction(organisation_id) as session:
        return [
            {
                "queue": row.queue.asterisk_name,
                "waiting": row.callers,
                "longest_since": row.longest_since.isoformat() if row.longest_since else None,
            }
            for row in queries.waiting(session)
        ]


_board = Board(figures)
