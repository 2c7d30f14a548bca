"""What can happen to a call, as frozen values. Only `calls.translate` makes them from Asterisk's messages.

Asterisk's clock stamps every event (`timestampevents=yes`). Facts that Asterisk does not know (a menu's choice, a
refusal) are UserEvents sent by the dialplan and by AGI over the same link, so that the journal keeps one order.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from calls.model import CallId, Interface, Language, NodeName, QueueName, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened on one Asterisk node."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent(Event):
    """Something that happened to one call."""

    call: CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallArrived(CallEvent):
    organisation: int
    caller: str  # as the network gave it, cleaned; "" when withheld
    dialled: str
    language: Language
    source: Source
    channel: str = ""  # Asterisk's Uniqueid of the caller's channel: its own queue_log names calls so
    endpoint: str = ""  # as what the caller's phone signed in: "trunk", "visitor03"
    trunk: str = ""  # the address of the trunk it came from or goes to, perhaps with a port; "" where there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPlaced(CallArrived):
    """An agent calls a citizen: `caller` is the citizen's number, `dialled` the organisation's that they are shown."""

    agent: Interface


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRefused(CallEvent):
    """Over the organisation's capacity: the apology was spoken."""

    capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntered(CallEvent):
    menu: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageChosen(CallEvent):
    language: Language
    remembered: bool  # taken from the caller's last call, nobody pressed a key


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed(CallEvent):
    menu: str
    key: str
    accepted: bool  # False: the menu has no such choice


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerSilent(CallEvent):
    menu: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicChosen(CallEvent):
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptHeard(CallEvent):
    """An information or a notice was played to its end; `recording-notice` proves that the caller was told."""

    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundClosed(CallEvent):
    reason: str  # "night", "weekend", "holiday:2026-01-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackAsked(CallEvent):
    number: str
    queue: str = ""  # the one they were about to wait in, where the menu knows it


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfServiceUsed(CallEvent):
    service: str
    settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FellBack(CallEvent):
    """AGI was away or slow: static greeting, general queue."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerJoinedQueue(CallEvent):
    queue: QueueName
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerLeftQueue(CallEvent):
    """Left without an answer and without hanging up: overflow, time-out, key press."""

    queue: QueueName


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOverflowed(CallEvent):
    """The queue did not serve the caller in time, or was too long: what its rules do then."""

    queue: QueueName
    deed: str  # acd.queues.model.OverflowDeed
    to: str  # a queue, a prompt, or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerAbandoned(CallEvent):
    queue: QueueName
    waited: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentOffered(CallEvent):
    agent: Interface
    queue: QueueName


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDidNotAnswer(CallEvent):
    agent: Interface
    queue: QueueName
    rang: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentAnswered(CallEvent):
    agent: Interface
    queue: QueueName
    waited: timedelta
    rang: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStarted(CallEvent):
    segment: int  # 1 for the first talk of the call
    agent: Interface


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingPaused(CallEvent):
    """From now on the recording holds silence: the agent keeps sensitive data out of it."""

    agent: Interface


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingResumed(CallEvent):
    agent: Interface


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHeld(CallEvent):
    agent: Interface


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResumed(CallEvent):
    agent: Interface


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultStarted(CallEvent):
    """The agent called somebody else while the caller is on hold."""

    agent: Interface
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultEnded(CallEvent):
    """The two agents have parted, or the one who was asked never answered. The end of the call says it as well."""

    agent: Interface
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTransferred(CallEvent):
    agent: Interface  # who transferred
    to: str  # extension dialled or interface reached
    attended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentJoinedTalk(CallEvent):
    """After a transfer: this agent now talks with the caller."""

    agent: Interface


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLeftTalk(CallEvent):
    agent: Interface
    talked: timedelta
    ended_by: str  # "caller", "agent", "transfer", "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerRequeued(CallEvent):
    """The agent's phone was lost in the middle of the talk: back to the head of the queue."""

    queue: QueueName


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisorJoined(CallEvent):
    """Somebody hears this agent's talk from now on, or speaks into it; `supervision` is the number of their leave."""

    agent: Interface
    supervision: int
    mode: str  # supervisor.supervision.model.Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisorLeft(Event):
    """Of no call: the talk may have ended before the supervisor's phone is on the hook."""

    agent: Interface
    supervision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceBegan(CallEvent):
    """The agent's phone lets the caller and whoever was asked hear each other and the agent."""

    agent: Interface
    to: str  # a colleague's phone, or a number outside


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceEnded(CallEvent):
    """No longer: the third was taken out, or left. Of one that ends with the talk nothing is told."""

    agent: Interface
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(CallEvent):
    """The caller's channel is gone. `cause` is Q.850."""

    cause: int
    by_caller: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLost(CallEvent):
    """Found gone after a broken link or a restart; when exactly is not known."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLost(Event):
    node: NodeName
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRestored(Event):
    node: NodeName
    asterisk_started_at: datetime
    gap: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneRegistered(Event):
    agent: Interface
    reachable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPaused(Event):
    agent: Interface
    queue: QueueName
    paused: bool
    reason: str
