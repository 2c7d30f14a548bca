"""What availability is: of the working hours that were watched, the share in which a part was there. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

NOTHING: Final = timedelta()
WATCHED_WITHIN: Final = timedelta(minutes=1)  # the monitor looks four times as often; a longer silence is unwatched


class Sign(StrEnum):
    """What the monitor saw."""

    THERE = "there"
    AWAY = "away"
    NOT_KNOWN = "not_known"  # nobody could ask


class Seen(Protocol):
    """A time through which a part was seen in one state."""

    name: str
    sign: str
    since: datetime
    until: datetime


Window = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Outage:
    """A part was away; `worked` is how much of it lay in working hours."""

    name: str
    since: datetime
    until: datetime
    worked: timedelta


@dataclass(frozen=True, slots=True)
class Availability:
    """One part in one month."""

    name: str
    working: timedelta  # hours of the month so far
    watched: timedelta
    away: timedelta
    outages: tuple[Outage, ...]

    @property
    def share(self) -> float | None:
        """Of what was watched; None where nothing was."""
        return None if not self.watched else 1 - self.away / self.watched

    @property
    def unwatched(self) -> timedelta:
        """Working hours of which nobody can say anything."""
        return self.working - self.watched


def within(since: datetime, until: datetime, windows: Iterable[Window]) -> timedelta:
    """How much of a time lies in the windows."""
    return sum((max(NOTHING, min(until, end) - max(since, begin)) for begin, end in windows), NOTHING)


def availability(name: str, seen: Sequence[Seen], windows: Sequence[Window]) -> Availability:
    """One part's figures from what was seen of it; outages that touch no working hour are left out."""
    mine = [each for each in seen if each.name == name]
    known = [each for each in mine if each.sign != Sign.NOT_KNOWN]
    outages = [
        Outage(name, each.since, each.until, worked)
        for each in mine
        if each.sign == Sign.AWAY and (worked := within(each.since, each.until, windows)) > NOTHING
    ]
    return Availability(
        name=name,
        working=sum((end - begin for begin, end in windows), NOTHING),
        watched=sum((within(each.since, each.until, windows) for each in known), NOTHING),
        away=sum((each.worked for each in outages), NOTHING),
        outages=tuple(outages),
    )


def clipped(windows: Iterable[Window], now: datetime) -> list[Window]:
    """The windows as far as they have passed."""
    return [(begin, min(end, now)) for begin, end in windows if begin < now]


def month_of(written: str, today: date) -> date:
    """The first day of the month that an address names, "2026-11"; this month's for nonsense and what is to come."""
    try:
        first = date.fromisoformat(f"{written}-01")
    except ValueError:
        return today.replace(day=1)
    return min(first, today.replace(day=1))


def next_month(first: date) -> date:
    """The first day of the month after."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)
