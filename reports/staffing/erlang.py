"""Erlang's formulas for those who wait (A. K. Erlang, 1917): traffic, operators, who waits and how long. Pure.

Calls come at random, a talk is as long as it is, whoever finds all operators busy waits and does not give up. As people
do give up, a centre that is too small looks a little worse here than it is; one that is large enough, as it is.
"""

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

MOST: Final = 5000  # operators; beyond it somebody typed nonsense
HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Target:
    """So many of all calls are answered within that time; no operator talks more of the hour than `busiest`."""

    share: float = 0.8
    within: timedelta = timedelta(seconds=20)
    busiest: float = 0.85


def traffic(calls: float, handle: timedelta, *, per: timedelta = HOUR) -> float:
    """The load in erlangs: how many talk at the same time on average."""
    return calls * (handle / per)


def blocked(load: float, operators: int) -> float:
    """Erlang B: the probability that all are busy where nobody waits, by a recurrence that is stable for any number."""
    found = 1.0
    for number in range(1, operators + 1):
        found = load * found / (number + load * found)
    return found


def waits(load: float, operators: int) -> float:
    """Erlang C: the probability that a caller waits at all; 1 where the load never ends."""
    if load <= 0:
        return 0.0
    if operators <= load:
        return 1.0
    found = blocked(load, operators)
    return found / (1 - load / operators * (1 - found))


def answered_within(load: float, operators: int, handle: timedelta, within: timedelta) -> float:
    """The service level: the share of callers who are answered within that time."""
    if operators <= load:
        return 0.0
    return 1 - waits(load, operators) * math.exp(-(operators - load) * (within / handle)) if load > 0 else 1.0


def average_wait(load: float, operators: int, handle: timedelta) -> timedelta | None:
    """How long all callers wait on average, those who do not wait included; None where the queue only grows."""
    if load <= 0:
        return timedelta()
    if operators <= load:
        return None
    return waits(load, operators) * handle / (operators - load)


def occupancy(load: float, operators: int) -> float:
    """How much of their time operators are busy."""
    return min(1.0, load / operators) if operators else float(load > 0)


def needed(load: float, handle: timedelta, target: Target) -> int:
    """The fewest operators with whom the target is reached."""
    if load <= 0:
        return 0
    least = max(1, math.ceil(load / target.busiest) if target.busiest else 1)
    for operators in range(least, MOST):
        if operators > load and answered_within(load, operators, handle, target.within) >= target.share:
            return operators
    return MOST


def on_shift(operators: int, away: float) -> int:
    """How many to plan, where a share of the time paid is breaks, training and illness."""
    return math.ceil(round(operators / (1 - away), 6)) if operators else 0
