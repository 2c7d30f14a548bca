"""Hours in which callers are led to a roster and nobody is on duty."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from ivr.demonstration import KHM
from ivr.gaps import uncovered
from ivr.model import Closed, Duty, Menus, OpeningHours, Roster, Span, ToDuty
from staff.hours import span_of

KYIV = "Europe/Kyiv"
MONDAY = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo(KYIV))
OFFICE = OpeningHours(weekly=((Span(time(8), time(18)),),) * 5 + ((),) * 2, public_holidays=False)
WEEKDAYS, WEEKEND = (0, 1, 2, 3, 4), (5, 6)
NIGHTS = Duty(queue="general", during=span_of("18:00–08:00"))
DAYS_OFF = Duty(queue="general", weekdays=WEEKEND)


def menus(*duties: Duty, hours: OpeningHours = OFFICE, used: bool = True) -> Menus:
    closed = Closed(then=ToDuty("night")) if used else Closed()
    return replace(KHM, hours=hours, rosters=(Roster(name="night", duties=duties),), closed=closed)


def gaps(found: Menus, *, at: datetime = MONDAY, days: int = 14) -> list[tuple[str, str]]:
    """From when until when nobody is on duty, in local time."""
    gone = uncovered(found, at=at, zone=KYIV, country="UA", ahead=timedelta(days=days))
    return [(f"{gap.since:%m-%d %H:%M}", f"{gap.until:%m-%d %H:%M}" if gap.until else "…") for gap in gone]


def test_nights_and_days_off_cover_all_hours() -> None:
    assert gaps(menus(NIGHTS, DAYS_OFF)) == []


def test_a_roster_for_nights_alone_leaves_the_days_off_open() -> None:
    assert gaps(menus(NIGHTS), days=7) == [("11-28 08:00", "11-28 18:00"), ("11-29 08:00", "11-29 18:00")]


def test_opening_hours_need_nobody_on_duty() -> None:
    assert gaps(menus(), days=1) == [("11-23 18:00", "11-24 08:00")]
    closed_now = MONDAY.replace(hour=20)
    assert gaps(menus(), at=closed_now, days=1)[0] == ("11-23 20:00", "11-24 08:00"), "it lasts already"


def test_a_gap_that_does_not_end_says_so() -> None:
    always_shut = OpeningHours(weekly=((),) * 7, public_holidays=False)
    assert gaps(menus(hours=always_shut)) == [("11-23 12:00", "…")]


def test_a_roster_nobody_is_led_to_has_no_gaps() -> None:
    assert gaps(menus(used=False)) == []


def test_a_day_off_by_the_calendar_is_a_gap() -> None:
    closed = replace(OFFICE, closed={date(2026, 11, 25): "Ремонт"})
    assert ("11-25 08:00", "11-25 18:00") in gaps(menus(NIGHTS, DAYS_OFF, hours=closed))


@pytest.mark.parametrize(
    ("staffed", "expected"), [(True, ("11-24 08:00", "11-24 18:00")), (False, ("11-23 12:00", "…"))]
)
def test_a_key_needs_somebody_while_its_menu_is_open(staffed: bool, expected: tuple[str, str]) -> None:
    found = menus(used=False)
    topics = found.menu("topics")
    keyed = replace(topics, staffed=staffed, choices={**topics.choices, "7": ToDuty("night")})
    found = replace(found, menus=tuple(keyed if menu.name == "topics" else menu for menu in found.menus))
    assert expected in gaps(found, days=2)


def test_the_night_of_the_changed_clock_is_covered() -> None:
    before = datetime(2026, 10, 23, 12, tzinfo=ZoneInfo(KYIV))
    assert gaps(menus(NIGHTS, DAYS_OFF), at=before, days=7) == []
