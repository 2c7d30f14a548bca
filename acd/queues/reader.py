"""Why an agent is rung for a call: kept for every offer, beside the desk's own reader so that no card waits for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from acd.queues import queries, service
from acd.queues.queries import Skilled
from calls import journal
from calls.events import AgentOffered, CallArrived, CallerJoinedQueue, Event, LanguageChosen
from calls.model import person_of
from calls.readers import Recorded

HEARS: frozenset[type[Event]] = frozenset({AgentOffered})


def read(session: Session, batch: Sequence[Recorded]) -> None:
    """Explains each offer of a queue of ours to an agent of ours."""
    offers = [
        event
        for event, organisation in ((recorded.event, recorded.organisation) for recorded in batch)
        if isinstance(event, AgentOffered) and event.queue and organisation is not None
    ]
    if offers:
        skilled = queries.skilled(session)
        for offer in offers:
            _explain(session, offer, skilled)


def _explain(session: Session, event: AgentOffered, skilled: Skilled) -> None:
    person, queue = person_of(event.agent), queries.queue_in_asterisk(session, event.queue)
    if person is None or queue is None or not queries.is_known(session, person):
        return
    language, joined = "", event.at
    for happened in (recorded.event for recorded in journal.of_call(session, event.call)):
        if happened.at > event.at:
            break
        match happened:
            case CallArrived(language=spoken) | LanguageChosen(language=spoken):
                language = spoken
            case CallerJoinedQueue(queue=queue_joined, at=at) if queue_joined == event.queue:
                joined = at
    waited = _between(joined, event.at)
    service.explain_offer(session, event.call, queue, person, skilled, at=event.at, language=language, waited=waited)


def _between(since: datetime, until: datetime) -> timedelta:
    return max(timedelta(0), until - since)
