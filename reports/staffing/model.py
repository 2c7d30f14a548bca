"""The forecast: a coming day is like the days of its kind before it, the later ones the more. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from reports.staffing import erlang
from reports.staffing.erlang import Target

DAY: Final = timedelta(days=1)
LOOK_BACK: Final = 84  # days: twelve weeks
ALIKE: Final = 6  # days of one kind that count
USUAL_HANDLE: Final = timedelta(minutes=4)  # where nobody has talked yet

Counts = Mapping[date, Mapping[int, int]]  # calls by day and hour


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the day: what it brings, and whom it takes."""

    hour: int
    calls: float
    load: float  # erlangs
    operators: int  # who are ready or talk
    on_shift: int  # with those on a break, away, in training
    level: float
    wait: timedelta | None
    busy: float


def alike(day: date, known: Counts, first: date, today: date, is_working: Callable[[date], bool]) -> list[date]:
    """Past days like this one, the last first: of its weekday, and a day off like any other day off of its kind.

    A holiday on a weekday is like other holidays and Sundays; a weekday that is worked is never like one that was not.
    """
    works = is_working(day)
    days = [today - number * DAY for number in range(1, LOOK_BACK + 1)]
    of_kind = [each for each in days if each >= first and is_working(each) == works]
    same = [each for each in of_kind if each.weekday() == day.weekday()]
    if same or works:
        return same[:ALIKE]
    return [each for each in of_kind if each in known or each.weekday() >= 5][:ALIKE]


def forecast(days: list[date], known: Counts) -> dict[int, float]:
    """Calls by hour: the mean of these days, the first of which weighs most."""
    weights = range(len(days), 0, -1)
    whole = sum(weights)
    if not whole:
        return {}
    return {
        hour: sum(weight * known.get(day, {}).get(hour, 0) for weight, day in zip(weights, days, strict=True)) / whole
        for hour in range(24)
    }


def staffed(calls: Mapping[int, float], handle: timedelta, target: Target, *, away: float, times: float) -> list[Hour]:
    """Each hour that brings calls, with whom it takes; `times` as many calls as the forecast says."""
    found = []
    for hour in sorted(calls):
        expected = calls[hour] * times
        if expected < 0.05:
            continue
        load = erlang.traffic(expected, handle)
        operators = erlang.needed(load, handle, target)
        found.append(
            Hour(
                hour=hour,
                calls=expected,
                load=load,
                operators=operators,
                on_shift=erlang.on_shift(operators, away),
                level=erlang.answered_within(load, operators, handle, target.within),
                wait=erlang.average_wait(load, operators, handle),
                busy=erlang.occupancy(load, operators),
            )
        )
    return found
