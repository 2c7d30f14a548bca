"""A day made of one recorded run: the same calls again and again, each time as others at another time of the day.

Channels, calls, bridges and callers' numbers of each repetition are its own, in Asterisk's Manager stream and in its
queue_log alike; both move by the same whole seconds.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from tests.calls.streams import other, other_id

DAY = timedelta(days=1)

_CALL = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_CALLER = re.compile(rb"(?m)^((?:Caller|Number): \+?\d+)")
_CHANNEL = re.compile(r"\d\.\d+$")
_ARRIVED = b"UserEvent: CallArrived"
_TIMESTAMP = re.compile(rb"(?m)^Timestamp: ([\d.]+)")


def beginnings(captured: bytes, midnight: datetime, times: int) -> list[int]:
    """By how many seconds each repetition is later than the run: their first calls are evenly spread over the day.

    The run must be so short that the last repetition ends on the same day.
    """
    began, ended = _span(captured)
    room = DAY.total_seconds() - (ended - began) - 2
    step = room / max(times - 1, 1)
    first = midnight.timestamp() + 1 - began
    return [int(first + step * number) for number in range(times)]


def _span(captured: bytes) -> tuple[float, float]:
    """When its first call arrived, and its last message came."""
    arrived = captured.index(_ARRIVED)
    first = _TIMESTAMP.search(captured, captured.rindex(b"\r\n\r\n", 0, arrived))
    assert first is not None
    return float(first[1]), max(float(each) for each in _TIMESTAMP.findall(captured))


def stream(captured: bytes, number: int, later: int) -> bytes:
    """The run's Manager connection in that repetition."""
    greeting, _, body = captured.partition(b"\r\n")
    told = _CALLER.sub(rb"\g<1>%03d" % number, other(body, number, later=later))
    return greeting + b"\r\n" + told


def log_lines(lines: Sequence[str], number: int, later: int) -> Iterator[str]:
    """The run's queue_log in that repetition."""
    for line in lines:
        time, channel, *rest = line.split("|")
        if not time.isdecimal() or not rest:
            continue
        if _CHANNEL.search(channel):  # others say who added or paused a member
            channel = f"{channel}{number:05}"
        told = _CALL.sub(lambda found: other_id(found[0], number), "|".join(rest))
        yield f"{int(time) + later}|{channel}|{told}"
