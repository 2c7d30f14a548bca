"""Calls for the tests of pages: told as events, put through the journal and its readers like real ones."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from acd.callbacks import reader as callbacks
from calls import events, reader
from calls.model import CallId, Language, QueueName, Source, interface_of
from calls.tables import Topic
from db import EVERY_ORGANISATION, transaction
from recordings import reader as recordings
from staff.tables import Person
from tests.journal import arrived, written


def happen(organisation: int, happened: Sequence[events.Event]) -> None:
    """These events, written and read."""
    with transaction(EVERY_ORGANISATION) as session:
        batch = written(session, organisation, happened)
        reader.read(session, batch, strict=True)
        recordings.read(session, batch)
        callbacks.read(session, [recorded for recorded in batch if type(recorded.event) in callbacks.HEARS])


def topic(organisation: int, code: str = "water", name: str = "Водопостачання") -> None:
    """A topic of the directory."""
    with transaction(EVERY_ORGANISATION) as session:
        session.add(Topic(organisation_id=organisation, code=code, name={"uk": name, "en": code.title()}))


def answered_call(
    agent: Person,
    *,
    caller: str = "+380671234567",
    at: datetime | None = None,
    transferred_to: Person | None = None,
    over: bool = True,
) -> CallId:
    """Somebody pressed two keys, waited, talked with the agent and hung up."""
    call = CallId(uuid4())
    start = at or datetime.now(UTC) - timedelta(minutes=5)
    phone, queue = interface_of(agent.id), QueueName("khm-water")

    def later(seconds: float) -> datetime:
        return start + timedelta(seconds=seconds)

    told: list[events.Event] = [
        arrived(agent.organisation_id, call, start, caller=caller),
        events.MenuEntered(call=call, at=later(2), menu="hotline"),
        events.KeyPressed(call=call, at=later(6), menu="hotline", key="7", accepted=False),
        events.KeyPressed(call=call, at=later(9), menu="hotline", key="1", accepted=True),
        events.TopicChosen(call=call, at=later(9), topic="water"),
        events.PromptHeard(call=call, at=later(14), prompt="recording-notice"),
        events.CallerJoinedQueue(call=call, at=later(15), queue=queue, position=2),
        events.AgentOffered(call=call, at=later(31), agent=phone, queue=queue),
        events.RecordingStarted(call=call, at=later(38), segment=1, agent=phone),
        events.AgentAnswered(
            call=call,
            at=later(38),
            agent=phone,
            queue=queue,
            waited=timedelta(seconds=23),
            rang=timedelta(seconds=7),
        ),
    ]
    if over:
        told += [
            events.CallHeld(call=call, at=later(42), agent=phone),
            events.CallResumed(call=call, at=later(44), agent=phone),
            events.AgentLeftTalk(call=call, at=later(52), agent=phone, talked=timedelta(seconds=14), ended_by="caller"),
            events.CallEnded(call=call, at=later(52), cause=16, by_caller=True),
        ]
    if transferred_to is not None:
        other = interface_of(transferred_to.id)
        told[-2:] = [
            events.CallTransferred(call=call, at=later(50), agent=phone, to=other, attended=False),
            events.AgentLeftTalk(
                call=call, at=later(50), agent=phone, talked=timedelta(seconds=12), ended_by="transfer"
            ),
            events.AgentJoinedTalk(call=call, at=later(51), agent=other),
            events.AgentLeftTalk(call=call, at=later(59), agent=other, talked=timedelta(seconds=8), ended_by="caller"),
            events.CallEnded(call=call, at=later(59), cause=16, by_caller=True),
        ]
    happen(agent.organisation_id, told)
    return call


def abandoned_call(
    organisation: int, *, caller: str = "+380509876543", at: datetime | None = None, over: bool = True
) -> CallId:
    """Somebody waited and hung up before anybody answered; one that is not over is still in the menu."""
    call, start = CallId(uuid4()), at or datetime.now(UTC) - timedelta(minutes=9)
    queue = QueueName("khm-roads")
    told: list[events.Event] = [
        arrived(organisation, call, start, caller=caller, language=Language.RUSSIAN, source=Source.BROWSER),
        events.CallerJoinedQueue(call=call, at=start + timedelta(seconds=4), queue=queue, position=1),
        events.CallerAbandoned(call=call, at=start + timedelta(seconds=30), queue=queue, waited=timedelta(seconds=26)),
        events.CallEnded(call=call, at=start + timedelta(seconds=30), cause=16, by_caller=True),
    ]
    happen(organisation, told if over else told[:1])
    return call
