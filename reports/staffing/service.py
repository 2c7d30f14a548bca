"""A coming day's forecast from the ledger."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from appeals.terms import queries as calendars
from reports.staffing import queries
from reports.staffing.erlang import Target
from reports.staffing.model import DAY, LOOK_BACK, USUAL_HANDLE, Hour, alike, forecast, staffed
from staff.tables import Organisation

USUAL: Final = Target()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody plans."""

    day: date
    queue: str = ""  # Asterisk's name of it; "" is all
    target: Target = USUAL
    away: float = 0.3
    times: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The day by its hours, what it rests on."""

    hours: list[Hour]
    days: list[date]
    handle: timedelta
    measured: bool  # the handling time; otherwise the usual one is taken

    @property
    def calls(self) -> float:
        """Of the whole day."""
        return sum(hour.calls for hour in self.hours)

    @property
    def most(self) -> int:
        """Operators on shift in the fullest hour."""
        return max((hour.on_shift for hour in self.hours), default=0)


def plan(session: Session, organisation: Organisation, wish: Wish, *, now: datetime) -> Plan:
    """The forecast of a day and the operators it takes."""
    zone = organisation.zone
    today = now.astimezone(zone).date()
    since = datetime.combine(today - LOOK_BACK * DAY, datetime.min.time(), zone)
    until = datetime.combine(today, datetime.min.time(), zone)
    known = queries.counts(session, zone, since.astimezone(UTC), until.astimezone(UTC), queue=wish.queue)
    first = queries.first_day(session, zone)
    calendar = calendars.calendar(session, organisation)
    days = alike(wish.day, known, first, today, calendar.is_working) if first is not None else []
    handle = queries.handled(session, since.astimezone(UTC), queue=wish.queue)
    return Plan(
        hours=staffed(forecast(days, known), handle or USUAL_HANDLE, wish.target, away=wish.away, times=wish.times),
        days=days,
        handle=handle or USUAL_HANDLE,
        measured=handle is not None,
    )
