"""What Asterisk answers when it is asked: channels, callers waiting, members of queues."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from calls.events import CallArrived, CallEvent, CallPlaced
from calls.model import CallId, Interface, QueueName, Source, queue_of
from calls.signals import AliveChannel, BridgeId, ChannelId, QueuePlace, WaitingCaller
from calls.translate.headers import Message, call_id, first, language_of, needed, phone_of, seconds, time_of, variables

# The variables that the dialplan keeps on the caller's channel, asked for with the list of channels.
ASKED_VARIABLES = "CALL_ID,ORGANISATION,CALLER,DIALLED,SOURCE,PLACED_BY,CHANNEL(language)"


def clock(pong: Message) -> datetime:
    """Asterisk's own time, from the answer to a ping."""
    return time_of(pong)


def started_at(booted: Message, now: datetime) -> datetime:
    """When this Asterisk started, from FullyBooted."""
    return now - timedelta(seconds=int(needed(booted, "Uptime")))


def alive_channels(answers: list[Message], now: datetime) -> list[AliveChannel]:
    """The channels of an answer to Status."""
    return [_alive(answer, now) for answer in answers if answer.get("Event") == "Status"]


def _alive(message: Message, now: datetime) -> AliveChannel:
    known = variables(message, "Variable")
    channel, age = ChannelId(needed(message, "Uniqueid")), seconds(message, "Seconds")
    call = call_id(known.get("CALL_ID"))
    return AliveChannel(
        channel=channel,
        name=first(message, "Channel"),
        agent=phone_of(first(message, "Channel")),
        call=call,
        linked=ChannelId(first(message, "Linkedid")) or None,
        bridge=BridgeId(first(message, "BridgeID")) or None,
        ringing=first(message, "ChannelStateDesc") == "Ringing",
        age=age,
        arrival=_arrival(call, known, now - age, channel) if call else None,
    )


def _arrival(call: CallId, known: Mapping[str, str], at: datetime, channel: ChannelId) -> CallEvent | None:
    """Only the caller's own channel knows where it came from; agents' phones inherit the call and the organisation."""
    try:
        return arrival(
            call,
            at=at,
            channel=channel,
            organisation=known["ORGANISATION"],
            caller=known.get("CALLER", ""),
            dialled=known["DIALLED"],
            language=known["CHANNEL(language)"],
            source=known["SOURCE"],
            agent=_given(known, "PLACED_BY"),
        )
    except (LookupError, ValueError):
        return None


def arrival(
    call: CallId,
    *,
    at: datetime,
    channel: ChannelId,
    organisation: str,
    caller: str,
    dialled: str,
    language: str,
    source: str,
    agent: str = "",
) -> CallEvent:
    """How a call began, from the dialplan's texts; with an `agent`, theirs to a citizen. ValueError for nonsense."""
    told: dict[str, Any] = {
        "call": call,
        "at": at,
        "organisation": int(organisation),
        "caller": caller,
        "dialled": dialled,
        "language": language_of(language),
        "source": Source(source),
        "channel": channel,
    }
    return CallPlaced(**told, agent=Interface(agent)) if agent else CallArrived(**told)


# What tells a talk's recorded channel: the dialplan names the recording where it makes it.
RECORDED_VARIABLES = "CALL_ID,RECORDING"
_UNSET = "(null)"


def _given(known: Mapping[str, str], name: str) -> str:
    """The variable, "" when the channel has none."""
    value = known.get(name, "")
    return "" if value == _UNSET else value


def recorded_channels(answers: list[Message], call: CallId, agent: Interface) -> list[str]:
    """Where what this agent says and hears is recorded, by an answer to Status.

    The talk is on their channel or the caller's; a number outside that they ask meanwhile is a call of its own.
    """
    theirs = {first(answer, "BridgeID") for answer in answers if phone_of(first(answer, "Channel")) == agent} - {""}
    found = []
    for answer in answers:
        known, name = variables(answer, "Variable"), first(answer, "Channel")
        recorded = _given(known, "RECORDING") != ""
        of_talk = call_id(known.get("CALL_ID")) == call and phone_of(name) in (None, agent)
        if recorded and (of_talk or first(answer, "BridgeID") in theirs):
            found.append(name)
    return found


def ringing_channels(answers: list[Message], agent: Interface) -> list[str]:
    """Where the agent's phone rings, by an answer to Status."""
    names = (first(answer, "Channel") for answer in answers if first(answer, "ChannelStateDesc") == "Ringing")
    return [name for name in names if phone_of(name) == agent]


def channel_in_talk(answers: list[Message], caller: str, agent: Interface) -> ChannelId | None:
    """The agent's channel in the caller's bridge, by an answer to Status; None without one."""
    bridges = {first(answer, "Uniqueid"): first(answer, "BridgeID") for answer in answers}
    for answer in answers:
        bridge = first(answer, "BridgeID")
        if bridge and bridge == bridges.get(caller) and phone_of(first(answer, "Channel")) == agent:
            return ChannelId(needed(answer, "Uniqueid"))
    return None


def waiting_callers(answers: list[Message]) -> list[WaitingCaller]:
    """The callers of an answer to QueueStatus."""
    return [
        WaitingCaller(
            channel=ChannelId(needed(answer, "Uniqueid")),
            queue=queue_of(needed(answer, "Queue")),
            position=int(needed(answer, "Position")),
            waited=seconds(answer, "Wait"),
        )
        for answer in answers
        if answer.get("Event") == "QueueEntry"
    ]


def queue_places(answers: list[Message]) -> list[QueuePlace]:
    """The members of an answer to QueueStatus."""
    return [
        QueuePlace(
            queue=QueueName(needed(answer, "Queue")),
            agent=Interface(needed(answer, "Location")),
            name=first(answer, "Name"),
            penalty=int(first(answer, "Penalty") or 0),
            paused=first(answer, "Paused") == "1",
            reason=first(answer, "PausedReason"),
        )
        for answer in answers
        if answer.get("Event") == "QueueMember"
    ]


def channels_in_use(core: Message) -> int:
    """How many channels there are, from CoreStatus, whose header calls them calls."""
    return int(needed(core, "CoreCurrentCalls"))
