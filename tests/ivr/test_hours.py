"""Opening hours over nights, holidays, moved days and the clock's jumps."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from ivr.hours import shut
from ivr.model import OpeningHours, Span

KYIV, TASHKENT = "Europe/Kyiv", "Asia/Tashkent"
OFFICE = OpeningHours(weekly=(*((Span(time(8), time(12)), Span(time(13), time(17))),) * 5, (), ()))


def at(text: str, zone: str = KYIV) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def reason(moment: str, hours: OpeningHours = OFFICE, zone: str = KYIV, country: str = "UA") -> str | None:
    found = shut(hours, at(moment, zone), zone, country)
    return found.reason if found else None


def opens(moment: str, hours: OpeningHours = OFFICE, zone: str = KYIV, country: str = "UA") -> str:
    found = shut(hours, at(moment, zone), zone, country)
    assert found is not None
    assert found.opens_at is not None
    return found.opens_at.isoformat()


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23T08:00:00", None),
        ("2026-11-23T07:59:59", "night"),
        ("2026-11-23T11:59:59", None),
        ("2026-11-23T12:00:00", "night"),
        ("2026-11-23T13:00:00", None),
        ("2026-11-23T17:00:00", "night"),
        ("2026-11-22T10:00:00", "weekend"),
    ],
)
def test_edges_of_the_day(moment: str, expected: str | None) -> None:
    assert reason(moment) == expected


def test_uzbek_holidays_are_closed_and_moved_days_are_not() -> None:
    assert reason("2026-03-21T10:00:00", zone=TASHKENT, country="UZ") == "holiday:2026-03-21"  # Navroʻz
    assert reason("2026-09-01T10:00:00", zone=TASHKENT, country="UZ") == "holiday:2026-09-01"
    moved = replace(OFFICE, special={date(2026, 9, 1): OFFICE.weekly[0]})
    assert reason("2026-09-01T10:00:00", moved, TASHKENT, "UZ") is None
    always = replace(OFFICE, public_holidays=False)
    assert reason("2026-09-01T10:00:00", always, TASHKENT, "UZ") is None


def test_ukrainian_holidays_are_working_days_under_martial_law_unless_the_organisation_says_otherwise() -> None:
    assert reason("2026-08-24T10:00:00") is None
    own = replace(OFFICE, closed={date(2026, 8, 24): "Independence Day"})
    assert reason("2026-08-24T10:00:00", own) == "holiday:2026-08-24"
    assert reason("2021-08-24T10:00:00") == "holiday:2021-08-24"


def test_a_moved_saturday_and_a_short_day() -> None:
    moved = replace(OFFICE, special={date(2026, 11, 28): (Span(time(9), time(14)),), date(2026, 11, 27): ()})
    assert reason("2026-11-28T09:30:00", moved) is None
    assert reason("2026-11-28T14:30:00", moved) == "night"
    assert reason("2026-11-27T10:00:00", moved) == "weekend"
    assert opens("2026-11-26T18:00:00", moved) == "2026-11-28T09:00:00+02:00"


def test_the_next_opening_skips_nights_weekends_and_holidays() -> None:
    assert opens("2026-11-23T12:30:00") == "2026-11-23T13:00:00+02:00"
    assert opens("2026-11-20T18:00:00") == "2026-11-23T08:00:00+02:00"
    assert opens("2026-12-30T18:00:00", zone=TASHKENT, country="UZ") == "2027-01-04T08:00:00+05:00"
    never = OpeningHours(weekly=((),) * 7)
    found = shut(never, at("2026-11-23T10:00:00"), KYIV, "UA")
    assert found is not None
    assert found.opens_at is None


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        (datetime(2026, 3, 28, 6, 0, tzinfo=UTC), True),  # 08:00 in winter
        (datetime(2026, 3, 29, 5, 0, tzinfo=UTC), True),  # 08:00 after the clock went forward
        (datetime(2026, 3, 29, 4, 59, tzinfo=UTC), False),
        (datetime(2026, 10, 25, 5, 59, tzinfo=UTC), False),  # 07:59 after the clock went back
        (datetime(2026, 10, 25, 6, 0, tzinfo=UTC), True),
    ],
)
def test_the_clock_changes_in_kyiv(moment: datetime, open_: bool) -> None:
    daily = OpeningHours(weekly=((Span(time(8), time(17)),),) * 7)
    assert (shut(daily, moment, KYIV, "UA") is None) is open_


def test_the_hour_that_happens_twice_is_open_twice() -> None:
    night = OpeningHours(weekly=((Span(time(3), time(4)),),) * 7)
    assert shut(night, datetime(2026, 10, 25, 0, 30, tzinfo=UTC), KYIV, "UA") is None
    assert shut(night, datetime(2026, 10, 25, 1, 30, tzinfo=UTC), KYIV, "UA") is None
    assert shut(night, datetime(2026, 10, 25, 2, 30, tzinfo=UTC), KYIV, "UA") is not None


def test_round_the_clock_has_no_gap_at_midnight() -> None:
    always = OpeningHours(weekly=((Span(time(0), time(0)),),) * 7, public_holidays=False)
    for moment in ("2026-11-23T00:00:00", "2026-11-23T23:59:59", "2026-12-31T23:59:59", "2028-02-29T12:00:00"):
        assert reason(moment, always) is None
