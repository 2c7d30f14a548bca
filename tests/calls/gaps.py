"""Before a gap and after it: signals that were heard, lines of queue_log, what Asterisk has now."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from calls.model import CallId, Interface, QueueName
from calls.observer import Line, Observer
from calls.queue_log import Entry, parse
from calls.resync import Present
from calls.signals import AliveChannel, BridgeId, ChannelId, MemberConnected, QueueJoined, Said, Signal, WaitingCaller
from calls.state import Call, begin, evolve
from calls.translate import arrival

BEGAN = 1_795_285_560  # a second, as queue_log has it
QUEUE, ANNA, BOBUR = QueueName("khm-general"), Interface("PJSIP/agent7"), Interface("PJSIP/agent8")
SECOND, ASKED = ChannelId("node1-1.second"), ChannelId("node1-1.bobur")  # Anna's other channel, and Bobur's
CALLS = [CallId(UUID(int=number)) for number in range(9)]


def at(second: float) -> datetime:
    return datetime.fromtimestamp(BEGAN, UTC) + timedelta(seconds=second)


def log(*texts: str) -> list[Entry]:
    """queue_log: `second channel queue member event data...`, a call's number for its channel."""
    entries = []
    for text in texts:
        second, channel, *rest = text.split("|")
        entry = parse("|".join([str(BEGAN + int(second)), f"node1-{channel}", *rest]))
        assert entry is not None
        entries.append(entry)
    return entries


def came(number: int, second: float = 0) -> Said:
    channel = ChannelId(f"node1-{number}")
    event = arrival(
        CALLS[number],
        at=at(second),
        channel=channel,
        organisation="1",
        caller="380671234567",
        dialled="1580",
        language="uk_khm",
        source="trunk",
    )
    return Said(at=at(second), channel=channel, event=event)


def joins(number: int, second: float) -> QueueJoined:
    return QueueJoined(at=at(second), channel=ChannelId(f"node1-{number}"), queue=QUEUE, position=1)


def connects(number: int, second: float) -> MemberConnected:
    nothing = timedelta(0)
    channel = ChannelId(f"node1-{number}")
    return MemberConnected(
        at=at(second), channel=channel, queue=QUEUE, agent=ANNA, phone=None, waited=nothing, rang=nothing
    )


def alive(number: int, *, bridge: str = "", second: float = 0) -> AliveChannel:
    said = came(number, second)
    return AliveChannel(
        channel=said.channel,
        name=f"PJSIP/trunk-{number}",
        agent=None,
        call=CALLS[number],
        linked=said.channel,
        bridge=BridgeId(bridge) if bridge else None,
        ringing=False,
        age=timedelta(0),
        arrival=said.event,
    )


def phone(number: int, *, bridge: str = "", ringing: bool = False) -> AliveChannel:
    """Anna's channel for a call."""
    return AliveChannel(
        channel=ChannelId(f"node1-{number}.anna"),
        name="PJSIP/agent7-0000001",
        agent=ANNA,
        call=CALLS[number],
        linked=None,
        bridge=BridgeId(bridge) if bridge else None,
        ringing=ringing,
        age=timedelta(0),
        arrival=None,
    )


def present(*channels: AliveChannel, waiting: tuple[int, ...] = (), started: float = -1000) -> Present:
    callers = [
        WaitingCaller(channel=ChannelId(f"node1-{number}"), queue=QUEUE, position=1, waited=timedelta(seconds=3))
        for number in waiting
    ]
    return Present(now=at(60), started_at=at(started), channels=list(channels), waiting=callers)


def knows(*signals: Signal) -> Observer:
    observer = Observer(strict=True)
    for signal in signals:
        observer.hear(signal)
    return observer


def ends(told: list[Line], *known: Call) -> dict[CallId, Call]:
    """The calls after the events, `known` as they were before."""
    calls = {call.id: call for call in known}
    for line in told:
        event = line.event
        call = event.call  # type: ignore[attr-defined]
        calls[call] = evolve(calls[call], event) if call in calls else begin(event)  # type: ignore[arg-type]
    return calls


def names(told: list[Line]) -> list[str]:
    return [type(line.event).__name__ for line in told]
