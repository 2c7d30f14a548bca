"""Asterisk's messages in our types. The only place that knows the names and units of Asterisk's headers.

Traps, all seen on Asterisk 22: `RingTime` is milliseconds in AgentRingNoAnswer and seconds in AgentConnect;
`QueueCallerAbandon` is also sent when the queue timed out; `Cause` of SoftHangupRequest is no Q.850 cause but a flag;
a user event repeats headers of its channel, ours come last.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
from typing import Any, get_type_hints
from uuid import UUID

import structlog

from calls import events
from calls.events import CallEvent, Event, MemberPaused, PhoneRegistered
from calls.model import CallId, Interface, Language, QueueName, Source
from calls.signals import (
    AliveChannel,
    BridgeEntered,
    BridgeId,
    BridgeLeft,
    ChannelBorn,
    ChannelGone,
    ChannelId,
    Cut,
    HangupAsked,
    Held,
    MemberConnected,
    MemberDidNotAnswer,
    MemberRung,
    PhoneDialled,
    PhoneDidNotAnswer,
    QueueGivenUp,
    QueueJoined,
    QueueLeft,
    QueuePlace,
    RecordingMuted,
    Said,
    Signal,
    Transferred,
    WaitingCaller,
)

log = structlog.get_logger()

Message = Mapping[str, Any]
_PHONE = re.compile(r"(PJSIP/agent\d+)-[0-9a-f]+")
_GONE = {"Removed", "Unreachable"}

# What the dialplan and AGI may tell; everything else about a call Asterisk says itself.
TOLD: dict[str, type[CallEvent]] = {
    kind.__name__: kind
    for kind in (
        events.CallArrived,
        events.CallRefused,
        events.MenuEntered,
        events.LanguageChosen,
        events.KeyPressed,
        events.CallerSilent,
        events.TopicChosen,
        events.PromptHeard,
        events.FoundClosed,
        events.CallbackAsked,
        events.SelfServiceUsed,
        events.FellBack,
        events.RecordingStarted,
        events.CallerRequeued,
    )
}


class Malformed(ValueError):
    """A header is missing or makes no sense."""


def translate(message: Message) -> Signal | Event | None:
    """What the message means for calls; None for nothing, and for what cannot be understood (which is logged)."""
    reader = _READERS.get(str(message.get("Event", "")))
    if reader is None:
        return None
    try:
        return reader(message)
    except (ValueError, LookupError, TypeError) as error:
        log.warning("message_malformed", event_name=message.get("Event"), reason=str(error))
        return None


def _last(message: Message, header: str) -> str:
    value = message.get(header, "")
    return str(value[-1] if isinstance(value, list) else value)


def _first(message: Message, header: str) -> str:
    value = message.get(header, "")
    return str(value[0] if isinstance(value, list) else value)


def _needed(message: Message, header: str) -> str:
    value = _first(message, header)
    if not value:
        raise Malformed(f"no {header}")
    return value


def _at(message: Message) -> datetime:
    return datetime.fromtimestamp(float(_needed(message, "Timestamp")), UTC)


def _of(message: Message) -> dict[str, Any]:
    return {"at": _at(message), "channel": ChannelId(_needed(message, "Uniqueid"))}


def phone_of(channel_name: str) -> Interface | None:
    """The agent's phone that a channel belongs to: `PJSIP/agent7-0000002a` is `PJSIP/agent7`."""
    match = _PHONE.fullmatch(channel_name)
    return Interface(match[1]) if match else None


def variables(message: Message, header: str = "ChanVariable") -> dict[str, str]:
    """The channel variables that a message carries."""
    carried = message.get(header, [])
    pairs = carried if isinstance(carried, list) else [carried]
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def call_id(text: str | None) -> CallId | None:
    """The id, if it is one."""
    try:
        return CallId(UUID(text)) if text else None
    except ValueError:
        return None


def _member(message: Message) -> dict[str, Any]:
    return {
        **_of(message),
        "queue": QueueName(_needed(message, "Queue")),
        "agent": Interface(_needed(message, "Interface")),
    }


def _phone(message: Message) -> ChannelId | None:
    return ChannelId(_first(message, "DestUniqueid")) if message.get("DestUniqueid") else None


def _seconds(message: Message, header: str) -> timedelta:
    return timedelta(seconds=int(_first(message, header) or 0))


def _born(message: Message) -> Signal:
    return ChannelBorn(
        **_of(message),
        agent=phone_of(_first(message, "Channel")),
        call=call_id(variables(message).get("CALL_ID")),
        linked=ChannelId(_first(message, "Linkedid")) or None,
    )


def _gone(message: Message) -> Signal:
    return ChannelGone(**_of(message), cause=int(_first(message, "Cause") or 0))


def _bridge_entered(message: Message) -> Signal:
    return BridgeEntered(
        **_of(message),
        bridge=BridgeId(_needed(message, "BridgeUniqueid")),
        agent=phone_of(_first(message, "Channel")),
        instead_of=ChannelId(_first(message, "SwapUniqueid")) or None,
    )


def _bridge_left(message: Message) -> Signal:
    return BridgeLeft(**_of(message), bridge=BridgeId(_needed(message, "BridgeUniqueid")))


def _queue_joined(message: Message) -> Signal:
    return QueueJoined(
        **_of(message), queue=QueueName(_needed(message, "Queue")), position=int(_needed(message, "Position"))
    )


def _queue_left(message: Message) -> Signal:
    return QueueLeft(**_of(message), queue=QueueName(_needed(message, "Queue")))


def _queue_given_up(message: Message) -> Signal:
    waited = _seconds(message, "HoldTime")
    return QueueGivenUp(**_of(message), queue=QueueName(_needed(message, "Queue")), waited=waited)


def _member_rung(message: Message) -> Signal:
    return MemberRung(**_member(message), phone=_phone(message))


def _member_did_not_answer(message: Message) -> Signal:
    rang = timedelta(milliseconds=int(_first(message, "RingTime") or 0))
    return MemberDidNotAnswer(**_member(message), rang=rang)


def _member_connected(message: Message) -> Signal:
    return MemberConnected(
        **_member(message),
        phone=_phone(message),
        waited=_seconds(message, "HoldTime"),
        rang=_seconds(message, "RingTime"),
    )


def _phone_dialled(message: Message) -> Signal | None:
    agent, phone = phone_of(_first(message, "DestChannel")), _phone(message)
    if agent is None or phone is None or not message.get("Uniqueid"):
        return None
    return PhoneDialled(**_of(message), agent=agent, phone=phone)


def _phone_dial_ended(message: Message) -> Signal | None:
    agent = phone_of(_first(message, "DestChannel"))
    if agent is None or not message.get("Uniqueid") or _first(message, "DialStatus") == "ANSWER":
        return None
    return PhoneDidNotAnswer(**_of(message), agent=agent)


def _blind_transfer(message: Message) -> Signal | None:
    return _transfer(message, "Transferer", _first(message, "Extension"), attended=False)


def _attended_transfer(message: Message) -> Signal | None:
    target = _first(message, "TransferTargetChannel")
    return _transfer(message, "OrigTransferer", phone_of(target) or target, attended=True)


def _transfer(message: Message, transferer: str, to: str, *, attended: bool) -> Signal | None:
    if _first(message, "Result") != "Success":
        return None
    return Transferred(
        at=_at(message),
        channel=ChannelId(_needed(message, f"{transferer}Uniqueid")),
        agent=phone_of(_first(message, f"{transferer}Channel")),
        caller=ChannelId(_first(message, "TransfereeUniqueid")) or None,
        to=to,
        attended=attended,
    )


def _phone_registered(message: Message) -> Event | None:
    agent = phone_of(f"PJSIP/{_first(message, 'EndpointName')}-0")
    if agent is None:
        return None
    return PhoneRegistered(at=_at(message), agent=agent, reachable=_first(message, "ContactStatus") not in _GONE)


def _member_paused(message: Message) -> Event:
    return MemberPaused(
        at=_at(message),
        agent=Interface(_needed(message, "Interface")),
        queue=QueueName(_needed(message, "Queue")),
        paused=_first(message, "Paused") == "1",
        reason=_first(message, "PausedReason") or _first(message, "Reason"),
    )


def _told(message: Message) -> Signal | None:
    kind = TOLD.get(_needed(message, "UserEvent"))
    if kind is None:
        return None
    call = call_id(_last(message, "Call"))
    if call is None:
        raise Malformed("no call")
    given: dict[str, Any] = {"at": _at(message), "call": call}
    channel = _first(message, "Uniqueid")
    for name, convert, optional in _told_fields(kind):
        header = "".join(part.capitalize() for part in name.split("_"))
        if header in message:
            given[name] = convert(_last(message, header))
        elif not optional:
            raise Malformed(f"no {header}")
    if kind is events.CallArrived:
        given["channel"] = channel
    return Said(at=given["at"], channel=ChannelId(channel), event=kind(**given))


_told_known: dict[type[CallEvent], list[tuple[str, Callable[[str], Any], bool]]] = {}


def _told_fields(kind: type[CallEvent]) -> list[tuple[str, Callable[[str], Any], bool]]:
    """Name, conversion and whether it may be missing, of each field that the dialplan gives."""
    if kind not in _told_known:
        hints = get_type_hints(kind)
        _told_known[kind] = [
            (field.name, _conversion(hints[field.name]), field.default is not MISSING)
            for field in fields(kind)
            if field.name not in ("at", "call", "channel")
        ]
    return _told_known[kind]


def _language(text: str) -> Language:
    """A channel's language names the organisation's own sounds too: `uk_khm`."""
    return Language(text[:2])


def _conversion(of: Any) -> Callable[[str], Any]:
    if of is bool:
        return lambda text: text.strip().lower() in ("1", "true", "yes")
    if of is Language:
        return _language
    plain: Callable[[str], Any] = getattr(of, "__supertype__", of)  # NewType
    return plain


_READERS: dict[str, Callable[[Message], Signal | Event | None]] = {
    "Newchannel": _born,
    "Hangup": _gone,
    "HangupRequest": lambda message: HangupAsked(**_of(message)),
    "SoftHangupRequest": lambda message: Cut(**_of(message)),
    "UserEvent": _told,
    "BridgeEnter": _bridge_entered,
    "BridgeLeave": _bridge_left,
    "QueueCallerJoin": _queue_joined,
    "QueueCallerLeave": _queue_left,
    "QueueCallerAbandon": _queue_given_up,
    "AgentCalled": _member_rung,
    "AgentRingNoAnswer": _member_did_not_answer,
    "AgentConnect": _member_connected,
    "Hold": lambda message: Held(**_of(message), held=True),
    "Unhold": lambda message: Held(**_of(message), held=False),
    "MixMonitorMute": lambda message: RecordingMuted(**_of(message), muted=_needed(message, "State") == "1"),
    "BlindTransfer": _blind_transfer,
    "AttendedTransfer": _attended_transfer,
    "DialBegin": _phone_dialled,
    "DialEnd": _phone_dial_ended,
    "ContactStatus": _phone_registered,
    "QueueMemberPause": _member_paused,
}

# What Asterisk has to send us, for the event filters of manager.conf.
AMI_EVENTS = (*_READERS, "FullyBooted", "Shutdown", "OriginateResponse")

# --- what Asterisk answers when asked ---

# The variables that the dialplan keeps on the caller's channel, asked for with the list of channels.
ASKED_VARIABLES = "CALL_ID,ORGANISATION,CALLER,DIALLED,SOURCE,CHANNEL(language)"


def clock(pong: Message) -> datetime:
    """Asterisk's own time, from the answer to a ping."""
    return _at(pong)


def started_at(booted: Message, now: datetime) -> datetime:
    """When this Asterisk started, from FullyBooted."""
    return now - timedelta(seconds=int(_needed(booted, "Uptime")))


def alive_channels(answers: list[Message], now: datetime) -> list[AliveChannel]:
    """The channels of an answer to Status."""
    return [_alive(answer, now) for answer in answers if answer.get("Event") == "Status"]


def _alive(message: Message, now: datetime) -> AliveChannel:
    known = variables(message, "Variable")
    channel, age = ChannelId(_needed(message, "Uniqueid")), _seconds(message, "Seconds")
    call = call_id(known.get("CALL_ID"))
    return AliveChannel(
        channel=channel,
        name=_first(message, "Channel"),
        agent=phone_of(_first(message, "Channel")),
        call=call,
        linked=ChannelId(_first(message, "Linkedid")) or None,
        bridge=BridgeId(_first(message, "BridgeID")) or None,
        ringing=_first(message, "ChannelStateDesc") == "Ringing",
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
) -> CallEvent:
    """The arrival of a call from the dialplan's texts. ValueError if they make no sense."""
    return events.CallArrived(
        call=call,
        at=at,
        organisation=int(organisation),
        caller=caller,
        dialled=dialled,
        language=_language(language),
        source=Source(source),
        channel=channel,
    )


# What tells a talk's recorded channel: the dialplan names the recording where it makes it.
RECORDED_VARIABLES = "CALL_ID,RECORDING"
_UNSET = "(null)"


def recorded_channels(answers: list[Message], call: CallId, agent: Interface) -> list[str]:
    """Where this agent's talk is recorded, by an answer to Status: their channel or the caller's."""
    found = []
    for answer in answers:
        known, name = variables(answer, "Variable"), _first(answer, "Channel")
        recorded = known.get("RECORDING", _UNSET) not in ("", _UNSET)
        if recorded and call_id(known.get("CALL_ID")) == call and phone_of(name) in (None, agent):
            found.append(name)
    return found


def waiting_callers(answers: list[Message]) -> list[WaitingCaller]:
    """The callers of an answer to QueueStatus."""
    return [
        WaitingCaller(
            channel=ChannelId(_needed(answer, "Uniqueid")),
            queue=QueueName(_needed(answer, "Queue")),
            position=int(_needed(answer, "Position")),
            waited=_seconds(answer, "Wait"),
        )
        for answer in answers
        if answer.get("Event") == "QueueEntry"
    ]


def queue_places(answers: list[Message]) -> list[QueuePlace]:
    """The members of an answer to QueueStatus."""
    return [
        QueuePlace(
            queue=QueueName(_needed(answer, "Queue")),
            agent=Interface(_needed(answer, "Location")),
            name=_first(answer, "Name"),
            penalty=int(_first(answer, "Penalty") or 0),
            paused=_first(answer, "Paused") == "1",
            reason=_first(answer, "PausedReason"),
        )
        for answer in answers
        if answer.get("Event") == "QueueMember"
    ]
