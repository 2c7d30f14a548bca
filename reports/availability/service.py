"""What a look of the monitor adds to its log, and a month's figures."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from appeals.terms import queries as calendars
from appeals.terms.calendar import Calendar
from reports.availability import queries
from reports.availability.model import (
    WATCHED_WITHIN,
    Availability,
    Sign,
    Window,
    availability,
    clipped,
    next_month,
)
from reports.availability.tables import PartSpan
from staff.tables import Organisation

DAY = timedelta(days=1)


def note(session: Session, seen: Mapping[str, Sign], now: datetime) -> None:
    """One look. What is away was so from the last look at which it was there, until the first at which it is again."""
    known = queries.last(session)
    for name, sign in seen.items():
        before = known.get(name)
        if before is None or now - before.until > WATCHED_WITHIN:
            session.add(PartSpan(name=name, since=now, until=now, sign=sign))
            continue
        if now <= before.until:  # two looks within a moment, or a clock that was set back
            continue
        if before.sign == sign:
            before.until = now
            continue
        begun = before.until
        if before.sign == Sign.AWAY:
            before.until = begun = now
        if begun > before.since:
            session.add(PartSpan(name=name, since=begun, until=now, sign=sign))
        else:
            before.sign, before.until = sign, now
    session.flush()


def of_month(session: Session, organisation: Organisation, first: date, now: datetime) -> list[Availability]:
    """Each part's figures in the organisation's working hours of a month, as far as it has passed."""
    windows = clipped(working(calendars.calendar(session, organisation), first), now)
    if not windows:
        return []
    seen = queries.spans(session, windows[0][0], windows[-1][1])
    return [availability(name, seen, windows) for name in sorted({each.name for each in seen})]


def working(calendar: Calendar, first: date) -> list[Window]:
    """The working hours of a month."""
    found, day = [], first
    while day < next_month(first):
        for span in calendar.hours(day):
            begin = datetime.combine(day, span.since, calendar.zone)
            closes = day if span.until != time(0) and span.until > span.since else day + DAY
            end = datetime.combine(closes, span.until, calendar.zone)
            found.append((begin.astimezone(UTC), end.astimezone(UTC)))
        day += DAY
    return sorted(found)
