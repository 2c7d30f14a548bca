"""The forecast by hour from history, and Erlang C: its figures are those that others have published."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from calls.tables import CallRow
from db import EVERY_ORGANISATION, transaction
from reports.staffing import erlang
from reports.staffing.erlang import Target
from reports.staffing.model import USUAL_HANDLE, alike, forecast, staffed
from reports.staffing.service import Wish, plan
from staff.queries import organisation
from tests.centre import Centre
from tests.client import Client

KYIV = ZoneInfo("Europe/Kyiv")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

# Call Centre Helper, "Erlang C Formula – Made Simple With an Easy Worked Example": 100 calls in half an hour of three
# minutes each; 14 operators are the first with whom 80 % are answered within 20 s.
PUBLISHED = {14: (0.174, 0.888, 7.8, 0.714)}
# The Erlang-C formula, mathematically, worked example: 360 calls in half an hour of four minutes, 55 operators, 15 s.
MITAN = (0.239, 0.846)


def test_the_worked_example_that_everybody_quotes() -> None:
    handle = 3 * MINUTE
    load = erlang.traffic(100, handle, per=30 * MINUTE)
    assert load == pytest.approx(10)
    for operators, (waits, level, wait, busy) in PUBLISHED.items():
        assert erlang.waits(load, operators) == pytest.approx(waits, abs=0.0005)
        assert erlang.answered_within(load, operators, handle, timedelta(seconds=20)) == pytest.approx(level, abs=5e-4)
        average = erlang.average_wait(load, operators, handle)
        assert average is not None
        assert average.total_seconds() == pytest.approx(wait, abs=0.05)
        assert erlang.occupancy(load, operators) == pytest.approx(busy, abs=0.0005)
    assert erlang.needed(load, handle, Target(0.8, timedelta(seconds=20), 0.85)) == 14
    assert erlang.on_shift(14, 0.3) == 20


def test_the_other_one() -> None:
    load = erlang.traffic(360, 4 * MINUTE, per=30 * MINUTE)
    waits, level = MITAN
    assert load == pytest.approx(48)
    assert erlang.waits(load, 55) == pytest.approx(waits, abs=0.0005)
    assert erlang.answered_within(load, 55, 4 * MINUTE, timedelta(seconds=15)) == pytest.approx(level, abs=0.0005)


def test_the_closed_form_of_few_operators() -> None:
    """M/M/1: who comes waits with the probability of its load; M/M/2 with ρ = a/2: 2ρ²/(1+ρ)."""
    for load in (0.1, 0.5, 0.9):
        assert erlang.waits(load, 1) == pytest.approx(load)
    for load in (0.2, 1.0, 1.8):
        rho = load / 2
        assert erlang.waits(load, 2) == pytest.approx(2 * rho**2 / (1 + rho))


def test_more_operators_never_serve_worse_and_no_number_breaks_it() -> None:
    handle = 4 * MINUTE
    for load in (0.01, 3.3, 47.0, 1500.0):
        levels = [erlang.answered_within(load, n, handle, MINUTE) for n in range(int(load) + 1, int(load) + 40)]
        assert levels == sorted(levels)
        assert all(0 <= level <= 1 for level in levels)
        assert erlang.needed(load, handle, Target()) > load
    assert erlang.needed(0, handle, Target()) == 0
    assert (erlang.waits(5, 5), erlang.answered_within(5, 4, handle, MINUTE)) == (1.0, 0.0)
    assert erlang.average_wait(5, 5, handle) is None
    assert erlang.needed(1e9, handle, Target()) == erlang.MOST


def test_days_of_its_kind_before_a_day() -> None:
    holiday = date(2026, 11, 16)

    def works(day: date) -> bool:
        return day.weekday() < 5 and day != holiday

    today = date(2026, 11, 20)
    mondays = alike(date(2026, 11, 23), {}, date(2026, 1, 1), today, works)
    assert mondays == [date(2026, 11, 9) - 7 * n * DAY for n in range(6)], "the holiday was another kind of day"
    assert alike(date(2026, 11, 23), {}, date(2026, 11, 5), today, works) == [date(2026, 11, 9)]
    assert alike(date(2026, 11, 22), {}, date(2026, 11, 5), today, works) == [date(2026, 11, 15), date(2026, 11, 8)]


def test_later_days_weigh_more_and_quiet_hours_count() -> None:
    days = [date(2026, 11, 16), date(2026, 11, 9)]
    found = forecast(days, {days[0]: {9: 30}, days[1]: {9: 60, 10: 3}})
    assert (found[9], found[10], found[11]) == (40.0, 1.0, 0.0)
    hours = staffed(found, 3 * MINUTE, Target(), away=0.3, times=2)
    assert [(hour.hour, hour.calls) for hour in hours] == [(9, 80.0), (10, 2.0)]
    assert hours[0].level >= 0.8
    assert forecast([], {}) == {}


def call(centre: Centre, at: datetime, *, queue: str = "khm-water", talked: timedelta = 3 * MINUTE) -> CallRow:
    return CallRow(
        id=uuid4(), organisation_id=centre.organisations["khm"].id, node="node1", channel="1.1", source="trunk",
        caller="+380671112233", dialled="1580", language="uk", menu_path=[], queue=queue, state="ended",
        fate="answered", arrived_at=at, queued_at=at, answered_at=at, ended_at=at + talked, waited=timedelta(),
        talked=talked, held=timedelta(), waits=1, transfers=0,
    )  # fmt: skip


@pytest.fixture
def busy_mondays(centre: Centre) -> date:
    """Three Mondays with twelve calls at nine and two at four; the Monday to come."""
    today = datetime.now(KYIV).date()
    coming = today + (7 - today.weekday()) * DAY
    with transaction(EVERY_ORGANISATION) as session:
        for week in (1, 2, 3):
            monday = coming - 7 * week * DAY
            if monday >= today:
                continue
            for hour, count in ((9, 12), (16, 2)):
                at = datetime.combine(monday, time(hour, 59, 59), KYIV)
                session.add_all(call(centre, at) for _ in range(count))
            session.add(call(centre, datetime.combine(monday, time(9), KYIV), queue="khm-heating"))
            lost = call(centre, datetime.combine(monday, time(9), KYIV))
            lost.queued_at = lost.answered_at = None
            session.add(lost)
    return coming


def test_a_coming_day_is_planned_from_the_ledger(centre: Centre, busy_mondays: date) -> None:
    khm = centre.organisations["khm"].id
    with transaction(khm) as session:
        own = organisation(session, khm)
        now = datetime.now(UTC)
        whole = plan(session, own, Wish(day=busy_mondays), now=now)
        water = plan(session, own, Wish(day=busy_mondays, queue="khm-water"), now=now)
        sunday = plan(session, own, Wish(day=busy_mondays - DAY), now=now)
    assert [(hour.hour, hour.calls) for hour in whole.hours] == [(9, 13.0), (16, 2.0)]
    assert [(hour.hour, hour.calls) for hour in water.hours] == [(9, 12.0), (16, 2.0)]
    assert (water.handle, water.measured) == (3 * MINUTE, True)
    assert sunday.hours == []
    with transaction(centre.organisations["dtm"].id) as session:
        dtm = organisation(session, centre.organisations["dtm"].id)
        nothing = plan(session, dtm, Wish(day=busy_mondays), now=now)
    assert (nothing.hours, nothing.handle, nothing.measured) == ([], USUAL_HANDLE, False)


def test_the_page_reckons_what_is_asked_and_tells_what_cannot_be(
    client: Callable[[str], Client], busy_mondays: date
) -> None:
    browser = client("iryna")
    page = browser.get(f"/reports/staffing?day={busy_mondays}&times=10").text
    assert "09–10" in page
    assert "130" in page
    assert browser.get("/reports/staffing").status_code == 200
    refused = browser.get("/reports/staffing?share=120")
    assert refused.status_code == 422
    assert client("olena").get("/reports/staffing").status_code == 403
