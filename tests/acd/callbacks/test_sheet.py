"""The Excel file of owed calls, read back: the rows of the page's filters, in the reader's words and clock."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, text

from acd.callbacks import queries, service
from acd.callbacks.tables import OwedCall
from db import EVERY_ORGANISATION, transaction
from staff.tables import Audit
from tests.centre import Centre
from tests.client import Client
from tests.pages.belongings.calls import owed_call

FIRST, SECOND, AGENCYS = "+380671110001", "+380671110002", "+998901110003"
FORMULA = '=HYPERLINK("http://evil.example","x")'


@pytest.fixture
def owed(centre: Centre) -> dict[str, int]:
    """Two of the city, one of them closed with a note, and one of the agency; by number."""
    with transaction(EVERY_ORGANISATION) as session:
        made = {number: owed_call(session, centre.people["olena"], number).id for number in (FIRST, SECOND)}
        made[AGENCYS] = owed_call(session, centre.people["anna"], AGENCYS).id
        service.settle(session, centre.people["iryna"], made[SECOND], FORMULA)
    return made


def taken(client: Client, address: str = "/callbacks.xlsx") -> list[list[Any]]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert "spreadsheetml" in answer.headers["content-type"]
    return CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()


def test_it_holds_what_the_filters_choose(client: Callable[[str], Client], owed: dict[str, int]):
    iryna = client("iryna")
    head, *rows = taken(iryna)
    assert head[:3] == ["Номер", "Стан", "Чому не додзвонилися"]
    assert [row[0] for row in rows] == [FIRST]
    assert {row[0] for row in taken(iryna, "/callbacks.xlsx?state=all")[1:]} == {FIRST, SECOND}
    assert [row[0] for row in taken(iryna, "/callbacks.xlsx?state=all&q=0002")[1:]] == [SECOND]
    assert len(taken(iryna, "/callbacks.xlsx?reason=refused")) == 1


def test_moments_are_of_the_organisations_clock_and_texts_are_texts(
    client: Callable[[str], Client], owed: dict[str, int]
):
    (_, row) = taken(client("iryna"), "/callbacks.xlsx?state=closed")
    with transaction(EVERY_ORGANISATION) as session:
        closed = queries.get(session, owed[SECOND]).closed_at
    assert closed is not None
    assert row[13] == FORMULA
    assert isinstance(row[12], datetime)
    assert abs((row[12] - closed.astimezone(ZoneInfo("Europe/Kyiv")).replace(tzinfo=None)).total_seconds()) < 1
    assert (row[1], row[7], row[8]) == ("передзвонили", 1, 0)


def test_more_rows_than_the_page_shows_are_in_it(client: Callable[[str], Client], owed: dict[str, int], centre: Centre):
    with transaction(EVERY_ORGANISATION) as session:
        for last in range(queries.PAGE + 5):
            owed_call(session, centre.people["olena"], f"+38067222{last:04}")
        assert len(session.scalars(select(OwedCall.id)).all()) > queries.PAGE
    assert len(taken(client("iryna"))) == 1 + 1 + queries.PAGE + 5


def test_a_list_longer_than_a_statement_has_places_is_taken_whole(
    client: Callable[[str], Client], owed: dict[str, int]
):
    rows = 66_000  # a statement binds 65 535 values at most
    with transaction(EVERY_ORGANISATION) as session:
        wanted = {"like": owed[FIRST], "rows": rows}
        session.execute(text(_MANY), wanted)
        session.execute(text(_TRIED), {"like": owed[FIRST]})
    told = taken(client("iryna"))
    assert len(told) == 1 + 1 + rows
    assert {row[0]: row[9] for row in told[1:]}[FIRST] == "не відповіли"


_MANY = """
INSERT INTO owed_call (
    organisation_id, number, queue, reason, language, missed, first_missed_at, last_missed_at, place_at, due_at,
    deadline_at
)
SELECT
    organisation_id, number || '-' || each, queue, reason, language, missed, first_missed_at, last_missed_at, place_at,
    due_at, deadline_at
FROM owed_call, generate_series(1, :rows) AS each WHERE id = :like
"""
_TRIED = """
INSERT INTO callback_attempt (organisation_id, owed_call_id, person_id, asked_at, seen_at, outcome, ended_at)
SELECT owed_call.organisation_id, owed_call.id, person.id, now() - ago, now(), outcome, now()
FROM owed_call, person, (VALUES ('1 hour'::interval, 'busy'), ('1 minute', 'no_answer')) AS tried (ago, outcome)
WHERE owed_call.id = :like AND person.login = 'olena'
"""


def test_who_takes_it_along_has_the_right_and_is_written_down(client: Callable[[str], Client], owed: dict[str, int]):
    assert client("olena").get("/callbacks.xlsx").status_code == 403
    assert "/callbacks.xlsx" not in client("olena").get("/callbacks").text
    assert 'href="/callbacks.xlsx?reason=gave_up"' in client("mykola").get("/callbacks?reason=gave_up").text
    taken(client("mykola"), "/callbacks.xlsx?reason=gave_up")
    with transaction(EVERY_ORGANISATION) as session:
        said = session.scalars(select(Audit).where(Audit.deed == "callbacks.exported")).one()
    assert said.details == {"rows": "1", "reason": "gave_up"}
