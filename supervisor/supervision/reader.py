"""What supervision does when a call event happens: it began, it ended, the talk that it was beside is over."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from calls.events import (
    AgentJoinedTalk,
    AgentLeftTalk,
    CallEnded,
    CallerRequeued,
    CallLost,
    Event,
    SupervisorJoined,
    SupervisorLeft,
)
from calls.model import interface_of
from calls.readers import Recorded
from supervisor.supervision import queries, service
from supervisor.supervision.model import Mode, Outcome

HEARS: frozenset[type[Event]] = frozenset(
    {SupervisorJoined, SupervisorLeft, AgentJoinedTalk, AgentLeftTalk, CallerRequeued, CallEnded, CallLost}
)


def read(session: Session, batch: Sequence[Recorded]) -> None:
    """Follows the batch; what it says of a supervision that is over changes nothing."""
    for recorded in batch:
        _follow(session, recorded.event)


def _follow(session: Session, event: Event) -> None:
    match event:
        case SupervisorJoined(supervision=number, mode=mode, at=at):
            row = queries.find(session, number)
            if row is not None and row.ended_at is None:
                service.started(session, row, Mode(mode), at)
        case SupervisorLeft(supervision=number, at=at):
            row = queries.find(session, number)
            if row is not None and row.mode != Mode.TAKE_OVER:
                service.end(session, row, Outcome.OVER if row.started_at else Outcome.NOT_ANSWERED, at)
        case AgentJoinedTalk(agent=agent, call=call, at=at):
            for row in queries.open_of_call(session, call):
                if row.mode == Mode.TAKE_OVER and agent == interface_of(row.person_id):
                    service.started(session, row, Mode.TAKE_OVER, at)
        case AgentLeftTalk(agent=agent, call=call, at=at):
            for row in queries.open_of_call(session, call):
                if row.mode == Mode.TAKE_OVER and agent == interface_of(row.person_id):
                    service.end(session, row, Outcome.OVER, at)
        case CallerRequeued(call=call, at=at):
            for row in queries.open_of_call(session, call):
                if row.mode == Mode.TAKE_OVER and row.started_at is None:
                    service.end(session, row, Outcome.NOT_ANSWERED, at)
        case CallEnded(call=call, at=at) | CallLost(call=call, at=at):
            for row in queries.open_of_call(session, call):
                service.end(session, row, Outcome.OVER if row.started_at else Outcome.TALK_GONE, at)
