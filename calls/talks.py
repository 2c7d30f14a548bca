"""Talks: an agent's channel in one bridge with the caller's. Why somebody left is only understood from what follows."""

from dataclasses import dataclass
from datetime import datetime

from calls.channels import Channel
from calls.events import AgentJoinedTalk, AgentLeftTalk, CallerRequeued, CallHeld, CallResumed
from calls.model import CallId, Interface, LegOutcome
from calls.signals import (
    BridgeEntered,
    ChannelGone,
    ChannelId,
    HangupAsked,
    Held,
    PhoneDialled,
    QueueJoined,
    Said,
    Signal,
)
from calls.state import Call
from calls.under_way import UnderWay


@dataclass(slots=True)
class _Parting:
    """Somebody left the bridge; why is not known yet."""

    at: datetime
    caller_first: bool


class Talks:
    """Who talks with which caller, and who has just left without a reason yet."""

    def __init__(self, under_way: UnderWay) -> None:
        self._known = under_way
        self._talks: dict[CallId, dict[ChannelId, Interface]] = {}
        self._partings: dict[tuple[CallId, ChannelId], _Parting] = {}

    def begin(self, call: CallId, phone: ChannelId, agent: Interface) -> None:
        """The queue has connected them."""
        self._talks.setdefault(call, {})[phone] = agent

    def holds(self, call: CallId, phone: ChannelId) -> bool:
        """Whether this phone is in the talk with the caller."""
        return phone in self._talks.get(call, {})

    def entered(self, channel: Channel, signal: BridgeEntered) -> None:
        """The channel is in a bridge, perhaps instead of one that handed its caller on."""
        channel.agent = channel.agent or signal.agent
        if signal.instead_of is not None:
            self.settle_by_agent(self._known.channels.get(signal.instead_of), "transfer")
        self._known.channels.enter(channel, signal.bridge)
        for other in self._known.channels.beside(channel):
            for caller, phone in ((channel, other), (other, channel)):
                call = self._known.of_caller(caller.id)
                if call is not None and phone.agent is not None:
                    self._join(call, phone, phone.agent, signal.at)

    def _join(self, call: Call, phone: Channel, agent: Interface, at: datetime) -> None:
        self._partings.pop((call.id, phone.id), None)  # they are together again
        if call.waiting_in is not None:
            return  # the queue connects them, and says so itself
        self._talks.setdefault(call.id, {})[phone.id] = agent
        phone.call = call.id
        if agent not in call.talking:
            self._known.tell(AgentJoinedTalk(call=call.id, at=at, agent=agent))

    def left(self, channel: Channel, at: datetime) -> None:
        """The channel is in no bridge; why, is told when it is known."""
        was_in = channel.bridge
        self._known.channels.leave(channel)
        for call_id, talk in list(self._talks.items()):
            call = self._known.calls[call_id]
            is_caller = channel.id == call.channel
            for phone in [*talk] if is_caller else [channel.id] if channel.id in talk else []:
                if was_in is not None:
                    self._part(call, self._known.channels.get(phone), at, caller_first=is_caller)

    def _part(self, call: Call, phone: Channel, at: datetime, *, caller_first: bool) -> None:
        reason = _reason(phone, self._known.channels.get(ChannelId(call.channel)))
        self._partings.setdefault((call.id, phone.id), _Parting(at, caller_first))
        if reason:
            self._settle(call.id, phone.id, reason)

    def _settle(self, call: CallId, phone: ChannelId, reason: str) -> None:
        parting = self._partings.pop((call, phone), None)
        agent = self._talks.get(call, {}).get(phone)
        if parting is not None and agent is not None:
            self.leave(call, agent, parting.at, reason)

    def leave(self, call_id: CallId, agent: Interface, at: datetime, reason: str) -> None:
        """The agent talks no longer with the caller."""
        call = self._known.calls[call_id]
        talk = self._talks.get(call_id, {})
        for phone in [phone for phone, who in talk.items() if who == agent]:
            del talk[phone]
            self._partings.pop((call_id, phone), None)
        if not talk:
            self._talks.pop(call_id, None)
        if agent in call.talking:
            talked = at - _answered_at(call, agent, at)
            self._known.tell(AgentLeftTalk(call=call_id, at=at, agent=agent, talked=talked, ended_by=reason))

    def settle_by_agent(self, phone: Channel, reason: str) -> None:
        """What an agent's phone does next tells why it left the bridge, unless the caller left first."""
        for call, channel in [key for key in self._partings if key[1] == phone.id]:
            if reason == "transfer" or not self._partings[call, channel].caller_first:
                self._settle(call, channel, reason)

    def settle_by_caller(self, call: Call, signal: Signal) -> None:
        """The caller's next step tells why the two are no longer together."""
        match signal:
            case HangupAsked() | ChannelGone():
                reason = "caller"
            case Said(event=CallerRequeued()):
                reason = "lost"
            case Said() | QueueJoined() | PhoneDialled():
                reason = "transfer"
            case BridgeEntered(bridge=bridge):
                talk = self._talks.get(call.id, {})
                for phone in [phone for phone in talk if self._known.channels.get(phone).bridge != bridge]:
                    self._settle(call.id, phone, "transfer")
                return
            case _:
                return
        for _, phone in [key for key in self._partings if key[0] == call.id]:
            self._settle(call.id, phone, reason)

    def end(self, call: Call, at: datetime, reason: str) -> None:
        """The call is over, and with it every talk in it."""
        for agent in sorted(call.talking):
            parting = next((it for key, it in self._partings.items() if key[0] == call.id), None)
            self.leave(call.id, agent, parting.at if parting else at, reason)
        self._talks.pop(call.id, None)

    def held(self, channel: Channel, signal: Held) -> None:
        """An agent in a talk puts the caller on music, or takes them back."""
        for call_id, talk in self._talks.items():
            if agent := talk.get(channel.id):
                call = self._known.calls[call_id]
                if signal.held and call.held_since is None:
                    self._known.tell(CallHeld(call=call_id, at=signal.at, agent=agent))
                elif not signal.held and call.held_since is not None:
                    self._known.tell(CallResumed(call=call_id, at=signal.at, agent=agent))
                return


def _reason(phone: Channel, caller: Channel) -> str:
    """Why the two are no longer together, as far as their channels tell; "" when they do not yet."""
    told = (
        (phone.transfers, "transfer"),
        (caller.hung_up, "caller"),
        (phone.hung_up, "agent"),
        (phone.cut, "lost"),
        (caller.cut, "caller"),
    )
    return next((reason for is_so, reason in told if is_so), "")


def _answered_at(call: Call, agent: Interface, otherwise: datetime) -> datetime:
    talks = (leg.answered_at for leg in call.legs if leg.agent == agent and leg.outcome is LegOutcome.TALKING)
    return next(talks, None) or otherwise
