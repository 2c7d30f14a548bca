"""Terms by the laws' tables (A.4, A.5, A.7): month ends, leap days, clocks that jump, days off, the last quarter."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from appeals.terms import model, seeds
from appeals.terms.calendar import Calendar, Week
from appeals.terms.model import Deed, Matter, Refusal, Standing, Unit, Variant
from appeals.terms.rules import Wanted
from staff.hours import spans_of
from staff.public_holidays import public_holidays, worked_weekends

KYIV, TASHKENT = ZoneInfo("Europe/Kyiv"), ZoneInfo("Asia/Tashkent")


@pytest.fixture(autouse=True)
def topics() -> None:
    """No database is needed."""


def calendar(country: str, zone: ZoneInfo, days: Mapping[date, str] | None = None) -> Calendar:
    """The calendar as it is shipped, with days of its own."""
    weeks = sorted(seeds.weeks(country), key=lambda week: week["valid_from"], reverse=True)
    return Calendar(
        zone=zone,
        weeks=tuple(
            Week(each["valid_from"], tuple(spans_of(text) for text in each["hours"]), each["public_holidays"])
            for each in weeks
        ),
        days={day: spans_of(text) for day, text in (days or {}).items()},
        holidays=partial(public_holidays, country),
        worked=partial(worked_weekends, country),
    )


UA, UZ = calendar("UA", KYIV), calendar("UZ", TASHKENT)
RULES = {country: [Wanted(**each) for each in seeds.rules(country)] for country in ("UA", "UZ")}


class Known(Wanted):
    """A rule with an end, as the table has it."""

    valid_until = None


def rule(country: str, kind: str, *, problem: str = "", variant: Variant = Variant.USUAL, deed: Deed = Deed.ANSWER):
    """The rule as it is shipped."""
    matter = Matter(kind=kind, problem=problem, variant=variant)
    found = model.rule_for([Known(**_said(each)) for each in RULES[country]], matter, date(2026, 11, 2), deed=deed)
    assert found is not None
    return found


def _said(wanted: Wanted) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in Wanted.__slots__}


def at(text: str, zone: ZoneInfo = KYIV) -> datetime:
    """A moment by the clocks of a place."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def told(moment: datetime, zone: ZoneInfo = KYIV) -> str:
    """A moment as those clocks show it."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("received", "until"),
    [
        ("2026-11-02 10:00", "2026-12-02 23:59:59"),
        ("2026-11-20 23:59", "2026-12-21 23:59:59"),  # the 20th is a Sunday
        ("2026-10-31 08:00", "2026-11-30 23:59:59"),  # November has no 31st
        ("2027-01-31 08:00", "2027-03-01 23:59:59"),  # 28 February is a Sunday
        ("2028-01-31 08:00", "2028-02-29 23:59:59"),
        ("2028-01-29 08:00", "2028-02-29 23:59:59"),
        ("2028-02-29 08:00", "2028-03-29 23:59:59"),
        ("2026-12-31 12:00", "2027-02-01 23:59:59"),  # 31 January is a Sunday
        ("2026-02-28 00:00", "2026-03-30 23:59:59"),  # 28 March is a Saturday, and the clocks go forward on the 29th
        ("2026-09-25 23:30", "2026-10-26 23:59:59"),  # 25 October is a Sunday with 25 hours
    ],
)
def test_the_ukrainian_month(received: str, until: str) -> None:
    """Article 20: up to one month from the day of receipt."""
    assert told(model.due(rule("UA", "complaint"), at(received), UA)) == until


@pytest.mark.parametrize(
    ("country", "kind", "changes", "received", "until"),
    [
        ("UA", "application", {"variant": Variant.SIMPLE}, "2026-11-02 10:00", "2026-11-17 23:59:59"),
        ("UA", "application", {"variant": Variant.SIMPLE}, "2026-11-06 10:00", "2026-11-23 23:59:59"),
        ("UA", "application", {"variant": Variant.SIMPLE}, "2028-02-14 10:00", "2028-02-29 23:59:59"),
        ("UA", "application", {"variant": Variant.SIMPLE}, "2027-02-13 10:00", "2027-03-01 23:59:59"),
        ("UA", "complaint", {"deed": Deed.FORWARD}, "2026-11-02 10:00", "2026-11-09 23:59:59"),
        ("UA", "complaint", {"deed": Deed.FORWARD}, "2026-11-04 10:00", "2026-11-09 23:59:59"),
        ("UA", "complaint", {"deed": Deed.RETURN}, "2026-11-03 10:00", "2026-11-13 23:59:59"),
        ("UZ", "application", {}, "2026-11-02 10:00", "2026-11-17 23:59:59"),
        ("UZ", "complaint", {}, "2026-11-02 10:00", "2026-11-17 23:59:59"),
        ("UZ", "complaint", {"variant": Variant.STUDY}, "2026-11-02 10:00", "2026-12-02 23:59:59"),
        ("UZ", "suggestion", {}, "2026-11-02 10:00", "2026-12-02 23:59:59"),
        ("UZ", "application", {"deed": Deed.FORWARD}, "2026-11-02 10:00", "2026-11-09 23:59:59"),
        # article 23: after working hours the next working day, over a weekend and over a holiday
        ("UZ", "application", {}, "2026-11-02 18:00", "2026-11-18 23:59:59"),
        ("UZ", "application", {}, "2026-11-06 18:30", "2026-11-24 23:59:59"),
        ("UZ", "application", {}, "2026-11-07 11:00", "2026-11-24 23:59:59"),
        ("UZ", "application", {}, "2026-12-07 19:00", "2026-12-24 23:59:59"),  # 8 December is Constitution Day
        ("UZ", "application", {}, "2026-11-02 03:00", "2026-11-17 23:59:59"),  # before the opening of a working day
        ("UZ", "application", {}, "2026-12-11 19:00", "2026-12-28 23:59:59"),  # Saturday the 12th is worked
    ],
)
def test_the_other_terms_of_both_laws(
    country: str, kind: str, changes: dict[str, Any], received: str, until: str
) -> None:
    zone, days = (KYIV, UA) if country == "UA" else (TASHKENT, UZ)
    assert told(model.due(rule(country, kind, **changes), at(received, zone), days), zone) == until


@pytest.mark.parametrize(
    ("problem", "received", "until"),
    [
        ("p1.19", "2026-11-21 14:00", "2026-11-22 14:00:00"),  # a lift: a day by the clock, Sundays too
        ("p1.12", "2026-11-20 23:30", "2026-11-21 01:30:00"),
        ("p1.12", "2026-03-29 02:30", "2026-03-29 05:30:00"),  # an hour is skipped
        ("p1.12", "2026-10-25 02:30", "2026-10-25 03:30:00"),  # an hour comes twice
        ("p1.12", "2028-02-28 23:00", "2028-02-29 01:00:00"),
        ("p1.16", "2026-11-07 10:00", "2026-11-16 23:59:59"),  # seven days end on a Saturday
        ("p1.7", "2026-02-26 10:00", "2026-03-03 23:59:59"),
    ],
)
def test_faults_have_terms_of_their_own(problem: str, received: str, until: str) -> None:
    """A.5, the test data of order 76: the rule of a problem goes before the law's month."""
    found = rule("UA", "application", problem=problem)
    assert not found.verified
    assert told(model.due(found, at(received), UA)) == until


def test_all_faults_of_the_appendix_have_a_term_to_be_verified() -> None:
    of_faults = [each for each in RULES["UA"] if each.problem]
    assert {each.problem for each in of_faults} == {f"p1.{number}" for number in range(1, 20)}
    assert not any(each.verified for each in of_faults)
    verified = {(each.deed, each.variant) for each in RULES["UA"] if each.verified}
    assert verified == {("answer", "usual"), ("answer", "simple"), ("return", "usual")}


def test_under_martial_law_a_public_holiday_is_a_working_day() -> None:
    """1 January 2021 was a day off, 24 August 2026 is not."""
    assert not UA.is_working(date(2021, 1, 1))
    assert UA.is_working(date(2026, 8, 24))
    assert told(model.due(rule("UA", "complaint"), at("2026-07-24 10:00"), UA)) == "2026-08-24 23:59:59"


@pytest.mark.parametrize(
    ("days", "until"),
    [
        ({}, "2026-12-02 23:59:59"),
        ({date(2026, 12, 2): ""}, "2026-12-03 23:59:59"),
        ({date(2026, 12, 2): "", date(2026, 12, 3): "", date(2026, 12, 4): ""}, "2026-12-07 23:59:59"),
        ({date(2026, 12, 2): "", date(2026, 12, 3): "", date(2026, 12, 4): "", date(2026, 12, 5): "9–14"},
         "2026-12-05 23:59:59"),
    ],
)  # fmt: skip
def test_days_of_the_organisation_move_the_last_day(days: dict[date, str], until: str) -> None:
    assert told(model.due(rule("UA", "complaint"), at("2026-11-02 10:00"), calendar("UA", KYIV, days))) == until


def made(amount: int, unit: Unit, **changes: Any) -> Known:
    """A rule of nobody."""
    return Known(**{"amount": amount, "unit": unit, "basis": "x", "valid_from": date(2020, 1, 1)} | changes)


@pytest.mark.parametrize(
    ("received", "amount", "until"),
    [
        ("2026-11-20 10:00", 1, "2026-11-23 23:59:59"),
        ("2026-11-20 10:00", 5, "2026-11-27 23:59:59"),
        ("2026-11-21 10:00", 1, "2026-11-23 23:59:59"),
        ("2028-02-28 10:00", 1, "2028-02-29 23:59:59"),
    ],
)
def test_working_days_count_none_that_are_off(received: str, amount: int, until: str) -> None:
    assert told(model.due(made(amount, Unit.WORKING_DAY), at(received), UA)) == until


def test_hours_may_last_to_the_end_of_a_working_day() -> None:
    """Kyiv's practice."""
    found = made(48, Unit.HOUR, whole_days=True)
    assert told(model.due(found, at("2026-11-19 10:00"), UA)) == "2026-11-23 23:59:59"
    stays = made(48, Unit.HOUR, whole_days=True, moves=False)
    assert told(model.due(stays, at("2026-11-19 10:00"), UA)) == "2026-11-21 23:59:59"


@pytest.mark.parametrize(
    ("country", "kind", "received", "last"),
    [
        ("UA", "complaint", "2026-11-02 10:00", "2026-12-17 23:59:59"),
        ("UA", "complaint", "2028-01-31 10:00", "2028-03-16 23:59:59"),
        ("UA", "complaint", "2026-11-07 10:00", "2026-12-22 23:59:59"),
        ("UZ", "application", "2026-11-02 10:00", "2026-12-17 23:59:59"),
        ("UZ", "suggestion", "2026-12-31 10:00", "2027-03-04 23:59:59"),  # off until 4 January
    ],
)
def test_the_longest_term(country: str, kind: str, received: str, last: str) -> None:
    """45 days in all in Ukraine; in Uzbekistan one month more than the term. It moves to no working day."""
    zone, days = (KYIV, UA) if country == "UA" else (TASHKENT, UZ)
    found = model.latest(rule(country, kind), at(received, zone), days)
    assert found is not None
    assert told(found, zone) == last


@pytest.mark.parametrize(
    ("until", "reason", "why"),
    [
        ("2026-12-10 23:59:59", "перевірка", None),
        ("2026-12-17 23:59:59", "перевірка", None),
        ("2026-12-18 23:59:59", "перевірка", Refusal.BEYOND),
        ("2026-12-10 23:59:59", "  ", Refusal.NO_REASON),
        ("2026-12-02 23:59:59", "перевірка", Refusal.NOT_LATER),
    ],
)
def test_an_extension_keeps_to_the_law(until: str, reason: str, why: Refusal | None) -> None:
    """U-107."""
    due_at = model.due(rule("UA", "complaint"), at("2026-11-02 10:00"), UA)
    last = model.latest(rule("UA", "complaint"), at("2026-11-02 10:00"), UA)
    assert model.fault_of_extension(at(until), due_at, last, reason) is why


def test_a_rule_without_a_maximum_knows_no_extension() -> None:
    now = at("2026-11-02 10:00")
    assert model.latest(rule("UA", "complaint", deed=Deed.FORWARD), now, UA) is None
    assert model.fault_of_extension(now + timedelta(1), now, None, "x") is Refusal.NO_EXTENSION
    assert model.fault_of_extension(now, None, None, "x") is Refusal.NO_TERM


@pytest.mark.parametrize(
    ("until", "reason", "why"),
    [
        ("2026-11-10 23:59:59", "хворію", None),
        ("2026-11-10 23:59:59", "", Refusal.NO_REASON),
        ("2026-12-02 23:59:59", "хворію", Refusal.NOT_SOONER),
        ("2026-11-03 23:59:59", "хворію", Refusal.PAST),
    ],
)
def test_a_shortening_has_a_reason_and_lies_ahead(until: str, reason: str, why: Refusal | None) -> None:
    due_at = model.due(rule("UA", "complaint"), at("2026-11-02 10:00"), UA)
    assert model.fault_of_shortening(at(until), due_at, at("2026-11-04 10:00"), reason) is why


QUARTER = timedelta(hours=18)  # of a day


@pytest.mark.parametrize(
    ("passed", "standing"),
    [
        (timedelta(0), Standing.ON_TIME),
        (QUARTER - timedelta(seconds=1), Standing.ON_TIME),
        (QUARTER, Standing.ATTENTION),
        (timedelta(hours=24), Standing.ATTENTION),
        (timedelta(hours=24, seconds=1), Standing.OVERDUE),
    ],
)
def test_the_last_quarter_asks_for_attention(passed: timedelta, standing: Standing) -> None:
    """U-13: the clock before 75 %, after 75 %, after the term."""
    received = at("2026-11-02 10:00")
    due_at = model.due(made(24, Unit.HOUR, whole_days=False), received, UA)
    assert model.standing(due_at, model.attention(received, due_at), received + passed) is standing
    assert model.standing(None, None, received) is None


@pytest.mark.parametrize(
    ("found", "is_long"),
    [
        (made(1, Unit.MONTH), True),
        (made(29, Unit.DAY, moves=False), False),
        (made(30, Unit.DAY, moves=False), True),
        (made(15, Unit.DAY), False),
        (made(24, Unit.HOUR, whole_days=False), False),
    ],
)
def test_long_control_begins_at_thirty_days_or_a_month(found: Known, is_long: bool) -> None:
    """U-120; February is a month too."""
    received = at("2027-02-01 10:00")
    assert model.is_long(found, received, model.due(found, received, UA), UA) is is_long


@pytest.mark.parametrize(
    ("matter", "amount"),
    [
        (Matter(kind="complaint"), 1),
        (Matter(kind="complaint", topic="water"), 3),
        (Matter(kind="complaint", topic="water", problem="p1"), 4),
        (Matter(kind="application", topic="roads"), 6),
        (Matter(kind="application", topic="roads", variant=Variant.SIMPLE), 7),
        (Matter(kind="suggestion"), 6),
    ],
)
def test_the_most_specific_rule_wins(matter: Matter, amount: int) -> None:
    known = [
        made(1, Unit.DAY, kind="complaint"),
        made(3, Unit.DAY, topic="water"),
        made(4, Unit.DAY, problem="p1"),
        made(5, Unit.DAY),
        made(6, Unit.DAY, valid_from=date(2025, 1, 1)),
        made(7, Unit.DAY, variant=Variant.SIMPLE),
        made(8, Unit.DAY, deed=Deed.RETURN),
        made(9, Unit.DAY, kind="complaint", valid_from=date(2027, 1, 1)),
    ]
    found = model.rule_for(known, matter, date(2026, 11, 2))
    assert found is not None
    assert found.amount == amount
    assert model.rule_for(known, matter, date(2019, 12, 31)) is None


def test_an_organisation_that_never_works_still_has_terms() -> None:
    never = Calendar(zone=KYIV, weeks=(Week(date(2000, 1, 1), ((),) * 7, public_holidays=False),))
    assert told(model.due(made(1, Unit.MONTH), at("2026-11-02 10:00"), never)) == "2026-12-02 23:59:59"
    assert never.opening(datetime(2026, 11, 2, tzinfo=UTC)) == datetime(2026, 11, 2, tzinfo=UTC)
