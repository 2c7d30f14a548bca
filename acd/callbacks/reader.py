"""The reader "missed calls": who did not get through is owed a call, who talked with us is owed none any longer.

What a call came to is told from its own events in the journal, up to the one that is read: the ledger may be ahead or
behind. So the reader, set to zero, makes the same again.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from acd.callbacks import queries, service
from acd.callbacks.model import Deed, Reason, outcome_of, reason_of
from acd.callbacks.tables import CallbackAttempt
from calls import journal
from calls.events import (
    AgentAnswered,
    AgentJoinedTalk,
    CallArrived,
    CallbackAsked,
    CallEnded,
    CallEvent,
    CallLost,
    CallPlaced,
    Event,
)
from calls.model import Direction, QueueName, Source, VisitOutcome
from calls.readers import Recorded
from calls.state import Call, UnexpectedEvent, begin, evolve
from staff.queries import organisations
from staff.tables import Organisation

NAME: Final = "callbacks"

_ANSWERS = (AgentAnswered, AgentJoinedTalk)
_ENDS = (CallEnded, CallLost)
HEARS: Final[frozenset[type[Event]]] = frozenset({CallPlaced, *_ANSWERS, *_ENDS})


def read(session: Session, batch: Sequence[Recorded]) -> None:
    """Follows the batch."""
    told = [(recorded, recorded.event) for recorded in batch if isinstance(recorded.event, CallEvent)]
    attempts = queries.attempts_among(session, {event.call for _, event in told})
    known = {organisation.id: organisation for organisation in organisations(session)}
    for recorded, event in told:
        if (attempt := attempts.get(event.call)) is not None:
            _follow(session, attempt, event)
        elif recorded.organisation not in known:
            continue
        elif isinstance(event, CallPlaced):
            if (begun := service.begin(session, known[recorded.organisation], event)) is not None:
                attempts[event.call] = begun
        elif (told_until := _as_of(session, recorded, event)) is not None:
            _owe(session, known[recorded.organisation], *told_until, event)


def _follow(session: Session, attempt: CallbackAttempt, event: CallEvent) -> None:
    """An attempt of ours goes on."""
    match event:
        case AgentAnswered() | AgentJoinedTalk():
            service.answer(session, attempt, event.at)
        case CallEnded(cause=cause):
            service.fail(session, attempt, outcome_of(cause), event.at)
        case CallLost():
            service.fail(session, attempt, outcome_of(None), event.at)


def _owe(session: Session, organisation: Organisation, call: Call, number: str, event: CallEvent) -> None:
    """A browser's number is the caller's own word: it may ask for a call, but it pays for nobody's."""
    outgoing = call.direction is Direction.OUT
    if isinstance(event, _ANSWERS):
        if outgoing or call.source is not Source.BROWSER:
            service.reach(session, organisation, call, event.at, deed=Deed.ANSWERED if outgoing else Deed.REACHED_US)
    elif not outgoing and (reason := _reason(call)) is not None:
        service.miss(session, organisation, call, reason, number=number)


def _reason(call: Call) -> Reason | None:
    """Why the caller is owed a call, None if not; who was answered is when they had to wait again and nobody came."""
    if call.fate is None:
        return None
    if call.answered_at is None:
        return reason_of(call.fate, call.topic)
    match call.visits[-1].outcome if call.visits else None:
        case VisitOutcome.ABANDONED:
            return Reason.GAVE_UP
        case VisitOutcome.LOST:
            return Reason.CUT_OFF
        case VisitOutcome.FLOWED_OUT if call.leaning is not None:
            return reason_of(call.leaning, call.topic)
        case VisitOutcome.FLOWED_OUT if not _talked_since(call, call.visits[-1].left_at):
            return Reason.GAVE_UP  # while a call back was offered, or on the way to another queue
    return None


def _talked_since(call: Call, left_at: datetime | None) -> bool:
    """Whether somebody talked with the caller after their last wait."""
    return left_at is None or any(leg.answered_at is not None and leg.answered_at >= left_at for leg in call.legs)


def _as_of(session: Session, recorded: Recorded, event: CallEvent) -> tuple[Call, str] | None:
    """The call after this event, and the number to call back; None when its beginning is not in the journal."""
    call: Call | None = None
    number = ""
    for earlier in journal.of_call(session, event.call):
        if earlier.node != recorded.node or earlier.seq > recorded.seq:
            continue
        if isinstance(earlier.event, CallArrived):
            call, number = begin(earlier.event), earlier.event.caller
        elif call is not None and isinstance(earlier.event, CallEvent):
            try:
                call = evolve(call, earlier.event)
            except UnexpectedEvent:
                continue  # the ledger has recorded it
            if isinstance(earlier.event, CallbackAsked):
                number = earlier.event.number or number
                call = replace(call, queue=call.queue or QueueName(earlier.event.queue) or None)
    return (call, number) if call is not None else None
