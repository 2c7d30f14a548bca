"""Rules of terms and what follows from them: when an appeal is due, how far it may be moved, how it stands."""

import calendar as months
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from appeals.terms.calendar import Calendar
from db.validity import in_force

ANY: Final = ""  # as a kind, a topic or a problem: every one
LONG: Final = timedelta(days=30)  # from this term on an appeal is under long control (U-120)
ATTENTION: Final = 4  # the last quarter of a term asks for attention (U-13)


class Deed(StrEnum):
    """What the rule gives a term for."""

    ANSWER = "answer"
    FORWARD = "forward"  # to the body in charge, with notice to the author
    RETURN = "return"  # to the author, with an explanation of what is missing


class Unit(StrEnum):
    """In what a term is counted."""

    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working_day"
    MONTH = "month"


class Start(StrEnum):
    """From when it is counted."""

    RECEIPT = "receipt"
    OPENING = "opening"  # what comes after working hours counts as received when the office opens next


class Variant(StrEnum):
    """Which of several terms the law gives for the same kind; somebody says so."""

    USUAL = "usual"
    SIMPLE = "simple"  # needs no further study
    STUDY = "study"  # needs further study, checking or documents


class Rule(Protocol):
    """A rule as data; `terms.tables.TermRule` is one."""

    @property
    def deed(self) -> str: ...
    @property
    def variant(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def topic(self) -> str: ...
    @property
    def problem(self) -> str: ...
    @property
    def amount(self) -> int: ...
    @property
    def unit(self) -> str: ...
    @property
    def start(self) -> str: ...
    @property
    def whole_days(self) -> bool: ...
    @property
    def moves(self) -> bool: ...
    @property
    def most_amount(self) -> int | None: ...
    @property
    def most_unit(self) -> str | None: ...
    @property
    def most_is_more(self) -> bool: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_until(self) -> date | None: ...


AnyRule = TypeVar("AnyRule", bound=Rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a rule is chosen by."""

    kind: str
    topic: str = ""
    problem: str = ""
    variant: str = Variant.USUAL


def specificity(rule: Rule) -> int:
    """A rule of a problem goes before one of a topic, that before one of a kind, a general one last."""
    return 4 * (rule.problem != ANY) + 2 * (rule.topic != ANY) + (rule.kind != ANY)


def fits(rule: Rule, matter: Matter) -> bool:
    """Whether the rule is about such a matter."""
    return (
        rule.kind in (ANY, matter.kind) and rule.topic in (ANY, matter.topic) and rule.problem in (ANY, matter.problem)
    )


def rule_for(rules: Iterable[AnyRule], matter: Matter, on: date, *, deed: Deed = Deed.ANSWER) -> AnyRule | None:
    """The most specific rule for the matter on that day, of two alike the one that began later; None for no term."""
    found = [rule for rule in rules if rule.deed == deed and in_force(rule, on) and fits(rule, matter)]
    of_variant = [rule for rule in found if rule.variant == matter.variant]
    usual = [rule for rule in found if rule.variant == Variant.USUAL]
    return max(of_variant or usual, key=lambda rule: (specificity(rule), rule.valid_from), default=None)


def months_after(day: date, count: int) -> date:
    """The same day so many months later, or the last of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def begun(rule: Rule, received_at: datetime, calendar: Calendar) -> datetime:
    """From when the term runs; in UTC, for by a clock that jumps an hour is not added rightly."""
    start = calendar.opening(received_at) if rule.start == Start.OPENING else received_at
    return start.astimezone(UTC)


def due(rule: Rule, received_at: datetime, calendar: Calendar) -> datetime:
    """By when the deed must be done.

    Days and months are counted from the day after, end with the day, and where the rule says so a last day off moves to
    the next working one. Hours are counted by the clock, whatever it shows: a day of 23 hours shortens nothing.
    """
    start = begun(rule, received_at, calendar)
    if rule.unit == Unit.HOUR and not rule.whole_days:
        return start + timedelta(hours=rule.amount)
    last = _last_day(rule.amount, Unit(rule.unit), start, calendar)
    return calendar.end_of(calendar.working_from(last) if rule.moves else last)


def latest(rule: Rule, received_at: datetime, calendar: Calendar) -> datetime | None:
    """The end of the longest term the law allows; None where it allows no extension.

    `most_is_more` counts from the end of the term (one month more), else it is a total from the receipt (45 days). The
    longest term moves to no working day.
    """
    if rule.most_amount is None or rule.most_unit is None:
        return None
    start = due(rule, received_at, calendar) if rule.most_is_more else begun(rule, received_at, calendar)
    if rule.most_unit == Unit.HOUR:
        return start + timedelta(hours=rule.most_amount)
    return calendar.end_of(_last_day(rule.most_amount, Unit(rule.most_unit), start, calendar))


def _last_day(amount: int, unit: Unit, start: datetime, calendar: Calendar) -> date:
    day = calendar.local(start).date()
    match unit:
        case Unit.HOUR:
            return calendar.local(start + timedelta(hours=amount)).date()
        case Unit.DAY:
            return day + timedelta(days=amount)
        case Unit.WORKING_DAY:
            return calendar.after_working(day, amount)
        case Unit.MONTH:
            return months_after(day, amount)


def attention(received_at: datetime, due_at: datetime) -> datetime:
    """When the last quarter of the term begins."""
    return due_at - max(timedelta(), due_at - received_at) / ATTENTION


def is_long(rule: Rule | None, received_at: datetime, due_at: datetime, calendar: Calendar) -> bool:
    """Whether the term is one of long control: a month, however short, or thirty days."""
    of_months = rule is not None and rule.unit == Unit.MONTH and rule.amount >= 1
    return of_months or calendar.local(due_at).date() - calendar.local(received_at).date() >= LONG


class Standing(StrEnum):
    """How an appeal stands, derived from its term and a clock, stored nowhere."""

    ON_TIME = "on_time"
    ATTENTION = "attention"
    OVERDUE = "overdue"


def standing(due_at: datetime | None, attention_at: datetime | None, at: datetime) -> Standing | None:
    """How it stands at that moment, for a closed one that of its closing; None without a term."""
    if due_at is None:
        return None
    if at > due_at:
        return Standing.OVERDUE
    return Standing.ATTENTION if attention_at is not None and at >= attention_at else Standing.ON_TIME


class Change(StrEnum):
    """What happened to a term."""

    SET = "set"  # at the registration
    RECOMPUTED = "recomputed"  # a calendar, a rule or the matter changed
    ASKED = "asked"  # for an extension
    EXTENDED = "extended"
    NOT_EXTENDED = "not_extended"
    SHORTENED = "shortened"
    LONG_CONTROL = "long_control"  # put under it by hand
    NO_LONG_CONTROL = "no_long_control"


class Refusal(StrEnum):
    """Why a term is not moved."""

    NO_TERM = "no_term"
    NO_REASON = "no_reason"
    CLOSED = "closed"
    NOT_LATER = "not_later"
    NOT_SOONER = "not_sooner"
    PAST = "past"
    BEYOND = "beyond"  # the legal maximum
    NO_EXTENSION = "no_extension"  # the rule knows none


def fault_of_extension(until: datetime, due_at: datetime | None, last: datetime | None, reason: str) -> Refusal | None:
    """Why a term may not be extended until then; None if it may."""
    if due_at is None:
        return Refusal.NO_TERM
    if not reason.strip():
        return Refusal.NO_REASON
    if until <= due_at:
        return Refusal.NOT_LATER
    if last is None:
        return Refusal.NO_EXTENSION
    return Refusal.BEYOND if until > last else None


def fault_of_shortening(until: datetime, due_at: datetime | None, now: datetime, reason: str) -> Refusal | None:
    """Why a term may not be shortened to then; None if it may."""
    if due_at is None:
        return Refusal.NO_TERM
    if not reason.strip():
        return Refusal.NO_REASON
    if until >= due_at:
        return Refusal.NOT_SOONER
    return Refusal.PAST if until <= now else None
