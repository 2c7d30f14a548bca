"""Forms of the menu editor that are about time: opening hours, holidays, announcements, duty rosters."""

from collections.abc import Iterator
from datetime import date
from itertools import zip_longest
from typing import Any, Literal

from pydantic import BaseModel, Field

from ivr.model import Announcement, AskCallback, Duty, HangUp, OpeningHours, Operator, Roster, Span
from staff.hours import as_typed, span_of, spans_of
from web.forms import Submitted
from web.languages import gettext as _

MOST_ROWS = 400
ENDS: dict[str, AskCallback | HangUp | Operator] = {
    "callback": AskCallback(), "hang_up": HangUp(), "operator": Operator(),
}  # fmt: skip
SPACE = " "  # between the prompts of one announcement


class HoursForm(BaseModel):
    """Opening hours: the week, public holidays, and days of their own, one line each."""

    seen: str = Field("", max_length=40)
    weekly: list[str] = []
    public: bool = False
    day: list[str] = Field([], max_length=MOST_ROWS)
    what: list[str] = Field([], max_length=MOST_ROWS)
    text: list[str] = Field([], max_length=MOST_ROWS)


class AnnouncementsForm(BaseModel):
    """Useful information on the way to the queue, one line each."""

    seen: str = Field("", max_length=40)
    prompts: list[str] = Field([], max_length=MOST_ROWS)
    topic: list[str] = Field([], max_length=MOST_ROWS)
    first_day: list[str] = Field([], max_length=MOST_ROWS)
    last_day: list[str] = Field([], max_length=MOST_ROWS)
    during: list[str] = Field([], max_length=MOST_ROWS)


class RosterForm(BaseModel):
    """Who is on duty when, one line a duty."""

    name: str = Field(max_length=31)
    seen: str = Field("", max_length=40)
    otherwise: Literal["callback", "hang_up", "operator"]
    queue: list[str] = Field([], max_length=MOST_ROWS)
    weekdays: list[str] = Field([], max_length=MOST_ROWS)
    first_day: list[str] = Field([], max_length=MOST_ROWS)
    last_day: list[str] = Field([], max_length=MOST_ROWS)
    during: list[str] = Field([], max_length=MOST_ROWS)


def typed_hours(hours: OpeningHours) -> dict[str, Any]:
    """The form of the opening hours as they are."""
    days = [(day, "off", reason) for day, reason in hours.closed.items() if day not in hours.special]
    days += [(day, "hours", as_typed(spans)) for day, spans in hours.special.items()]
    columns = zip(*sorted(days), strict=True) if days else ((), (), ())
    day, what, text = (list(column) for column in columns)
    return {
        "weekly": [as_typed(spans) for spans in hours.weekly],
        "public": hours.public_holidays,
        "day": [str(each) for each in day],
        "what": what,
        "text": text,
    }


def hours_of(form: Submitted[HoursForm]) -> OpeningHours | None:
    """The hours as typed; each line that is not understood is refused."""
    sent = form.value
    if sent is None:
        return None
    weekly = tuple(_spans(form, f"weekly_{n}", text) for n, text in enumerate([*sent.weekly, *[""] * 7][:7]))
    closed: dict[date, str] = {}
    special: dict[date, tuple[Span, ...]] = {}
    for line, (typed, what, text) in _lines(sent.day, sent.what, sent.text):
        if not typed and not text:
            continue
        day = _day(form, f"day_{line}", typed)
        if not typed:
            form.refuse(f"day_{line}", _("Fill in this field"))
        if day is not None and (day in closed or day in special):
            form.refuse(f"day_{line}", _("This day is written twice"))
        if what == "hours":
            if not text:
                form.refuse(f"text_{line}", _("Write hours, for example 09:00–13:00"))
            special[day or date.min] = _spans(form, f"text_{line}", text)
        else:
            closed[day or date.min] = text[:200]
    return OpeningHours(weekly=weekly, public_holidays=sent.public, closed=closed, special=special)


def _lines(*columns: list[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    yield from enumerate(zip_longest(*columns, fillvalue=""))


def _spans(form: Submitted[Any], name: str, text: str) -> tuple[Span, ...]:
    try:
        spans = spans_of(text)
    except ValueError:
        form.refuse(name, _("Write hours, for example 09:00–13:00"))
        return ()
    if any(span.since >= span.until and (span.until.hour or span.until.minute) for span in spans):
        form.refuse(name, _("These hours end before they begin"))
    return spans


def _during(form: Submitted[Any], name: str, text: str) -> Span | None:
    try:
        return span_of(text) if text else None
    except ValueError:
        form.refuse(name, _("Write hours, for example 09:00–13:00"))
        return None


def _day(form: Submitted[Any], name: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        form.refuse(name, _("Write a date that exists"))
        return None


def typed_announcements(announcements: tuple[Announcement, ...]) -> dict[str, Any]:
    """The form of the announcements as they are."""
    return {
        "prompts": [SPACE.join(said.prompts) for said in announcements],
        "topic": [said.topic or "" for said in announcements],
        "first_day": [_written(said.first_day) for said in announcements],
        "last_day": [_written(said.last_day) for said in announcements],
        "during": [as_typed([said.during]) if said.during else "" for said in announcements],
    }


def _written(day: date | None) -> str:
    return str(day) if day else ""


def announcements_of(form: Submitted[AnnouncementsForm]) -> tuple[Announcement, ...]:
    """The announcements as typed, without empty lines."""
    sent = form.value
    if sent is None:
        return ()
    found = []
    for line, (named, topic, first, last, during) in _lines(
        sent.prompts, sent.topic, sent.first_day, sent.last_day, sent.during
    ):
        if not named:
            if first or last or during:
                form.refuse(f"prompts_{line}", _("Fill in this field"))
            continue
        span = _during(form, f"during_{line}", during)
        if span and span.since >= span.until and (span.until.hour or span.until.minute):
            form.refuse(f"during_{line}", _("These hours end before they begin"))
        since, until = _days(form, line, first, last)
        prompts = tuple(named.split(SPACE))
        found.append(Announcement(prompts=prompts, topic=topic or None, first_day=since, last_day=until, during=span))
    return tuple(found)


def _days(form: Submitted[Any], line: int, first: str, last: str) -> tuple[date | None, date | None]:
    since, until = _day(form, f"first_day_{line}", first), _day(form, f"last_day_{line}", last)
    if since and until and until < since:
        form.refuse(f"last_day_{line}", _("The last day is before the first"))
    return since, until


def typed_roster(roster: Roster) -> dict[str, Any]:
    """The form of a roster as it is."""
    return {
        "name": roster.name,
        "otherwise": roster.otherwise.kind,
        "queue": [duty.queue for duty in roster.duties],
        "weekdays": ["".join(map(str, duty.weekdays)) for duty in roster.duties],
        "first_day": [_written(duty.first_day) for duty in roster.duties],
        "last_day": [_written(duty.last_day) for duty in roster.duties],
        "during": [as_typed([duty.during]) if duty.during else "" for duty in roster.duties],
    }


def roster_of(form: Submitted[RosterForm]) -> Roster | None:
    """The roster as typed, without empty lines."""
    sent = form.value
    if sent is None:
        return None
    duties = []
    for line, (queue, weekdays, first, last, during) in _lines(
        sent.queue, sent.weekdays, sent.first_day, sent.last_day, sent.during
    ):
        if not queue:
            if first or last or during or weekdays:
                form.refuse(f"queue_{line}", _("Fill in this field"))
            continue
        since, until = _days(form, line, first, last)
        span = _during(form, f"during_{line}", during)
        days = tuple(sorted({int(day) for day in weekdays if day in "0123456"}))
        duties.append(Duty(queue=queue, first_day=since, last_day=until, weekdays=days, during=span))
    return Roster(name=sent.name, duties=tuple(duties), otherwise=ENDS[sent.otherwise])
