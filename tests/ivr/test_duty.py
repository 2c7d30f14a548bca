"""Night routing by rosters, and emergency announcements: what a caller hears at which moment."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from calls.model import Language
from ivr.demonstration import KHM
from ivr.hours import on_duty
from ivr.model import AskCallback, Closed, Duty, HangUp, Menus, OpeningHours, Roster, Span, ToDuty
from ivr.rehearsal import PRETENDED, Rehearsed, rehearse
from ivr.walk import End, Line, Urgent
from staff.hours import span_of, spans_of

OFFICE = OpeningHours(weekly=((Span(time(8), time(18)),),) * 5 + ((),) * 2, public_holidays=False)
NIGHT = Roster(
    name="night",
    duties=(
        Duty(queue="water", first_day=date(2026, 12, 31), last_day=date(2026, 12, 31), during=span_of("18:00–08:00")),
        Duty(queue="roads", weekdays=(5, 6)),
        Duty(queue="heating", during=span_of("18-24")),
    ),
)
MENUS = replace(KHM, hours=OFFICE, rosters=(NIGHT,), closed=Closed(then=ToDuty("night", "heating")))


def called(at: str, *keys: str, menus: Menus = MENUS, urgent: Urgent | None = None) -> tuple[Rehearsed, End | None]:
    line = Line(
        organisation=1, code="khm", zone="Europe/Kyiv", country="UA", language=Language.UKRAINIAN, menu="language",
        menus=menus, urgent=urgent,
    )  # fmt: skip
    moment = datetime.fromisoformat(f"{at}+02:00")
    return rehearse(line, keys, at=moment, scripts=PRETENDED)


@pytest.mark.parametrize(
    ("at", "queue"),
    [
        ("2026-11-23T20:00", "heating"),
        ("2026-11-23T03:00", None),
        ("2026-11-21T03:00", "roads"),
        ("2026-12-31T20:00", "water"),
        ("2027-01-01T03:00", "water"),
        ("2027-01-01T08:00", None),
    ],
)
def test_the_night_is_routed_by_the_roster(at: str, queue: str | None) -> None:
    duty = on_duty(NIGHT, datetime.fromisoformat(f"{at}+02:00"), "Europe/Kyiv")
    assert (duty.queue if duty else None) == queue
    if at != "2027-01-01T08:00":  # a Friday: open
        story, end = called(at, "1", "2")
        assert end is not None
        assert (end.next, end.queue) == (("queue", queue) if queue else ("hangup", None))
        assert "closed" in story.heard
        assert ("recording-notice" in story.heard) == (queue is not None), "the notice is said to whoever is answered"
        assert ("callback-confirm" in story.heard) == (queue is None), "nobody on duty: called back"


def test_nobody_on_duty_is_answered_as_the_roster_says() -> None:
    nobody = replace(MENUS, rosters=(Roster(name="night", duties=(), otherwise=HangUp()),))
    story, end = called("2026-11-23T03:00", "1", menus=nobody)
    assert end is not None
    assert end.next == "hangup"
    assert story.heard[-1] == "goodbye"
    assert isinstance(Roster(name="night", duties=()).otherwise, AskCallback)


def test_a_key_may_lead_to_whoever_is_on_duty_at_any_hour() -> None:
    topics = MENUS.menu("topics")
    keyed = replace(topics, staffed=False, choices={**topics.choices, "7": ToDuty("night")})
    menus = replace(MENUS, menus=tuple(keyed if m.name == "topics" else m for m in MENUS.menus))
    _, end = called("2026-11-23T20:00", "1", "7", menus=menus)
    assert end is not None
    assert end.queue == "heating"


def urgent(hours: float) -> Urgent:
    since = datetime(2026, 11, 23, 8, tzinfo=UTC)
    return Urgent("emergency-1", since, since + timedelta(hours=hours))


def test_an_emergency_is_told_once_in_the_language_chosen_before_the_topics() -> None:
    story, _ = called("2026-11-23T12:00", "2", "9", "2", "1", urgent=urgent(4))
    assert story.heard.count("emergency-1") == 1
    told = next(step for step in story.story if getattr(step, "prompt", "") == "emergency-1")
    assert getattr(told, "language", None) is Language.RUSSIAN
    assert story.heard.index("emergency-1") < story.heard.index("khm-topics")


def test_an_emergency_is_told_out_of_hours_and_to_who_presses_zero_at_once() -> None:
    night, _ = called("2026-11-23T20:00", "1", urgent=urgent(24))
    assert night.heard.index("emergency-1") < night.heard.index("closed")
    zero, end = called("2026-11-23T12:00", "0", urgent=urgent(4))
    assert "emergency-1" in zero.heard
    assert end is not None
    assert end.queue == "general"


def test_an_emergency_ends_by_itself() -> None:
    before, _ = called("2026-11-23T11:59", "1", "2", urgent=urgent(2))
    after, _ = called("2026-11-23T12:00", "1", "2", urgent=urgent(2))
    assert "emergency-1" in before.heard
    assert "emergency-1" not in after.heard


@pytest.mark.parametrize("text", ["8–20", "08:00-20:00", " 8:00 – 20:00 ", "8.00-20.00"])
def test_hours_are_read_as_people_write_them(text: str) -> None:
    assert spans_of(text) == (Span(time(8), time(20)),)


@pytest.mark.parametrize("text", ["always", "8", "25-26", "8-24:30", "8:60-9", "8–9–10", "-"])
def test_what_are_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        spans_of(text)
