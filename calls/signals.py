"""What Asterisk said about its channels, in our types: the step between a message and an event of a call.

Live messages, the list of channels after a reconnect and Asterisk's queue_log all speak in signals, so that
`calls.observer` tells one story whatever it learnt from where.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from calls.events import CallEvent
from calls.model import CallId, Interface, QueueName

ChannelId = NewType("ChannelId", str)  # Asterisk's Uniqueid
BridgeId = NewType("BridgeId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Something about one channel."""

    at: datetime
    channel: ChannelId


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelBorn(Signal):
    agent: Interface | None  # whose phone it is
    call: CallId | None  # carried by the channel
    linked: ChannelId | None  # a hint at birth only: rewritten when bridges merge


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelGone(Signal):
    cause: int  # Q.850


@dataclass(frozen=True, slots=True, kw_only=True)
class HangupAsked(Signal):
    """The far end hung up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut(Signal):
    """Asterisk ends the channel by itself: no audio for too long, an absolute limit, an action of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Signal):
    """The dialplan or AGI told an event on this channel."""

    event: CallEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeEntered(Signal):
    bridge: BridgeId
    agent: Interface | None
    instead_of: ChannelId | None  # the channel whose place it takes: an attended transfer


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeLeft(Signal):
    bridge: BridgeId


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueJoined(Signal):
    queue: QueueName
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLeft(Signal):
    """For whatever reason: answered, abandoned, time-out, key."""

    queue: QueueName


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueGivenUp(Signal):
    """Left without an answer: hung up, or timed out. Asterisk reports both as abandoned."""

    queue: QueueName
    waited: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRung(Signal):
    queue: QueueName
    agent: Interface
    phone: ChannelId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDidNotAnswer(Signal):
    queue: QueueName
    agent: Interface
    rang: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberConnected(Signal):
    queue: QueueName
    agent: Interface
    phone: ChannelId | None
    waited: timedelta
    rang: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkEnded(Signal):
    """Only from queue_log: live, the bridges say it better."""

    agent: Interface
    ended_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Signal):
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingMuted(Signal):
    """What is recorded on this channel is silence, or sound again."""

    muted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred(Signal):
    """`channel` is the transferring agent's."""

    agent: Interface | None
    caller: ChannelId | None
    to: str
    attended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneDialled(Signal):
    """`channel` dials the phone, outside a queue or for one."""

    agent: Interface
    phone: ChannelId


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneDidNotAnswer(Signal):
    agent: Interface


@dataclass(frozen=True, slots=True, kw_only=True)
class AliveChannel:
    """A channel in Asterisk's own list, asked for after a reconnect."""

    channel: ChannelId
    name: str
    agent: Interface | None
    call: CallId | None
    linked: ChannelId | None  # now, after every merge of bridges: a hint that wants the bridge or the ringing beside it
    bridge: BridgeId | None
    ringing: bool
    age: timedelta
    arrival: CallEvent | None  # what the dialplan told at its arrival, for the caller's channel


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCaller:
    """A caller in a queue, as Asterisk lists it."""

    channel: ChannelId
    queue: QueueName
    position: int
    waited: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePlace:
    """A member of a queue, as Asterisk lists it."""

    queue: QueueName
    agent: Interface
    name: str
    penalty: int
    paused: bool
    reason: str
