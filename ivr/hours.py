"""Whether somebody answers at a given moment, and when again. Pure; public holidays come from the `holidays` data."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ivr.model import Duty, OpeningHours, Roster, Span
from staff.hours import within
from staff.public_holidays import public_holidays

HORIZON = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Shut:
    """Nobody answers: why ("night", "weekend", "holiday:2026-01-01"), and when it opens in local time, if ever."""

    reason: str
    opens_at: datetime | None


def is_holiday(hours: OpeningHours, day: date, country: str) -> bool:
    """Whether the day is free by the country's calendar or by the organisation's own list."""
    return day in hours.closed or (hours.public_holidays and day in public_holidays(country, day.year))


def spans(hours: OpeningHours, day: date, country: str) -> tuple[Span, ...]:
    """When people answer on that day. A special day wins over a holiday, a holiday over the week."""
    if day in hours.special:
        return hours.special[day]
    return () if is_holiday(hours, day, country) else hours.weekly[day.weekday()]


def on_duty(roster: Roster, at: datetime, zone: str) -> Duty | None:
    """The duty that fits the moment; None while nobody is on duty."""
    local = at.astimezone(ZoneInfo(zone))
    return next((duty for duty in roster.duties if _on_duty(duty, local)), None)


def _on_duty(duty: Duty, local: datetime) -> bool:
    span, today = duty.during, local.date()
    if span is None or span.until == time(0) or span.since < span.until:
        return _has(duty, today) and (span is None or within(span, local.time()))
    evening = local.time() >= span.since and _has(duty, today)
    return evening or (local.time() < span.until and _has(duty, today - timedelta(days=1)))


def _has(duty: Duty, day: date) -> bool:
    return (
        (duty.first_day is None or duty.first_day <= day)
        and (duty.last_day is None or day <= duty.last_day)
        and (not duty.weekdays or day.weekday() in duty.weekdays)
    )


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
