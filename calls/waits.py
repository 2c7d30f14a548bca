"""Waits: a caller in a queue, the agents it offers them to, and how the wait ends."""

from datetime import datetime

from calls.channels import Channel
from calls.events import (
    AgentAnswered,
    AgentDidNotAnswer,
    AgentOffered,
    CallerAbandoned,
    CallerJoinedQueue,
    CallerLeftQueue,
)
from calls.model import CallId, Interface, LegOutcome, QueueName
from calls.signals import (
    ChannelGone,
    MemberConnected,
    MemberDidNotAnswer,
    MemberRung,
    PhoneDialled,
    PhoneDidNotAnswer,
    QueueGivenUp,
    QueueJoined,
    QueueLeft,
    Said,
    Signal,
    TalkEnded,
)
from calls.state import Call
from calls.talks import Talks
from calls.under_way import UnderWay

NO_QUEUE = QueueName("")  # offered by a transfer


class Waits:
    """Callers in queues, and those who have left one without a reason yet."""

    def __init__(self, under_way: UnderWay, talks: Talks) -> None:
        self._known, self._talks = under_way, talks
        self._left_queue: dict[CallId, datetime] = {}

    def heard(self, call: Call, channel: Channel, signal: Signal) -> None:
        """What a signal of the caller's channel says about the queue."""
        match signal:
            case QueueJoined(queue=queue) if call.waiting_in != queue:
                if call.waiting_in is not None:
                    self._known.tell(CallerLeftQueue(call=call.id, at=signal.at, queue=call.waiting_in))
                position = signal.position
                self._known.tell(CallerJoinedQueue(call=call.id, at=signal.at, queue=queue, position=position))
            case QueueLeft(queue=queue) if call.waiting_in == queue:
                # Who has hung up may leave it for an agent who answered at that moment: app_queue connects them all the
                # same. Of those who gave up it says so before they leave.
                self._left_queue.setdefault(call.id, signal.at)
            case QueueGivenUp(queue=queue) if call.waiting_in == queue:
                if channel.hung_up or channel.cut:
                    self.abandon(call, signal.at)
                else:
                    self._left_queue.pop(call.id, None)
                    self._known.tell(CallerLeftQueue(call=call.id, at=signal.at, queue=queue))
            case MemberRung(agent=agent, queue=queue) if call.waiting_in and agent not in call.ringing:
                if signal.phone is not None:
                    self._known.channels.born(signal.phone, agent=agent, call=call.id, linked=None)
                self._known.tell(AgentOffered(call=call.id, at=signal.at, agent=agent, queue=queue))
            case MemberDidNotAnswer(agent=agent, queue=queue, rang=rang) if agent in call.ringing:
                self._known.tell(AgentDidNotAnswer(call=call.id, at=signal.at, agent=agent, queue=queue, rang=rang))
            case MemberConnected(agent=agent) if agent not in call.talking:
                self._answered(call, signal)
            case PhoneDialled(agent=agent) if call.waiting_in is None and agent not in call.ringing:
                self._known.tell(AgentOffered(call=call.id, at=signal.at, agent=agent, queue=NO_QUEUE))
            case PhoneDidNotAnswer(agent=agent) if call.waiting_in is None and agent in call.ringing:
                rang = signal.at - _offered_at(call, agent, signal.at)
                self._known.tell(AgentDidNotAnswer(call=call.id, at=signal.at, agent=agent, queue=NO_QUEUE, rang=rang))
            case TalkEnded(agent=agent) if agent in call.talking:
                self._talks.leave(call.id, agent, signal.at, signal.ended_by)

    def abandon(self, call: Call, at: datetime) -> None:
        """The caller gave up waiting."""
        visit = call.visits[-1]
        self._left_queue.pop(call.id, None)
        self._known.tell(CallerAbandoned(call=call.id, at=at, queue=visit.queue, waited=at - visit.joined_at))

    def _answered(self, call: Call, signal: MemberConnected) -> None:
        """Asterisk rounds waits to seconds, so they are taken from the events' times where those are known."""
        self._left_queue.pop(call.id, None)
        if call.waiting_in != signal.queue:  # the wait was not seen: a broken link
            joined = signal.at - signal.waited
            self._known.tell(CallerJoinedQueue(call=call.id, at=joined, queue=signal.queue, position=0))
            call = self._known.calls[call.id]
        known = signal.agent in call.ringing
        self._known.tell(
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
            self._known.channels.born(signal.phone, agent=signal.agent, call=call.id, linked=None)
            self._talks.begin(call.id, signal.phone, signal.agent)

    def settle(self, call: Call, signal: Signal) -> None:
        """The caller's next step tells why they left the queue."""
        if call.id in self._left_queue and isinstance(signal, Said | QueueJoined | PhoneDialled | ChannelGone):
            at = self._left_queue.pop(call.id)
            if call.waiting_in is not None:
                self._known.tell(CallerLeftQueue(call=call.id, at=at, queue=call.waiting_in))

    def end(self, call: CallId) -> None:
        """The call is over."""
        self._left_queue.pop(call, None)


def _offered_at(call: Call, agent: Interface, otherwise: datetime) -> datetime:
    rings = (leg.offered_at for leg in call.legs if leg.agent == agent and leg.outcome is LegOutcome.OFFERED)
    return next(rings, otherwise)
