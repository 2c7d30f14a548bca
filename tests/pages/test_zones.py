"""One moment, two organisations: each sees it in its own zone, and a day is from its own midnight to the next.

In Kyiv the 25th of October 2026 has 25 hours (at 4:00 it is 3:00 again), the 29th of March has 23; in Tashkent a day
always has 24.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from appeals.tables import Appeal
from db import EVERY_ORGANISATION, transaction
from tests.appeals.cards import written
from tests.centre import Centre
from tests.client import Client
from tests.pages.a_call import answered_call
from web import periods
from web.languages import Audience, speaking_to

Browser = Callable[[str], Client]

SUPERVISORS = {"khm": "iryna", "dtm": "dilnoza"}
OPERATORS = {"khm": "olena", "dtm": "bobur"}


def utc(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "kyiv", "tashkent"),
    [
        ("2026-10-25 00:30", "2026-10-25T03:30:00+03:00", "2026-10-25T05:30:00+05:00"),
        ("2026-10-25 01:30", "2026-10-25T03:30:00+02:00", "2026-10-25T06:30:00+05:00"),
        ("2026-10-24 20:59", "2026-10-24T23:59:00+03:00", "2026-10-25T01:59:00+05:00"),
        ("2026-10-25 21:59", "2026-10-25T23:59:00+02:00", "2026-10-26T02:59:00+05:00"),
        ("2026-03-29 00:59", "2026-03-29T02:59:00+02:00", "2026-03-29T05:59:00+05:00"),
        ("2026-03-29 01:00", "2026-03-29T04:00:00+03:00", "2026-03-29T06:00:00+05:00"),
    ],
)
def test_the_same_call_is_shown_at_each_organisations_time(
    client: Browser, centre: Centre, moment: str, kyiv: str, tashkent: str
):
    for code, local in (("khm", kyiv), ("dtm", tashkent)):
        call = answered_call(centre.people[OPERATORS[code]], at=utc(moment))
        browser = client(SUPERVISORS[code])
        browser.post("/language", data={"language": "en"})
        there = datetime.fromisoformat(local)
        assert f'<time datetime="{local}"' in browser.get("/calls").text
        for url in ("/calls", f"/calls/{call}"):
            page = browser.get(url).text
            assert f"{there.day} {there:%b} {there.year}, {there:%H:%M}".replace(" Sep", " Sept") in _english(page), url


def _english(page: str) -> str:
    """Dates as "25 Oct 2026, 03:30", whichever order English has here."""
    return re.sub(r"([A-Z][a-z]{2}) (\d{1,2}), (\d{4})", r"\2 \1 \3", page)


DAYS = [
    ("khm", "2026-10-25", "2026-10-24 21:00", "2026-10-25 22:00"),
    ("khm", "2026-03-29", "2026-03-28 22:00", "2026-03-29 21:00"),
    ("khm", "2026-11-21", "2026-11-20 22:00", "2026-11-21 22:00"),
    ("dtm", "2026-10-25", "2026-10-24 19:00", "2026-10-25 19:00"),
    ("dtm", "2026-03-29", "2026-03-28 19:00", "2026-03-29 19:00"),
]


def around(begins: str, ends: str) -> dict[datetime, bool]:
    """Moments at the edges of a day, and whether they belong to it."""
    minute = timedelta(minutes=1)
    return {utc(begins) - minute: False, utc(begins): True, utc(ends) - minute: True, utc(ends): False}


@pytest.mark.parametrize("local_day", DAYS, ids=" ".join)
def test_calls_of_a_day_are_those_from_its_midnight_to_the_next(
    client: Browser, centre: Centre, local_day: tuple[str, str, str, str]
):
    code, day, begins, ends = local_day
    operator = centre.people[OPERATORS[code]]
    calls = {answered_call(operator, at=at): belongs for at, belongs in around(begins, ends).items()}
    page = client(SUPERVISORS[code]).get("/calls", params={"since": day, "until": day}).text
    assert {call: str(call) in page for call in calls} == calls


@pytest.mark.parametrize("local_day", DAYS, ids=" ".join)
def test_appeals_of_a_day_are_those_from_its_midnight_to_the_next(
    client: Browser, centre: Centre, local_day: tuple[str, str, str, str]
):
    code, day, begins, ends = local_day
    operator = centre.people[OPERATORS[code]]
    appeals = {}
    for number, (at, belongs) in enumerate(around(begins, ends).items()):
        appeals[written(operator, f"Applicant{number}", "Nobody answers")] = belongs
        with transaction(EVERY_ORGANISATION) as session:
            session.execute(update(Appeal).where(Appeal.number == list(appeals)[-1]).values(registered_at=at))
    page = client(SUPERVISORS[code]).get("/appeals", params={"since": day, "until": day}).text
    assert {number: number in page for number in appeals} == appeals


@pytest.mark.parametrize(
    ("written", "begins", "ends"),
    [
        ("2026-10-25", "2026-10-24 21:00", "2026-10-25 22:00"),
        ("2026-10-25T14:30", "2026-10-25 12:30", "2026-10-25 12:31"),
        ("2026-07-01T23:59", "2026-07-01 20:59", "2026-07-01 21:00"),
    ],
)
def test_a_day_or_a_minute_of_an_address_is_the_organisations(written: str, begins: str, ends: str):
    with speaking_to(Audience(zone=ZoneInfo("Europe/Kyiv"))):
        assert periods.beginning(written) == utc(begins)
        assert periods.end(written) == utc(ends)


@pytest.mark.parametrize("written", ["", "2026-02-30", "2026-13-01", "yesterday", "9" * 10, "2026-11-21T25:00"])
def test_nonsense_is_no_day(written: str):
    assert periods.beginning(written) is None
    assert periods.end(written) is None


def test_the_last_day_there_is_has_no_end():
    assert periods.beginning("9999-12-31") is not None
    assert periods.end("9999-12-31") is None
