"""Whether somebody answers at a given moment, and when again. Pure; public holidays come from the `holidays` data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import cast
from zoneinfo import ZoneInfo

import holidays

from ivr.model import OpeningHours, Span

HORIZON = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Shut:
    """Nobody answers: why ("night", "weekend", "holiday:2026-01-01"), and when it opens in local time, if ever."""

    reason: str
    opens_at: datetime | None


@lru_cache(maxsize=64)
def _public_holidays(country: str, year: int) -> Mapping[date, str]:
    return cast(Mapping[date, str], holidays.country_holidays(country, years=year))


def is_holiday(hours: OpeningHours, day: date, country: str) -> bool:
    """Whether the day is free by the country's calendar or by the organisation's own list."""
    return day in hours.closed or (hours.public_holidays and day in _public_holidays(country, day.year))


def spans(hours: OpeningHours, day: date, country: str) -> tuple[Span, ...]:
    """When people answer on that day. A special day wins over a holiday, a holiday over the week."""
    if day in hours.special:
        return hours.special[day]
    return () if is_holiday(hours, day, country) else hours.weekly[day.weekday()]


def within(span: Span, moment: time) -> bool:
    """Whether the local time lies in the span."""
    return span.since <= moment and (span.until == time(0) or moment < span.until)


def shut(hours: OpeningHours, at: datetime, zone: str, country: str) -> Shut | None:
    """None while people answer. `at` is aware; the clock's jumps are the zone's own."""
    local = at.astimezone(ZoneInfo(zone))
    today = spans(hours, local.date(), country)
    if any(within(span, local.time()) for span in today):
        return None
    if today:
        reason = "night"
    elif local.date() not in hours.special and is_holiday(hours, local.date(), country):
        reason = f"holiday:{local.date()}"
    else:
        reason = "weekend"
    return Shut(reason, _opens_at(hours, local, country))


def _opens_at(hours: OpeningHours, local: datetime, country: str) -> datetime | None:
    """The next opening. A wall time that the spring clock skips is read as the same distance after midnight."""
    for days in range(HORIZON.days):
        day = local.date() + timedelta(days=days)
        for span in sorted(spans(hours, day, country), key=lambda span: span.since):
            opens = datetime.combine(day, span.since, tzinfo=local.tzinfo)
            if opens > local:
                return opens
    return None
