"""Calls of a month: every one in exactly one class, sums as in the records, calls made again by both readings."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from acd.callbacks.tables import CallbackAttempt, OwedCall
from acd.tables import WrapUp
from calls.model import Direction, Fate
from calls.tables import CallRow
from db import EVERY_ORGANISATION, transaction
from reports.calls import queries
from reports.calls.model import MISSED, together
from staff.tables import Person
from tests.centre import Centre
from tests.client import Client

KYIV = ZoneInfo("Europe/Kyiv")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NOTHING = timedelta()
FIRST = date(2026, 10, 1)  # a month of 31 days, one of them of 25 hours
SINCE, UNTIL = (datetime.combine(day, time(), KYIV).astimezone(UTC) for day in (FIRST, date(2026, 11, 1)))
LAST_MINUTE = datetime(2026, 10, 31, 23, 59, 59, tzinfo=KYIV)  # the talk is in November
OCTOBER = "/reports/calls?month=2026-10"


def call(centre: Centre, at: datetime, fate: Fate | None, **more: object) -> CallRow:
    ended = {"state": "ended", "ended_at": at + MINUTE} if fate else {"state": "queued", "ended_at": None}
    given = {
        "organisation_id": centre.organisations["khm"].id, "caller": "+380671112233", "topic": "water",
        "talked": NOTHING, "held": NOTHING, "direction": Direction.IN, **ended, **more,
    }  # fmt: skip
    return CallRow(
        id=uuid4(), node="node1", channel="1.1", source="trunk", dialled="1580", language="uk", menu_path=[],
        fate=fate, arrived_at=at, waited=NOTHING, waits=0, transfers=0, **given,
    )  # fmt: skip


@pytest.fixture
def october(centre: Centre) -> None:
    """One call of each end and one that is on; two callbacks; a number that calls on the 3rd, 5th, 12th and 25th."""
    khm = centre.organisations["khm"].id
    with transaction(EVERY_ORGANISATION) as session:
        olena = session.scalars(select(Person.id).where(Person.login == "olena")).one()
        noon = datetime(2026, 10, 7, 12, tzinfo=KYIV)
        alone = {"caller": ""}
        talk = call(centre, LAST_MINUTE, Fate.ANSWERED, talked=5 * MINUTE, held=MINUTE, **alone)
        session.add_all([talk, *(call(centre, noon, fate, **alone) for fate in (Fate.SELF_SERVICE, *MISSED, None))])
        session.add(call(centre, SINCE - MINUTE, Fate.ANSWERED, talked=MINUTE, **alone))
        session.add(call(centre, UNTIL, Fate.ANSWERED, talked=MINUTE, **alone))
        dtm = {"organisation_id": centre.organisations["dtm"].id}
        session.add(call(centre, noon, Fate.ANSWERED, talked=MINUTE, **dtm))
        after = {"result": "settled", "started_at": LAST_MINUTE, "due_at": LAST_MINUTE + 2 * MINUTE}
        for length in (MINUTE, DAY):  # whoever leaves one behind has not worked on it for a day
            given = {"call": talk.id, "person_id": olena, "finished_at": LAST_MINUTE + length}
            session.add(WrapUp(organisation_id=khm, **given, **after))
        for day in (3, 5, 12, 25):
            session.add(call(centre, datetime(2026, 10, day, 9, tzinfo=KYIV), Fate.ANSWERED))
        session.add(call(centre, datetime(2026, 10, 5, 10, tzinfo=KYIV), Fate.ANSWERED, topic="heating"))
        out = [call(centre, noon, fate, direction=Direction.OUT, talked=spoken) for fate, spoken in (
            (Fate.ANSWERED, MINUTE), (Fate.NOT_REACHED, NOTHING), (Fate.ANSWERED, 3 * MINUTE),
        )]  # fmt: skip
        session.add_all(out)
        session.flush()
        for number, (placed, outcome) in enumerate(((out[0], "answered"), (out[1], "no_answer"))):
            whose = {"organisation_id": khm, "person_id": olena}
            owed = OwedCall(
                **whose, number=f"+38067111223{number}", queue="khm-water", reason="gave_up", state="called_back",
                language="uk", topic=None, missed=1, first_missed_at=noon, last_missed_at=noon, place_at=noon,
                due_at=noon, deadline_at=noon, closed_at=noon,
            )  # fmt: skip
            session.add(owed)
            session.flush()
            made = {"asked_at": noon, "seen_at": noon, "ended_at": noon, "call": placed.id, "outcome": outcome}
            session.add(CallbackAttempt(**whose, owed_call_id=owed.id, **made))


@pytest.mark.usefixtures("october")
def test_every_call_is_in_one_class_and_the_sums_are_those_of_the_records(centre: Centre) -> None:
    with transaction(centre.organisations["khm"].id) as session:
        days = queries.received(session, KYIV, SINCE, UNTIL)
        rows = session.scalars(select(CallRow).where(CallRow.arrived_at >= SINCE, CallRow.arrived_at < UNTIL)).all()
    came_in = [row for row in rows if row.direction == Direction.IN]
    found = together(days.values())
    assert found.number == len(came_in) == found.answered + found.settled + found.missed + found.now_on
    for fate in (Fate.ANSWERED, Fate.SELF_SERVICE, *MISSED):
        assert found.fates[fate] == len([row for row in came_in if row.fate == fate]), fate
    assert (found.settled, found.missed, found.now_on) == (1, len(MISSED), 1)
    assert found.talked == sum((row.talked for row in came_in), NOTHING) == 5 * MINUTE
    assert (found.held, found.after) == (MINUTE, 3 * MINUTE)
    assert days[date(2026, 10, 31)].talked == 5 * MINUTE, "the day is that of the arrival, by the city's clocks"
    assert days[date(2026, 10, 7)].number == 2 + len(MISSED)


@pytest.mark.usefixtures("october")
def test_calls_made_again_are_counted_by_both_readings(centre: Centre) -> None:
    with transaction(centre.organisations["khm"].id) as session:
        made = queries.made(session, SINCE, UNTIL)
        again = {days: queries.repeated(session, SINCE, UNTIL, within=days * DAY) for days in (1, 7, 30)}
        later = queries.repeated(session, SINCE + 10 * DAY, UNTIL, within=7 * DAY)
    assert (made.number, made.reached, made.talked) == (3, 2, 4 * MINUTE)
    assert (made.callbacks, made.called_back) == (2, 1)
    assert {days: found.number for days, found in again.items()} == {1: 0, 7: 2, 30: 3}
    assert {found.callers for found in again.values()} == {0, 1}
    assert later.number == 1, "what was before the month makes a call in it a repeated one"


@pytest.mark.usefixtures("october")
def test_the_page_and_the_excel_file_say_the_same(client: Callable[[str], Client]) -> None:
    browser = client("mykola")
    page = browser.get(f"{OCTOBER}&within=30").text
    for name, figure in (("received", "14"), ("answered", "6"), ("missed", "6"), ("callbacks", "2"), ("repeated", "3")):
        assert f'data-figure="{name}">{figure}<' in page, name
    assert browser.get(f"{OCTOBER}&within=0").status_code == 422
    assert browser.get("/reports/calls?month=2020-01").status_code == 200
    answer = browser.get(OCTOBER.replace("calls?", "calls.xlsx?"))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert sum(row[1] for row in rows[1:]) == 14
    assert sum(sum(row[2:11]) for row in rows[1:]) == 14, "each call in one column"
    assert client("olena").get(OCTOBER).status_code == 403
