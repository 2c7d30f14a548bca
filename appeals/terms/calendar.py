"""The working calendar of an organisation: its weeks from a day on, its exceptions, its country's days off. Pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from staff.hours import Span

DAY = timedelta(days=1)
_LAST_SECOND = time(23, 59, 59)
HORIZON = 400  # days in which every organisation opens once


@dataclass(frozen=True, slots=True)
class Week:
    """The hours of Monday to Sunday while this pattern is valid; whether the country's days off are off here."""

    valid_from: date  # until another begins
    hours: tuple[tuple[Span, ...], ...]
    public_holidays: bool


FIVE_DAYS = Week(date.min, ((Span(time(9), time(18)),),) * 5 + ((), ()), public_holidays=True)


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """23:59:59 of the day by these clocks, as UTC: a term lasts to the end of its last day."""
    return datetime.combine(day, _LAST_SECOND, zone).astimezone(UTC)


def _nothing(year: int) -> Collection[date]:
    del year
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When an organisation works. A day of its own wins over a public holiday, a holiday over the week."""

    zone: ZoneInfo
    weeks: tuple[Week, ...] = (FIVE_DAYS,)  # the newest first
    days: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)  # () is a day off
    holidays: Callable[[int], Collection[date]] = _nothing  # days off of the country in a year
    worked: Callable[[int], Collection[date]] = _nothing  # its weekends that are worked instead of another day
    _known: dict[date, bool] = field(default_factory=dict, compare=False, repr=False)

    def hours(self, day: date) -> tuple[Span, ...]:
        """When people work on that day; nothing on a day off."""
        if day in self.days:
            return self.days[day]
        week = next((each for each in self.weeks if each.valid_from <= day), FIVE_DAYS)
        if week.public_holidays and day in self.holidays(day.year):
            return ()
        if week.public_holidays and day in self.worked(day.year):
            return week.hours[day.weekday()] or next((hours for hours in week.hours if hours), ())
        return week.hours[day.weekday()]

    def is_working(self, day: date) -> bool:
        """Whether somebody works on that day."""
        known = self._known.get(day)
        if known is None:
            known = self._known[day] = bool(self.hours(day))
        return known

    def local(self, at: datetime) -> datetime:
        """The moment by the organisation's clocks."""
        return at.astimezone(self.zone)

    def working_from(self, day: date) -> date:
        """The day itself if somebody works on it, else the next on which somebody does."""
        for days in range(HORIZON):
            if self.is_working(day + days * DAY):
                return day + days * DAY
        return day  # an organisation that never works: its terms end when the law says, on whatever day

    def after_working(self, day: date, count: int) -> date:
        """So many working days after that day."""
        for _ in range(count):
            day = self.working_from(day + DAY)
        return day

    def end_of(self, day: date) -> datetime:
        """23:59:59 of that day, as UTC."""
        return end_of_day(day, self.zone)

    def opening(self, at: datetime) -> datetime:
        """The moment itself inside working hours, else the next opening."""
        local = self.local(at)
        for days in range(HORIZON):
            day = local.date() + days * DAY
            for span in sorted(self.hours(day), key=lambda each: each.since):
                opens = datetime.combine(day, span.since, self.zone)
                closes = self.end_of(day) if span.until == time(0) else datetime.combine(day, span.until, self.zone)
                if local < closes:
                    return max(at, opens.astimezone(UTC))
        return at
