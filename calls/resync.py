"""After a gap in the link: what Asterisk knows now, and what its queue_log says of the time between, told as events.

Calls that arrived meanwhile are adopted, calls that vanished get the end that queue_log tells, or `CallLost`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from calls.events import CallArrived
from calls.observer import Line, Observer
from calls.queue_log import Entry, signals
from calls.signals import (
    AliveChannel,
    BridgeEntered,
    ChannelBorn,
    ChannelGone,
    ChannelId,
    MemberRung,
    PhoneDialled,
    QueueGivenUp,
    QueueJoined,
    Said,
    WaitingCaller,
)
from calls.state import Call

BEGINNINGS = ("ARRIVED", "PLACED")
SAME = timedelta(seconds=1.5)  # queue_log has whole seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """What Asterisk answered, and its clock before it was asked."""

    now: datetime
    started_at: datetime
    channels: list[AliveChannel] = field(default_factory=list)
    waiting: list[WaitingCaller] = field(default_factory=list)


def catch_up(observer: Observer, present: Present, missed: Iterable[Entry], *, lost_at: datetime) -> list[Line]:
    """The events that bring every known call to the present."""
    observer.forget_channels()
    alive = {channel.channel: channel for channel in present.channels}
    lines = [*_told_meanwhile(observer, present, missed), *_adopted(observer, present)]
    for call in list(observer.calls.values()):
        if ChannelId(call.channel) not in alive:
            lines += _vanished(observer, call, present, lost_at)
    lines += _listed(observer, present)
    lines += _consults(observer, present)
    lines += _waits(observer, present)
    for call in list(observer.calls.values()):
        for agent in sorted(call.talking - observer.beside(call)):
            lines += observer.part(call, agent, lost_at, "lost")
    for call in list(observer.calls.values()):
        lines += observer.end_consults(call, lost_at)
    return lines


def _told_meanwhile(observer: Observer, present: Present, missed: Iterable[Entry]) -> list[Line]:
    """queue_log's lines that are news, in the file's order; only the end of a call is asked of the list of channels."""
    lines: list[Line] = []
    arrivals = {it.channel: it for it in present.channels if it.arrival is not None}
    for entry in sorted(missed, key=lambda entry: entry.event == "GONE"):  # app_queue writes after the hang-up
        if entry.channel in observer.ended:
            continue
        call = next((call for call in observer.calls.values() if call.channel == entry.channel), None)
        if call is None and (it := arrivals.get(entry.channel)) is not None and it.arrival is not None:
            lines += observer.hear(Said(at=it.arrival.at, channel=it.channel, event=it.arrival))
            call = observer.calls.get(it.arrival.call)
        if call is None and entry.event not in BEGINNINGS:
            continue  # its arrival is older than the gap, or was never told
        if call is None or not _is_told(call, entry):
            for signal in signals(entry):
                lines += observer.hear(signal)
    return lines


def _is_told(call: Call, entry: Entry) -> bool:
    """Whether the call's story has this line already."""

    def close(at: datetime | None) -> bool:
        return at is not None and abs(at - entry.at) < SAME

    match entry.event:
        case "ARRIVED" | "PLACED":
            return True
        case "REACHED":
            return any(leg.agent == entry.member and leg.answered_at is not None for leg in call.legs)
        case "ENTERQUEUE":
            return any(visit.queue == entry.queue and close(visit.joined_at) for visit in call.visits)
        case "CONNECT":
            return any(leg.agent == entry.member and close(leg.answered_at) for leg in call.legs)
        case "RINGNOANSWER":
            return any(leg.agent == entry.member and close(leg.left_at) for leg in call.legs)
        case "ABANDON" | "EXITWITHTIMEOUT" | "EXITWITHKEY" | "EXITEMPTY":
            return any(visit.queue == entry.queue and close(visit.left_at) for visit in call.visits)
        case "COMPLETECALLER" | "COMPLETEAGENT" | "BLINDTRANSFER" | "ATTENDEDTRANSFER":
            return any(leg.agent == entry.member and close(leg.left_at) for leg in call.legs)
    return False


def _adopted(observer: Observer, present: Present) -> list[Line]:
    lines: list[Line] = []
    for it in present.channels:
        if isinstance(it.arrival, CallArrived) and it.agent is None and it.arrival.call not in observer.calls:
            lines += observer.hear(Said(at=it.arrival.at, channel=it.channel, event=it.arrival))
    return lines


def _vanished(observer: Observer, call: Call, present: Present, lost_at: datetime) -> list[Line]:
    """A call whose last line in queue_log was an end has ended so; of any other nobody knows."""
    channel = observer.channels.get(ChannelId(call.channel))
    ends = [leg.left_at for leg in call.legs] + [visit.left_at for visit in call.visits]
    left = [at for at in ends if at is not None]
    finished = channel.hung_up or (call.answered_at is not None and not call.talking and not call.waiting_in)
    if finished and left and max(left) >= lost_at - SAME:
        return observer.hear(ChannelGone(at=max(left), channel=channel.id, cause=0))
    reason = "asterisk restarted" if present.started_at > lost_at - SAME else "gone while the link was lost"
    return observer.lose(call, max(lost_at, call.arrived_at), reason)


def _listed(observer: Observer, present: Present) -> list[Line]:
    """Every channel alive, its phone, its bridge, and whether it rings for somebody."""
    lines: list[Line] = []
    for it in present.channels:
        lines += observer.hear(
            ChannelBorn(at=present.now, channel=it.channel, agent=it.agent, call=it.call, linked=it.linked)
        )
        if it.bridge is not None:
            lines += observer.hear(
                BridgeEntered(at=present.now, channel=it.channel, bridge=it.bridge, agent=it.agent, instead_of=None)
            )
    return lines


def _consults(observer: Observer, present: Present) -> list[Line]:
    """A phone that is linked to another agent's channel, and rings or shares its bridge, was dialled from there."""
    lines: list[Line] = []
    agents = {it.channel: it for it in present.channels if it.agent is not None}
    for phone in agents.values():
        asker = agents.get(phone.linked) if phone.linked is not None else None
        if asker is None or phone.agent is None or asker.agent == phone.agent:
            continue
        if phone.ringing or (phone.bridge is not None and phone.bridge == asker.bridge):
            dialled = PhoneDialled(at=present.now, channel=asker.channel, agent=phone.agent, phone=phone.channel)
            lines += observer.hear(dialled)
    return lines


def _waits(observer: Observer, present: Present) -> list[Line]:
    lines: list[Line] = []
    waiting = {it.channel: it for it in present.waiting}
    for call in list(observer.calls.values()):
        channel = ChannelId(call.channel)
        it = waiting.get(channel)
        if it is not None and call.waiting_in != it.queue:
            joined = max(present.now - it.waited, call.arrived_at)
            lines += observer.hear(QueueJoined(at=joined, channel=channel, queue=it.queue, position=it.position))
        elif it is None and call.waiting_in is not None:
            left = QueueGivenUp(at=present.now, channel=channel, queue=call.waiting_in, waited=timedelta(0))
            lines += observer.hear(left)
    for phone in present.channels:
        waits = observer.calls.get(phone.call) if phone.call else None
        if waits is not None and phone.agent and phone.ringing and (queue := waits.waiting_in):
            rung = MemberRung(
                at=present.now,
                channel=ChannelId(waits.channel),
                queue=queue,
                agent=phone.agent,
                phone=phone.channel,
            )
            lines += observer.hear(rung)
    return lines
