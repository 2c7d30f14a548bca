"""What the desk does when a call event happens: offers, talks, holds, wrap-ups, and nudges to boards.

A reader that stood still, or begins anew, reads old events: they do not change what an agent does now.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from acd import queries, service, states
from acd.model import IN_TALK, AgentStateName, Deed, OwnPause, UnexpectedDeed
from acd.news import Board, tell_desk
from acd.tables import AgentState, Shift
from calls import queries as calls
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
    CallerRequeued,
    CallEvent,
    CallHeld,
    CallLost,
    CallPlaced,
    CallResumed,
    ConferenceBegan,
    ConferenceEnded,
    ConsultEnded,
    ConsultStarted,
    Event,
    PhoneRegistered,
    RecordingPaused,
    RecordingResumed,
)
from calls.model import CallId, Interface, person_of
from calls.readers import Recorded
from db import transaction

log = structlog.get_logger()

OF_QUEUES = (CallerJoinedQueue, CallerLeftQueue, CallerAbandoned, AgentAnswered, CallEnded, CallLost)
OF_AGENTS = (
    CallPlaced,
    AgentOffered,
    AgentDidNotAnswer,
    AgentAnswered,
    AgentJoinedTalk,
    AgentLeftTalk,
    CallHeld,
    CallResumed,
    ConsultStarted,
    ConsultEnded,
    ConferenceBegan,
    ConferenceEnded,
    RecordingPaused,
    RecordingResumed,
    PhoneRegistered,
)
HEARS: frozenset[type[Event]] = frozenset({*OF_QUEUES, *OF_AGENTS})
CROSSING = timedelta(minutes=1)  # an event so much older than the agent's state may have crossed with a key
PICKED = timedelta(seconds=1)  # a phone that stopped so much before the queue's time did not ring out: it was declined


def read(session: Session, batch: Sequence[Recorded]) -> None:
    """Follows the batch; an event that fits no state is logged and passed over, the others still count."""
    for recorded in batch:
        event = recorded.event
        with _misfit_told(event, seq=recorded.seq):
            _follow(session, event)
        if recorded.organisation is not None and isinstance(event, OF_QUEUES):
            _board.changed(session, recorded.organisation)


def _follow(session: Session, event: Event) -> None:
    match event:
        case CallPlaced():
            _dial(session, event)
        case AgentOffered(agent=agent, call=call, queue=queue, at=at):
            if shift := _shift(session, agent, at):
                tell_desk(session, shift.person_id, "offer", call=str(call), queue=queue)
                states.move(session, shift, Deed.OFFERED, at, call=call, queue=queue)
        case AgentDidNotAnswer(agent=agent, call=call, at=at):
            if (shift := _shift(session, agent, at)) and _period_in(session, shift, call, {AgentStateName.RINGING}):
                reason = _why_not_answered(session, shift, event)
                states.move(session, shift, Deed.DID_NOT_ANSWER, at, call=call, reason=reason)
        case AgentAnswered(agent=agent, call=call, queue=queue, at=at):
            if shift := _shift(session, agent, at):
                states.move(session, shift, Deed.ANSWERED, at, call=call, queue=queue)
            _withdraw_offers(session, event)
        case AgentJoinedTalk(agent=agent, call=call, at=at):
            if (shift := _shift(session, agent, at)) and not _in_talk(session, shift):
                states.move(session, shift, Deed.ANSWERED, at, call=call)
        case CallHeld() | CallResumed():
            _hold(session, event)
        case AgentLeftTalk():
            _leave(session, event)
        case ConsultStarted() | ConsultEnded():
            _consult(session, event)
        case ConferenceBegan(to=to, at=at) | ConferenceEnded(to=to, at=at):
            _tell(session, Interface(to), at, "state")
        case RecordingPaused(agent=agent, at=at) | RecordingResumed(agent=agent, at=at):
            _tell(session, agent, at, "recording")
        case CallEnded() | CallLost():
            _end_talks(session, event)
            _withdraw_offers(session, event)
        case CallerAbandoned() | CallerLeftQueue():
            _withdraw_offers(session, event)
        case PhoneRegistered(agent=agent, reachable=reachable, at=at):
            if shift := _shift(session, agent, at):
                shift.phone_reachable = reachable
                tell_desk(session, shift.person_id, "phone", reachable=reachable)
                if not reachable:
                    service.phone_went(session, shift)


def _tell(session: Session, agent: Interface, at: datetime, kind: str) -> None:
    if shift := _shift(session, agent, at):
        tell_desk(session, shift.person_id, kind)


def _hold(session: Session, event: CallHeld | CallResumed) -> None:
    held = isinstance(event, CallHeld)
    before, deed = (AgentStateName.TALKING, Deed.HELD) if held else (AgentStateName.HOLD, Deed.RESUMED)
    if (shift := _shift(session, event.agent, event.at)) and _period_in(session, shift, event.call, {before}):
        states.move(session, shift, deed, event.at)


def _consult(session: Session, event: ConsultStarted | ConsultEnded) -> None:
    """Who asks stays in their talk; who is asked takes no call meanwhile."""
    shift = _shift(session, Interface(event.to), event.at)
    if shift is None:
        return
    if isinstance(event, ConsultStarted):
        states.move(session, shift, Deed.CONSULTED, event.at, call=event.call)
    elif _period_in(session, shift, event.call, {AgentStateName.CONSULTING}):
        states.move(session, shift, Deed.CONSULT_OVER, event.at)


def _leave(session: Session, event: AgentLeftTalk) -> None:
    shift, lost = _shift(session, event.agent, event.at), event.ended_by == "lost"
    period = _period_in(session, shift, event.call, IN_TALK) if shift else None
    if shift and period and lost:  # the caller goes back to the queue: there is no result to give yet
        states.move(session, shift, Deed.PHONE_LOST, event.at)
    elif shift and period:
        states.leave_talk(session, shift, period, event.at)
    elif shift is None and not lost:
        _owe_late(session, event)


def _owe_late(session: Session, event: AgentLeftTalk) -> None:
    """A talk that nobody followed while it lasted: its result is still due from the agent of the shift it was in."""
    shift = _shift_then(session, event)
    if shift is not None and not queries.was_in_talk(session, event.call, shift.person_id):
        _owe(session, shift, event)


def _owe_lost(session: Session, event: CallLost) -> None:
    """Its caller will not come back to the queue: of the talk that it ended the result is due after all."""
    for left in _lost_talks([recorded.event for recorded in calls.story(session, event.call)]):
        shift = _shift_then(session, left)
        last = queries.wrap_up_of(session, event.call, shift.person_id) if shift else None
        if shift is not None and (last is None or last.started_at < left.at):
            _owe(session, shift, left)


def _shift_then(session: Session, event: AgentLeftTalk) -> Shift | None:
    """The shift in which the agent was then, also one that has ended since."""
    person = person_of(event.agent)
    return queries.shift_at(session, person, event.at) if person is not None else None


def _owe(session: Session, shift: Shift, event: AgentLeftTalk) -> None:
    row = calls.find(session, event.call)
    states.owe_wrap_up(session, shift, event.call, event.at, queue=row.queue if row else None)
    tell_desk(session, shift.person_id, "state")


def _lost_talks(happened: Sequence[Event]) -> list[AgentLeftTalk]:
    """Talks that broke off, and nothing else came after them for the caller: no queue, no other agent."""
    lost: list[AgentLeftTalk] = []
    for event in happened:
        match event:
            case CallerRequeued() | CallerJoinedQueue() | AgentAnswered() | AgentJoinedTalk():
                lost.clear()
            case AgentLeftTalk(ended_by="lost"):
                lost.append(event)
    return lost


def _why_not_answered(session: Session, shift: Shift, event: AgentDidNotAnswer) -> OwnPause | None:
    """None where it rang to the end; a phone that went while it rang was not declined by anybody."""
    queue = queries.find_queue(session, event.queue)
    if queue is None or event.rang >= queue.ring_timeout - PICKED:
        return None
    return OwnPause.DECLINED if shift.phone_reachable else OwnPause.PHONE_LOST


def _dial(session: Session, event: CallPlaced) -> None:
    """Nobody is offered to who calls a citizen; called during a talk, somebody is asked about it."""
    if (shift := _shift(session, event.agent, event.at)) and not _in_talk(session, shift):
        states.move(session, shift, Deed.DIALLED, event.at, call=event.call)


def _in_talk(session: Session, shift: Shift) -> bool:
    """In this talk, or in another: whom they call meanwhile is asked about it, and is no talk of their own."""
    period = queries.current_state(session, shift.person_id)
    return period is not None and period.name in IN_TALK


_OVER = {AgentStateName.CONSULTING: Deed.CONSULT_OVER, AgentStateName.DIALLING: Deed.NOT_REACHED}


def _end_talks(session: Session, event: CallEvent) -> None:
    for shift, period in _agents_of(session, event):
        if period.name in IN_TALK:
            with _misfit_told(event, person=shift.person_id):
                states.leave_talk(session, shift, period, event.at)
        elif over := _OVER.get(period.name):
            with _misfit_told(event, person=shift.person_id):
                states.move(session, shift, over, event.at)
    if isinstance(event, CallLost):
        _owe_lost(session, event)


def _withdraw_offers(session: Session, event: CallEvent) -> None:
    for shift, period in _agents_of(session, event):
        if period.name is AgentStateName.RINGING:
            with _misfit_told(event, person=shift.person_id):
                tell_desk(session, shift.person_id, "withdrawn", call=str(event.call))
                states.move(session, shift, Deed.OFFER_WITHDRAWN, event.at)


def _agents_of(session: Session, event: CallEvent) -> Iterator[tuple[Shift, AgentState]]:
    """Who has the call now, each with the shift locked and with what is true since then."""
    for found in queries.agents_of_call(session, event.call):
        shift = queries.open_shift(session, found.person_id, lock=True)
        period = queries.current_state(session, found.person_id)
        if shift and period and period.call == event.call and not _is_past(shift, period, event.at):
            yield shift, period


@contextmanager
def _misfit_told(event: Event, **about: int) -> Iterator[None]:
    """What fits no state is logged and passed over."""
    try:
        yield
    except UnexpectedDeed as misfit:
        log.warning("agent_event_misfit", kind=type(event).__name__, misfit=str(misfit), **about)


def _shift(session: Session, agent: Interface, at: datetime) -> Shift | None:
    """The running shift behind `PJSIP/agent<id>`.

    None for a phone that is not an agent's, after the shift, and for an event older than what the agent does now.
    """
    person = person_of(agent)
    shift = queries.open_shift(session, person, lock=True) if person is not None else None
    if shift is None or _is_past(shift, queries.current_state(session, shift.person_id), at):
        return None
    return shift


def _is_past(shift: Shift, period: AgentState | None, at: datetime) -> bool:
    return at < shift.started_at or (period is not None and at < period.since - CROSSING)


def _period_in(
    session: Session, shift: Shift, call: CallId, names: set[AgentStateName] | frozenset[AgentStateName]
) -> AgentState | None:
    """What the agent does now, if it is one of these and concerns this call."""
    period = queries.current_state(session, shift.person_id)
    return period if period and period.call == call and period.name in names else None


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
