"""Asterisk's messages as signals and events.

Traps, all seen on Asterisk 22: `RingTime` is milliseconds in AgentRingNoAnswer and seconds in AgentConnect;
`QueueCallerAbandon` is also sent when the queue timed out; `Cause` of SoftHangupRequest is no Q.850 cause but a flag;
a user event repeats headers of its channel, ours come last.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog

from calls.events import Event, MemberPaused, PhoneRegistered
from calls.model import Interface, interface_at, person_of, queue_of
from calls.signals import (
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
    RecordingMuted,
    Signal,
    Transferred,
)
from calls.translate.headers import Message, call_id, first, needed, phone_of, seconds, time_of, variables, whose
from calls.translate.told import told

log = structlog.get_logger()

_GONE = {"Removed", "Unreachable"}


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


def _member(message: Message) -> dict[str, Any]:
    return {
        **whose(message),
        "queue": queue_of(needed(message, "Queue")),
        "agent": Interface(needed(message, "Interface")),
    }


def _phone(message: Message) -> ChannelId | None:
    return ChannelId(first(message, "DestUniqueid")) if message.get("DestUniqueid") else None


def _born(message: Message) -> Signal:
    return ChannelBorn(
        **whose(message),
        agent=phone_of(first(message, "Channel")),
        call=call_id(variables(message).get("CALL_ID")),
        linked=ChannelId(first(message, "Linkedid")) or None,
    )


def _gone(message: Message) -> Signal:
    return ChannelGone(**whose(message), cause=int(first(message, "Cause") or 0))


def _bridge_entered(message: Message) -> Signal:
    return BridgeEntered(
        **whose(message),
        bridge=BridgeId(needed(message, "BridgeUniqueid")),
        agent=phone_of(first(message, "Channel")),
        instead_of=ChannelId(first(message, "SwapUniqueid")) or None,
    )


def _bridge_left(message: Message) -> Signal:
    return BridgeLeft(**whose(message), bridge=BridgeId(needed(message, "BridgeUniqueid")))


def _queue_joined(message: Message) -> Signal:
    return QueueJoined(
        **whose(message), queue=queue_of(needed(message, "Queue")), position=int(needed(message, "Position"))
    )


def _queue_left(message: Message) -> Signal:
    return QueueLeft(**whose(message), queue=queue_of(needed(message, "Queue")))


def _queue_given_up(message: Message) -> Signal:
    waited = seconds(message, "HoldTime")
    return QueueGivenUp(**whose(message), queue=queue_of(needed(message, "Queue")), waited=waited)


def _member_rung(message: Message) -> Signal:
    return MemberRung(**_member(message), phone=_phone(message))


def _member_did_not_answer(message: Message) -> Signal:
    rang = timedelta(milliseconds=int(first(message, "RingTime") or 0))
    return MemberDidNotAnswer(**_member(message), rang=rang)


def _member_connected(message: Message) -> Signal:
    return MemberConnected(
        **_member(message),
        phone=_phone(message),
        waited=seconds(message, "HoldTime"),
        rang=seconds(message, "RingTime"),
    )


def _phone_dialled(message: Message) -> Signal | None:
    agent, phone = phone_of(first(message, "DestChannel")), _phone(message)
    if agent is None or phone is None or not message.get("Uniqueid"):
        return None
    return PhoneDialled(**whose(message), agent=agent, phone=phone)


def _phone_dial_ended(message: Message) -> Signal | None:
    agent = phone_of(first(message, "DestChannel"))
    if agent is None or not message.get("Uniqueid") or first(message, "DialStatus") == "ANSWER":
        return None
    return PhoneDidNotAnswer(**whose(message), agent=agent)


def _blind_transfer(message: Message) -> Signal | None:
    return _transfer(message, "Transferer", first(message, "Extension"), attended=False)


def _attended_transfer(message: Message) -> Signal | None:
    target = first(message, "TransferTargetChannel")
    return _transfer(message, "OrigTransferer", phone_of(target) or target, attended=True)


def _transfer(message: Message, transferer: str, to: str, *, attended: bool) -> Signal | None:
    if first(message, "Result") != "Success":
        return None
    return Transferred(
        at=time_of(message),
        channel=ChannelId(needed(message, f"{transferer}Uniqueid")),
        agent=phone_of(first(message, f"{transferer}Channel")),
        caller=ChannelId(first(message, "TransfereeUniqueid")) or None,
        to=to,
        attended=attended,
    )


def _phone_registered(message: Message) -> Event | None:
    agent = interface_at(first(message, "EndpointName"))
    if person_of(agent) is None:
        return None
    return PhoneRegistered(at=time_of(message), agent=agent, reachable=first(message, "ContactStatus") not in _GONE)


def _member_paused(message: Message) -> Event:
    return MemberPaused(
        at=time_of(message),
        agent=Interface(needed(message, "Interface")),
        queue=queue_of(needed(message, "Queue")),
        paused=first(message, "Paused") == "1",
        reason=first(message, "PausedReason") or first(message, "Reason"),
    )


_READERS: dict[str, Callable[[Message], Signal | Event | None]] = {
    "Newchannel": _born,
    "Hangup": _gone,
    "HangupRequest": lambda message: HangupAsked(**whose(message)),
    "SoftHangupRequest": lambda message: Cut(**whose(message)),
    "UserEvent": told,
    "BridgeEnter": _bridge_entered,
    "BridgeLeave": _bridge_left,
    "QueueCallerJoin": _queue_joined,
    "QueueCallerLeave": _queue_left,
    "QueueCallerAbandon": _queue_given_up,
    "AgentCalled": _member_rung,
    "AgentRingNoAnswer": _member_did_not_answer,
    "AgentConnect": _member_connected,
    "Hold": lambda message: Held(**whose(message), held=True),
    "Unhold": lambda message: Held(**whose(message), held=False),
    "MixMonitorMute": lambda message: RecordingMuted(**whose(message), muted=needed(message, "State") == "1"),
    "BlindTransfer": _blind_transfer,
    "AttendedTransfer": _attended_transfer,
    "DialBegin": _phone_dialled,
    "DialEnd": _phone_dial_ended,
    "ContactStatus": _phone_registered,
    "QueueMemberPause": _member_paused,
}

# What Asterisk has to send us, for the event filters of manager.conf.
AMI_EVENTS = (*_READERS, "FullyBooted", "Shutdown", "OriginateResponse")
