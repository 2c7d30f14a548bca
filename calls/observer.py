"""Signals in, events of calls out. What the observer knows of a call is `calls.state.Call`, evolved by its own events.

The same signal twice changes nothing, so that a list of channels or a piece of queue_log can be told over a story that
is partly known. Two things are only understood from what follows, and wait for it: why a caller left a queue
(`calls.waits`), and why somebody left a bridge (`calls.talks`).
"""

from collections.abc import Iterable
from datetime import datetime

from calls.channels import Channel, Channels
from calls.events import (
    CallArrived,
    CallEnded,
    CallLost,
    CallTransferred,
    ConsultEnded,
    ConsultStarted,
    RecordingPaused,
    RecordingResumed,
)
from calls.model import CallId, Interface
from calls.signals import (
    BridgeEntered,
    BridgeLeft,
    ChannelBorn,
    ChannelGone,
    ChannelId,
    Cut,
    HangupAsked,
    Held,
    PhoneDialled,
    RecordingMuted,
    Said,
    Signal,
    Transferred,
)
from calls.state import Call
from calls.talks import Talks
from calls.under_way import Line, UnderWay
from calls.waits import Waits

__all__ = ["Line", "Observer"]


class Observer:
    """Tells the story of every call on one node. `strict` raises what cannot be, for tests."""

    def __init__(self, calls: Iterable[Call] = (), *, strict: bool = False) -> None:
        self._known = UnderWay(calls, strict=strict)
        self._talks = Talks(self._known)
        self._waits = Waits(self._known, self._talks)
        self._consults: dict[ChannelId, ConsultStarted] = {}  # by the second channel of the agent who asks
        self.ended: dict[ChannelId, datetime] = {}  # callers' channels of the last minutes: their story is told

    @property
    def calls(self) -> dict[CallId, Call]:
        """The calls that are under way."""
        return self._known.calls

    @property
    def channels(self) -> Channels:
        """Every channel alive."""
        return self._known.channels

    def hear(self, signal: Signal) -> list[Line]:
        """What the signal means, in order; often nothing."""
        lines = self._known.listen()
        channel = self.channels.get(signal.channel)
        call = self._known.of_caller(signal.channel, channel.call)
        is_caller = call is not None and call.channel == signal.channel
        if call is not None and is_caller:
            self._waits.settle(call, signal)
            self._talks.settle_by_caller(call, signal)
            call = self.calls[call.id]
        match signal:
            case ChannelBorn():
                self.channels.born(signal.channel, agent=signal.agent, call=signal.call, linked=signal.linked)
            case Said(event=CallArrived() as arrived):
                self._known.begin(arrived, signal.channel)
            case Said():
                self._known.tell(signal.event)
            case BridgeEntered():
                self._talks.entered(channel, signal)
            case BridgeLeft():
                self._talks.left(channel, signal.at)
            case HangupAsked():
                channel.hung_up = True
                self._talks.settle_by_agent(channel, "agent")
            case Cut():
                channel.cut = True
                self._talks.settle_by_agent(channel, "lost")
            case ChannelGone():
                self._gone(channel, signal)
            case Held():
                self._talks.held(channel, signal)
            case RecordingMuted() if call is not None:
                self._muted(call, channel, signal)
            case Transferred():
                self._transferred(channel, signal)
            case PhoneDialled() if not is_caller:
                self._consulted(channel, signal)
            case _ if call is not None and is_caller:
                self._waits.heard(call, channel, signal)
        return lines

    def lose(self, call: Call, at: datetime, reason: str) -> list[Line]:
        """The call is gone and nobody can say how."""
        lines = self._known.listen()
        self._end(call, CallLost(call=call.id, at=at, reason=reason), "lost")
        return lines

    def part(self, call: Call, agent: Interface, at: datetime, reason: str) -> list[Line]:
        """The agent is found to talk no longer."""
        lines = self._known.listen()
        self._talks.leave(call.id, agent, at, reason)
        return lines

    def end_consults(self, call: Call, at: datetime) -> list[Line]:
        """Those of its consults that are found to have no channel any longer are over."""
        lines = self._known.listen()
        for asked in call.consults:
            if asked not in self._consults.values():
                self._known.tell(ConsultEnded(call=call.id, at=at, agent=asked.agent, to=asked.to))
        return lines

    def beside(self, call: Call) -> set[Interface]:
        """The agents whose channels are in the caller's bridge."""
        caller = self.channels.get(ChannelId(call.channel))
        return {other.agent for other in self.channels.beside(caller) if other.agent is not None}

    def forget_channels(self) -> None:
        """Forgets every channel: all that are alive will be told."""
        self._known.channels, self._consults = Channels(), {}

    def forget(self, before: datetime) -> None:
        """Forgets which calls ended before that time."""
        self.ended = {channel: at for channel, at in self.ended.items() if at >= before}

    def _muted(self, call: Call, channel: Channel, signal: RecordingMuted) -> None:
        """After an attended transfer the caller's own channel is recorded: whoever talks with them is meant."""
        agent = call.agent if channel.id == call.channel else channel.agent
        if agent is not None:
            kind = RecordingPaused if signal.muted else RecordingResumed
            self._known.tell(kind(call=call.id, at=signal.at, agent=agent))

    def _transferred(self, channel: Channel, signal: Transferred) -> None:
        channel.transfers = True
        agent = channel.agent or signal.agent
        call = self._known.of_caller(signal.caller) if signal.caller else None
        if call is None and channel.call is not None:
            call = self.calls.get(channel.call)
        if call is not None and agent is not None:
            to, attended = signal.to, signal.attended
            self._known.tell(CallTransferred(call=call.id, at=signal.at, agent=agent, to=to, attended=attended))
        self._talks.settle_by_agent(channel, "transfer")

    def _consulted(self, channel: Channel, signal: PhoneDialled) -> None:
        """An agent in a talk dials a colleague with a second channel of their own."""
        for call in self.calls.values() if channel.agent and channel.id not in self._consults else ():
            if channel.agent in call.talking and not self._talks.holds(call.id, channel.id):
                known = (it for it in call.consults if (it.agent, it.to) == (channel.agent, signal.agent))
                asked = ConsultStarted(call=call.id, at=signal.at, agent=channel.agent, to=signal.agent)
                self._consults[channel.id] = next(known, asked)
                if self._consults[channel.id] is asked:
                    self._known.tell(asked)
                return

    def _gone(self, channel: Channel, signal: ChannelGone) -> None:
        self._talks.left(channel, signal.at)
        self._talks.settle_by_agent(channel, "lost")
        if asked := self._consults.pop(channel.id, None):
            self._known.tell(ConsultEnded(call=asked.call, at=signal.at, agent=asked.agent, to=asked.to))
        call = self._known.of_caller(channel.id)
        if call is not None:
            if call.waiting_in is not None:
                self._waits.abandon(call, signal.at)
            ended = CallEnded(call=call.id, at=signal.at, cause=signal.cause, by_caller=channel.hung_up)
            self._end(self.calls[call.id], ended, "caller")
        self.channels.gone(channel)

    def _end(self, call: Call, event: CallEnded | CallLost, reason: str) -> None:
        self._talks.end(call, event.at, reason)
        self._known.end(call, event)
        self._waits.end(call.id)
        self._consults = {channel: asked for channel, asked in self._consults.items() if asked.call != call.id}
        self.ended[ChannelId(call.channel)] = event.at
