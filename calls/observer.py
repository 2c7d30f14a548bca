"""Signals in, events of calls out. What the observer knows of a call is `calls.state.Call`, evolved by its own events.

The same signal twice changes nothing, so that a list of channels or a piece of queue_log can be told over a story that
is partly known. Two things are only understood from what follows, and wait for it: why a caller left a queue, and why
somebody left a bridge.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import structlog

from calls.channels import Channel, Channels
from calls.events import (
    AgentAnswered,
    AgentDidNotAnswer,
    AgentJoinedTalk,
    AgentLeftTalk,
    AgentOffered,
    CallArrived,
    CallEnded,
    CallerAbandoned,
    CallerJoinedQueue,
    CallerLeftQueue,
    CallerRequeued,
    CallEvent,
    CallHeld,
    CallLost,
    CallResumed,
    CallTransferred,
    ConsultEnded,
    ConsultStarted,
    Event,
    RecordingPaused,
    RecordingResumed,
)
from calls.model import CallId, Interface, LegOutcome, QueueName
from calls.signals import (
    BridgeEntered,
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
    Said,
    Signal,
    TalkEnded,
    Transferred,
)
from calls.state import Call, UnexpectedEvent, begin, evolve

log = structlog.get_logger()

NO_QUEUE = QueueName("")  # offered by a transfer


class Line(NamedTuple):
    """An event and the organisation whose call it belongs to."""

    organisation: int | None
    event: Event


@dataclass(slots=True)
class _Parting:
    """Somebody left the bridge; why is not known yet."""

    at: datetime
    caller_first: bool


class Observer:
    """Tells the story of every call on one node. `strict` raises what cannot be, for tests."""

    def __init__(self, calls: Iterable[Call] = (), *, strict: bool = False) -> None:
        self.calls: dict[CallId, Call] = {call.id: call for call in calls}
        self.channels = Channels()
        self.ended: dict[ChannelId, datetime] = {}  # callers' channels of the last minutes: their story is told
        self._strict = strict
        self._callers = {ChannelId(call.channel): call.id for call in self.calls.values()}
        self._talks: dict[CallId, dict[ChannelId, Interface]] = {}
        self._partings: dict[tuple[CallId, ChannelId], _Parting] = {}
        self._left_queue: dict[CallId, datetime] = {}
        self._consults: dict[ChannelId, ConsultStarted] = {}  # by the second channel of the agent who asks
        self._lines: list[Line] = []

    def hear(self, signal: Signal) -> list[Line]:
        """What the signal means, in order; often nothing."""
        self._lines = []
        channel = self.channels.get(signal.channel)
        call = self.calls.get(self._callers.get(signal.channel, channel.call))  # type: ignore[arg-type]
        is_caller = call is not None and call.channel == signal.channel
        if call is not None and is_caller:
            self._settle_by_caller(call, signal)
            call = self.calls[call.id]
        match signal:
            case ChannelBorn():
                self.channels.born(signal.channel, agent=signal.agent, call=signal.call, linked=signal.linked)
            case Said():
                self._said(signal)
            case BridgeEntered():
                self._entered(channel, signal)
            case BridgeLeft():
                self._left(channel, signal.at)
            case HangupAsked():
                channel.hung_up = True
                self._settle_by_agent(channel, "agent")
            case Cut():
                channel.cut = True
                self._settle_by_agent(channel, "lost")
            case ChannelGone():
                self._gone(channel, signal)
            case Held():
                self._held(channel, signal)
            case RecordingMuted() if call is not None:
                self._muted(call, channel, signal)
            case Transferred():
                self._transferred(channel, signal)
            case PhoneDialled() if not is_caller:
                self._consulted(channel, signal)
            case _ if call is not None and is_caller:
                self._waited(call, channel, signal)
        return self._lines

    def lose(self, call: Call, at: datetime, reason: str) -> list[Line]:
        """The call is gone and nobody can say how."""
        self._lines = []
        self._end(call, CallLost(call=call.id, at=at, reason=reason), "lost")
        return self._lines

    def part(self, call: Call, agent: Interface, at: datetime, reason: str) -> list[Line]:
        """The agent is found to talk no longer."""
        self._lines = []
        self._leave_talk(call.id, agent, at, reason)
        return self._lines

    def end_consults(self, call: Call, at: datetime) -> list[Line]:
        """Those of its consults that are found to have no channel any longer are over."""
        self._lines = []
        for asked in call.consults:
            if asked not in self._consults.values():
                self._tell(ConsultEnded(call=call.id, at=at, agent=asked.agent, to=asked.to))
        return self._lines

    def beside(self, call: Call) -> set[Interface]:
        """The agents whose channels are in the caller's bridge."""
        caller = self.channels.get(ChannelId(call.channel))
        return {other.agent for other in self.channels.beside(caller) if other.agent is not None}

    def forget_channels(self) -> None:
        """Forgets every channel: all that are alive will be told."""
        self.channels, self._consults = Channels(), {}

    def forget(self, before: datetime) -> None:
        """Forgets which calls ended before that time."""
        self.ended = {channel: at for channel, at in self.ended.items() if at >= before}

    # --- the story goes on ---

    def _tell(self, event: CallEvent) -> None:
        call = self.calls.get(event.call)
        self._lines.append(Line(call.organisation if call else None, event))
        if call is None:
            return
        try:
            self.calls[call.id] = evolve(call, event)
        except UnexpectedEvent as error:
            if self._strict:
                raise
            log.warning("unexpected_event", call=str(call.id), reason=str(error))

    def _said(self, signal: Said) -> None:
        event = signal.event
        if isinstance(event, CallArrived):
            if event.call in self.calls:
                return
            self.calls[event.call] = begin(event)
            self._callers[signal.channel] = event.call
            self.channels.get(signal.channel).call = event.call
            self._lines.append(Line(event.organisation, event))
        else:
            self._tell(event)

    # --- queues ---

    def _waited(self, call: Call, channel: Channel, signal: Signal) -> None:
        match signal:
            case QueueJoined(queue=queue) if call.waiting_in != queue:
                if call.waiting_in is not None:
                    self._tell(CallerLeftQueue(call=call.id, at=signal.at, queue=call.waiting_in))
                position = signal.position
                self._tell(CallerJoinedQueue(call=call.id, at=signal.at, queue=queue, position=position))
            case QueueLeft(queue=queue) if call.waiting_in == queue:
                if channel.hung_up or channel.cut:
                    self._abandon(call, signal.at)
                else:
                    self._left_queue.setdefault(call.id, signal.at)
            case QueueGivenUp(queue=queue) if call.waiting_in == queue:
                if channel.hung_up or channel.cut:
                    self._abandon(call, signal.at)
                else:
                    self._left_queue.pop(call.id, None)
                    self._tell(CallerLeftQueue(call=call.id, at=signal.at, queue=queue))
            case MemberRung(agent=agent, queue=queue) if call.waiting_in and agent not in call.ringing:
                if signal.phone is not None:
                    self.channels.born(signal.phone, agent=agent, call=call.id, linked=None)
                self._tell(AgentOffered(call=call.id, at=signal.at, agent=agent, queue=queue))
            case MemberDidNotAnswer(agent=agent, queue=queue, rang=rang) if agent in call.ringing:
                self._tell(AgentDidNotAnswer(call=call.id, at=signal.at, agent=agent, queue=queue, rang=rang))
            case MemberConnected(agent=agent) if agent not in call.talking:
                self._answered(call, signal)
            case PhoneDialled(agent=agent) if call.waiting_in is None and agent not in call.ringing:
                self._tell(AgentOffered(call=call.id, at=signal.at, agent=agent, queue=NO_QUEUE))
            case PhoneDidNotAnswer(agent=agent) if call.waiting_in is None and agent in call.ringing:
                rang = signal.at - _offered_at(call, agent, signal.at)
                self._tell(AgentDidNotAnswer(call=call.id, at=signal.at, agent=agent, queue=NO_QUEUE, rang=rang))
            case TalkEnded(agent=agent) if agent in call.talking:
                self._leave_talk(call.id, agent, signal.at, signal.ended_by)

    def _abandon(self, call: Call, at: datetime) -> None:
        visit = call.visits[-1]
        self._left_queue.pop(call.id, None)
        self._tell(CallerAbandoned(call=call.id, at=at, queue=visit.queue, waited=at - visit.joined_at))

    def _answered(self, call: Call, signal: MemberConnected) -> None:
        """Asterisk rounds waits to seconds, so they are taken from the events' times where those are known."""
        self._left_queue.pop(call.id, None)
        if call.waiting_in != signal.queue:  # the wait was not seen: a broken link
            joined = signal.at - signal.waited
            self._tell(CallerJoinedQueue(call=call.id, at=joined, queue=signal.queue, position=0))
            call = self.calls[call.id]
        known = signal.agent in call.ringing
        self._tell(
            AgentAnswered(
                call=call.id,
                at=signal.at,
                agent=signal.agent,
                queue=signal.queue,
                waited=signal.at - call.visits[-1].joined_at if call.visits else signal.waited,
                rang=signal.at - _offered_at(call, signal.agent, signal.at) if known else signal.rang,
            )
        )
        if signal.phone is not None:
            self.channels.born(signal.phone, agent=signal.agent, call=call.id, linked=None)
            self._talks.setdefault(call.id, {})[signal.phone] = signal.agent

    # --- talks: an agent's channel in one bridge with the caller's ---

    def _entered(self, channel: Channel, signal: BridgeEntered) -> None:
        channel.agent = channel.agent or signal.agent
        if signal.instead_of is not None:
            self._settle_by_agent(self.channels.get(signal.instead_of), "transfer")
        self.channels.enter(channel, signal.bridge)
        for other in self.channels.beside(channel):
            for caller, phone in ((channel, other), (other, channel)):
                call = self.calls.get(self._callers.get(caller.id))  # type: ignore[arg-type]
                if call is not None and phone.agent is not None:
                    self._join(call, phone, phone.agent, signal.at)

    def _join(self, call: Call, phone: Channel, agent: Interface, at: datetime) -> None:
        self._partings.pop((call.id, phone.id), None)  # they are together again
        if call.waiting_in is not None:
            return  # the queue connects them, and says so itself
        self._talks.setdefault(call.id, {})[phone.id] = agent
        phone.call = call.id
        if agent not in call.talking:
            self._tell(AgentJoinedTalk(call=call.id, at=at, agent=agent))

    def _left(self, channel: Channel, at: datetime) -> None:
        was_in = channel.bridge
        self.channels.leave(channel)
        for call_id, talk in list(self._talks.items()):
            is_caller = self._callers.get(channel.id) == call_id
            for phone in [*talk] if is_caller else [channel.id] if channel.id in talk else []:
                if was_in is not None:
                    self._part(self.calls[call_id], self.channels.get(phone), at, caller_first=is_caller)

    def _part(self, call: Call, phone: Channel, at: datetime, *, caller_first: bool) -> None:
        caller = self.channels.get(ChannelId(call.channel))
        reason = (
            "transfer"
            if phone.transfers
            else "caller"
            if caller.hung_up
            else "agent"
            if phone.hung_up
            else "lost"
            if phone.cut
            else "caller"
            if caller.cut
            else ""
        )
        self._partings.setdefault((call.id, phone.id), _Parting(at, caller_first))
        if reason:
            self._settle(call.id, phone.id, reason)

    def _settle(self, call: CallId, phone: ChannelId, reason: str) -> None:
        parting = self._partings.pop((call, phone), None)
        agent = self._talks.get(call, {}).get(phone)
        if parting is not None and agent is not None:
            self._leave_talk(call, agent, parting.at, reason)

    def _leave_talk(self, call_id: CallId, agent: Interface, at: datetime, reason: str) -> None:
        call = self.calls[call_id]
        talk = self._talks.get(call_id, {})
        for phone in [phone for phone, who in talk.items() if who == agent]:
            del talk[phone]
            self._partings.pop((call_id, phone), None)
        if not talk:
            self._talks.pop(call_id, None)
        if agent in call.talking:
            talked = at - _answered_at(call, agent, at)
            self._tell(AgentLeftTalk(call=call_id, at=at, agent=agent, talked=talked, ended_by=reason))

    def _settle_by_agent(self, phone: Channel, reason: str) -> None:
        for call, channel in [key for key in self._partings if key[1] == phone.id]:
            if reason == "transfer" or not self._partings[call, channel].caller_first:
                self._settle(call, channel, reason)

    def _settle_by_caller(self, call: Call, signal: Signal) -> None:
        """The caller's next step tells why they left the bridge or the queue."""
        if call.id in self._left_queue and isinstance(signal, Said | QueueJoined | PhoneDialled | ChannelGone):
            at = self._left_queue.pop(call.id)
            if call.waiting_in is not None:
                self._tell(CallerLeftQueue(call=call.id, at=at, queue=call.waiting_in))
        match signal:
            case HangupAsked() | ChannelGone():
                reason = "caller"
            case Said(event=CallerRequeued()):
                reason = "lost"
            case Said() | QueueJoined() | PhoneDialled():
                reason = "transfer"
            case BridgeEntered(bridge=bridge):
                talk = self._talks.get(call.id, {})
                for phone in [phone for phone in talk if self.channels.get(phone).bridge != bridge]:
                    self._settle(call.id, phone, "transfer")
                return
            case _:
                return
        for _, phone in [key for key in self._partings if key[0] == call.id]:
            self._settle(call.id, phone, reason)

    def _held(self, channel: Channel, signal: Held) -> None:
        for call_id, talk in self._talks.items():
            if agent := talk.get(channel.id):
                call = self.calls[call_id]
                if signal.held and call.held_since is None:
                    self._tell(CallHeld(call=call_id, at=signal.at, agent=agent))
                elif not signal.held and call.held_since is not None:
                    self._tell(CallResumed(call=call_id, at=signal.at, agent=agent))
                return

    def _muted(self, call: Call, channel: Channel, signal: RecordingMuted) -> None:
        """After an attended transfer the caller's own channel is recorded: whoever talks with them is meant."""
        agent = call.agent if channel.id == call.channel else channel.agent
        if agent is not None:
            kind = RecordingPaused if signal.muted else RecordingResumed
            self._tell(kind(call=call.id, at=signal.at, agent=agent))

    def _transferred(self, channel: Channel, signal: Transferred) -> None:
        channel.transfers = True
        agent = channel.agent or signal.agent
        call = self.calls.get(self._callers.get(signal.caller)) if signal.caller else None  # type: ignore[arg-type]
        if call is None and channel.call is not None:
            call = self.calls.get(channel.call)
        if call is not None and agent is not None:
            to, attended = signal.to, signal.attended
            self._tell(CallTransferred(call=call.id, at=signal.at, agent=agent, to=to, attended=attended))
        self._settle_by_agent(channel, "transfer")

    def _consulted(self, channel: Channel, signal: PhoneDialled) -> None:
        """An agent in a talk dials a colleague with a second channel of their own."""
        for call in self.calls.values() if channel.agent and channel.id not in self._consults else ():
            if channel.agent in call.talking and channel.id not in self._talks.get(call.id, {}):
                known = (it for it in call.consults if (it.agent, it.to) == (channel.agent, signal.agent))
                asked = ConsultStarted(call=call.id, at=signal.at, agent=channel.agent, to=signal.agent)
                self._consults[channel.id] = next(known, asked)
                if self._consults[channel.id] is asked:
                    self._tell(asked)
                return

    # --- the end ---

    def _gone(self, channel: Channel, signal: ChannelGone) -> None:
        self._left(channel, signal.at)
        self._settle_by_agent(channel, "lost")
        if asked := self._consults.pop(channel.id, None):
            self._tell(ConsultEnded(call=asked.call, at=signal.at, agent=asked.agent, to=asked.to))
        call = self.calls.get(self._callers.get(channel.id))  # type: ignore[arg-type]
        if call is not None:
            if call.waiting_in is not None:
                self._abandon(call, signal.at)
            ended = CallEnded(call=call.id, at=signal.at, cause=signal.cause, by_caller=channel.hung_up)
            self._end(self.calls[call.id], ended, "caller")
        self.channels.gone(channel)

    def _end(self, call: Call, event: CallEnded | CallLost, reason: str) -> None:
        for agent in sorted(call.talking):
            parting = next((at for key, at in self._partings.items() if key[0] == call.id), None)
            self._leave_talk(call.id, agent, parting.at if parting else event.at, reason)
        self._tell(event)
        self._consults = {channel: asked for channel, asked in self._consults.items() if asked.call != call.id}
        self._left_queue.pop(call.id, None)
        self._talks.pop(call.id, None)
        self._callers.pop(ChannelId(call.channel), None)
        self.ended[ChannelId(call.channel)] = event.at
        del self.calls[call.id]


def _offered_at(call: Call, agent: Interface, otherwise: datetime) -> datetime:
    rings = (leg.offered_at for leg in call.legs if leg.agent == agent and leg.outcome is LegOutcome.OFFERED)
    return next(rings, otherwise)


def _answered_at(call: Call, agent: Interface, otherwise: datetime) -> datetime:
    talks = (leg.answered_at for leg in call.legs if leg.agent == agent and leg.outcome is LegOutcome.TALKING)
    return next(talks, None) or otherwise
