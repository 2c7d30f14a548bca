"""What Asterisk's queue_log says of a day, counted by its own words: nothing of the product reads it here.

A line is `time|channel|queue|member|event|data...`. A call is answered once somebody was connected with it, whatever
came after. Who left by the key 1 has asked to be called back; who stands in no queue left before it, or never had to.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

LEFT = ("EXITWITHKEY", "EXITWITHTIMEOUT", "EXITEMPTY")


@dataclass
class OfQueue:
    """One queue's day."""

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    flowed_out: int = 0


@dataclass
class OfDay:
    """All that the log tells of a day."""

    calls: int = 0
    ended: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    queues: dict[str, OfQueue] = field(default_factory=dict)
    owed: Counter[str] = field(default_factory=Counter)  # callers who did not get through, by the queue they left last


def count(lines: Iterable[str], since: datetime, until: datetime) -> OfDay:
    """The calls that arrived, and the waits that began, in this time."""
    day = OfDay()
    calls: dict[str, list[tuple[str, str]]] = {}  # by channel: queue and event, in order
    for line in lines:
        time, channel, queue, _, event, *_ = line.rstrip("\n").split("|")
        if not since.timestamp() <= int(time) < until.timestamp():
            continue
        if event == "ARRIVED":
            calls[channel] = []
        elif event == "GONE":
            day.ended += channel in calls
        elif channel in calls:
            calls[channel].append((queue.partition(".")[0], event))  # a lane is its queue
    day.calls = len(calls)
    for told in calls.values():
        _count(day, told)
    return day


def _count(day: OfDay, told: list[tuple[str, str]]) -> None:
    """One call."""
    for name, event in told:
        queue = day.queues.setdefault(name, OfQueue())
        queue.offered += event == "ENTERQUEUE"
        queue.answered += event == "CONNECT"
        queue.abandoned += event == "ABANDON"
        queue.flowed_out += event in LEFT
    events = [event for _, event in told]
    if "CONNECT" in events:
        fate = "answered"
    elif "EXITWITHKEY" in events:
        fate = "callback_asked"
    elif "ENTERQUEUE" in events:
        fate = "abandoned_in_queue"
    else:
        fate = "in no queue"
    day.fates[fate] += 1
    if told and events[-1] in ("ABANDON", "EXITWITHKEY"):
        day.owed[told[-1][0]] += 1
