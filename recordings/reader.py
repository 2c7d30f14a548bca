"""What recordings do when something happens to a call."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from calls.events import AgentAnswered, CallEnded, CallEvent, CallLost, Event, PromptHeard, RecordingStarted
from calls.readers import Recorded
from db import after_commit
from recordings import jobs, service

HEARS: frozenset[type[Event]] = frozenset({RecordingStarted, AgentAnswered, PromptHeard, CallEnded, CallLost})


def read(session: Session, batch: Sequence[Recorded]) -> None:
    """Reads on in the journal; what is to be stored is asked for after the commit."""
    for recorded in batch:
        if isinstance(recorded.event, CallEvent) and recorded.organisation is not None:
            _happened(session, recorded.organisation, recorded.node, recorded.event)


def _happened(session: Session, organisation: int, node: str, event: CallEvent) -> None:
    match event:
        case RecordingStarted(call=call, segment=segment, agent=agent, at=at):
            service.note_start(session, organisation, call, segment, agent=agent, node=node, at=at)
        case AgentAnswered(call=call, agent=agent, at=at):
            service.note_answer(session, organisation, call, agent=agent, node=node, at=at)
        case PromptHeard(call=call, prompt=prompt) if prompt == service.NOTICE:
            service.note_notice(session, call)
        case CallEnded(call=call, at=at) | CallLost(call=call, at=at):
            for recording in service.end(session, call, at=at):
                after_commit(session, jobs.asked_for(recording.id, recording.node or node))
        case _:
            pass
