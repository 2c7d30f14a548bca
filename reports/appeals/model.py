"""Periods of reports, and the figures of appeals over one. Pure; each figure is defined in docs/figures.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

DAY: Final = timedelta(days=1)


class Span(StrEnum):
    """Periods that end today, and one of one's own."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another by the organisation's clocks; both belong to it."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """The period of the same length that ends the day before."""
        return Period(self.first - self.days * DAY, self.first - DAY)

    def of(self, column: str) -> dict[str, str]:
        """The journal's filters of such a column."""
        names = ("since", "until") if column == "registered" else (f"{column}_from", f"{column}_to")
        return dict(zip(names, (self.first.isoformat(), self.last.isoformat()), strict=True))


def until_today(span: Span, today: date) -> Period:
    """The period that the word means; one's own begins as a month does until it is told."""
    match span:
        case Span.TODAY:
            return Period(today, today)
        case Span.WEEK:
            return Period(today - today.weekday() * DAY, today)
        case Span.QUARTER:
            return Period(today.replace(month=today.month - (today.month - 1) % 3, day=1), today)
        case Span.YEAR:
            return Period(today.replace(month=1, day=1), today)
        case _:
            return Period(today.replace(day=1), today)


def share(part: int, whole: int) -> float | None:
    """The part of the whole; None of nothing."""
    return part / whole if whole else None


def growth(now: int, before: int) -> float | None:
    """By what share of what it was it has grown; None where it was nothing, which grows by no share."""
    return (now - before) / before if before else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The figures of one period, of all appeals or of a group of them."""

    registered: int = 0
    answered: int = 0
    in_term: int = 0
    late: int = 0
    median: timedelta | None = None  # from the receipt to the answer
    ninth: timedelta | None = None  # within which nine of ten were answered
    overdue: int = 0  # at the end
    reopened: int = 0
    reworked: int = 0  # appeals
    reworks: int = 0  # times
    marked: int = 0  # by their authors
    good: int = 0  # of these, with 4 or 5

    @property
    def in_term_share(self) -> float | None:
        """Of those answered that had a term."""
        return share(self.in_term, self.in_term + self.late)

    @property
    def reopened_share(self) -> float | None:
        """Of those answered."""
        return share(self.reopened, self.answered)

    @property
    def satisfaction(self) -> float | None:
        """Marks 4 and 5 of all marks; None while there are none."""
        return share(self.good, self.marked)

    @property
    def marked_share(self) -> float | None:
        """Of those answered: how much the satisfaction speaks for."""
        return share(self.marked, self.answered)


_WITH_ANSWER: Final = {"answered": "any"}


def filters(figure: str, period: Period) -> Mapping[str, str]:
    """The journal's filters that a figure is counted by, so that it opens exactly its appeals. KeyError."""
    closed, rightly = period.of("closed"), {"state": "valid"}
    return {
        "registered": period.of("registered") | rightly,
        "answered": closed | _WITH_ANSWER,
        "in_term": closed | {"answered": "in_term"},
        "late": closed | {"answered": "late"},
        "overdue": {"overdue_on": period.last.isoformat()},
        "reopened": closed | _WITH_ANSWER | {"reopened": "yes"},
        "reworked": closed | _WITH_ANSWER | {"reworked": "yes"},
        "marked": closed | _WITH_ANSWER | {"marked": "any"},
        "good": closed | _WITH_ANSWER | {"marked": "good"},
        "missed": period.of("due") | {"missed": "yes"},
    }[figure]
