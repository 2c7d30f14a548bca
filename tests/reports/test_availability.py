"""Availability by the month: what the monitor saw, counted in working hours only, with the outages in them."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from appeals.terms.calendar import Calendar
from db import EVERY_ORGANISATION, transaction
from reports.availability import service
from reports.availability.model import Sign, availability, clipped, month_of, next_month
from reports.availability.tables import PartSpan
from run import parts
from run.parts import Part
from run.troubles import _log
from staff.tables import Organisation
from tests.centre import Centre
from tests.client import Client

KYIV = ZoneInfo("Europe/Kyiv")
MONDAY = datetime(2026, 10, 5, 9, tzinfo=KYIV)  # five working days of nine hours, 9 to 18
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def look(session: Session, at: datetime, **signs: Sign) -> None:
    service.note(session, signs, at)


def watch(session: Session, since: datetime, until: datetime, **signs: Sign) -> None:
    """The monitor looks four times a minute."""
    while since <= until:
        look(session, since, **signs)
        since += 15 * SECOND


def spans(session: Session) -> list[tuple[str, timedelta, timedelta]]:
    """What was kept of the one part, counted from Monday's opening."""
    rows = session.scalars(select(PartSpan).order_by(PartSpan.since))
    return [(row.sign, row.since - MONDAY, row.until - MONDAY) for row in rows]


def test_a_span_grows_with_each_look_and_an_outage_reaches_from_look_to_look(session: Session) -> None:
    watch(session, MONDAY, MONDAY + HOUR, web=Sign.THERE)
    watch(session, MONDAY + HOUR + 15 * SECOND, MONDAY + HOUR + 60 * SECOND, web=Sign.AWAY)
    watch(session, MONDAY + HOUR + 75 * SECOND, MONDAY + 2 * HOUR, web=Sign.THERE)
    assert spans(session) == [
        ("there", timedelta(), HOUR),
        ("away", HOUR, HOUR + 75 * SECOND),
        ("there", HOUR + 75 * SECOND, 2 * HOUR),
    ]


def test_while_nobody_looked_nothing_is_known(session: Session) -> None:
    watch(session, MONDAY, MONDAY + HOUR, web=Sign.THERE)
    watch(session, MONDAY + 2 * HOUR, MONDAY + 3 * HOUR, web=Sign.THERE)
    assert [each[0] for each in spans(session)] == ["there", "there"]
    found = availability("web", session.scalars(select(PartSpan)).all(), [(MONDAY, MONDAY + 3 * HOUR)])
    assert (found.share, found.watched, found.unwatched) == (1.0, 2 * HOUR, HOUR)


def test_a_clock_that_was_set_back_spoils_nothing(session: Session) -> None:
    watch(session, MONDAY, MONDAY + HOUR, web=Sign.THERE)
    look(session, MONDAY, web=Sign.AWAY)
    assert spans(session) == [("there", timedelta(), HOUR)]


def test_a_month_counts_working_hours_only_and_lists_what_was_away_in_them(session: Session, khm: Organisation) -> None:
    """U-24: half an hour of 45 working hours of a week; what was away at night is nobody's outage."""
    away = [(MONDAY + HOUR, MONDAY + 1.5 * HOUR), (MONDAY + 12 * HOUR, MONDAY + 14 * HOUR)]
    whole = [(MONDAY - 9 * HOUR, away[0][0]), (away[0][1], away[1][0]), (away[1][1], MONDAY + 120 * HOUR)]
    session.add_all(PartSpan(name="web", since=a, until=b, sign=Sign.THERE) for a, b in whole)
    session.add_all(PartSpan(name="web", since=a, until=b, sign=Sign.AWAY) for a, b in away)
    session.add(PartSpan(name="bot", since=MONDAY, until=MONDAY + HOUR, sign=Sign.NOT_KNOWN))
    session.flush()
    bot, web = service.of_month(session, khm, date(2026, 10, 1), MONDAY + 105 * HOUR)  # Friday, 18:00
    assert (bot.share, bot.watched) == (None, timedelta())
    assert web.working == 63 * HOUR, "Thursday and Friday before were worked, and not watched"
    assert (web.watched, web.away) == (45 * HOUR, HOUR / 2)
    assert web.share == pytest.approx(1 - 0.5 / 45)
    [outage] = web.outages
    assert (outage.since, outage.until, outage.worked) == (*away[0], HOUR / 2)


def test_working_hours_follow_the_calendar_through_the_change_of_clocks() -> None:
    windows = service.working(Calendar(zone=KYIV), date(2026, 10, 1))
    assert len(windows) == 22
    assert {end - begin for begin, end in windows} == {9 * HOUR}
    assert windows[-1][0] == datetime(2026, 10, 30, 7, tzinfo=UTC), "winter time"
    assert clipped(windows, windows[0][0] + HOUR) == [(windows[0][0], windows[0][0] + HOUR)]


@pytest.mark.parametrize(
    ("written", "first"),
    [("2026-10", date(2026, 10, 1)), ("", date(2026, 11, 1)), ("x", date(2026, 11, 1)), ("2027-01", date(2026, 11, 1))],
)
def test_the_month_that_an_address_names(written: str, first: date) -> None:
    assert month_of(written, date(2026, 11, 23)) == first
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)


def test_one_of_two_processes_is_enough_to_be_there(centre: Centre) -> None:
    now = datetime.now(UTC)
    seen = [
        Part(name="web", sign=parts.Sign.ILL, there=1, wanted=2),
        Part(name="agi", sign=parts.Sign.ILL, there=0, wanted=1),
        Part(name="bot", sign=parts.Sign.NOT_KNOWN, wanted=1),
        Part(name="Redis", sign=parts.Sign.WELL),
    ]
    _log(seen, now)
    with transaction(EVERY_ORGANISATION) as session:
        found = {row.name: row.sign for row in session.scalars(select(PartSpan))}
    assert found == {"web": "there", "agi": "away", "bot": "not_known", "Redis": "there"}


def test_the_page_and_the_excel_file_say_the_same(client: Callable[[str], Client], centre: Centre) -> None:
    here = datetime.now(KYIV)
    first = here.date().replace(day=1)
    past = (first - timedelta(days=1)).replace(day=1)  # a whole month
    day = next(past + timedelta(days=n) for n in range(20) if (past + timedelta(days=n)).weekday() == 2)
    noon = datetime.combine(day, time(12), KYIV)
    with transaction(EVERY_ORGANISATION) as session:
        session.add(PartSpan(name="web", since=noon - HOUR, until=noon, sign=Sign.THERE))
        session.add(PartSpan(name="web", since=noon, until=noon + 90 * SECOND, sign=Sign.AWAY))
        session.add(PartSpan(name="web", since=noon + 90 * SECOND, until=noon + HOUR, sign=Sign.THERE))
    month = f"{past:%Y-%m}"
    browser = client("mykola")
    page = browser.get(f"/reports/availability?month={month}").text
    assert "98,750" in page
    assert "1:30" in page
    answer = browser.get(f"/reports/availability.xlsx?month={month}")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    figures, outages = (book.get_sheet_by_index(each).to_python() for each in (0, 1))
    assert figures[1][0] == "web"
    assert figures[1][2] == pytest.approx(0.9875)
    assert len(outages) == 2
    assert outages[1][1] == noon.replace(tzinfo=None)
    assert client("olena").get("/reports/availability").status_code == 403
