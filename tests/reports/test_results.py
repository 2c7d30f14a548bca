"""Calls by result: each number is as long as the list of calls that it opens (Z-21)."""

import html
import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from python_calamine import CalamineWorkbook

from calls.model import Fate
from db import EVERY_ORGANISATION, transaction
from reports.appeals.model import Period
from reports.results import panel
from tests.centre import Centre
from tests.client import Client
from tests.reports.autumn import DAY, KYIV, OCTOBER
from tests.reports.test_appeals import ASKED
from tests.reports.test_calls import LAST_MINUTE, SINCE, UNTIL, call
from web.languages import Audience, speaking_to

RESULTS = ("settled", "settled", "explained", "advised", "passed_on", None)


@pytest.fixture
def talks(centre: Centre) -> None:
    """In October two settled, others once; at its borders; a missed one; another organisation's; September's one."""
    noon = datetime(2026, 10, 7, 12, tzinfo=KYIV)
    with transaction(EVERY_ORGANISATION) as session:
        session.add_all(call(centre, noon, Fate.ANSWERED, result=result) for result in RESULTS)
        session.add_all(call(centre, at, Fate.ANSWERED, result="explained") for at in (SINCE, LAST_MINUTE, UNTIL))
        session.add(call(centre, SINCE - timedelta(microseconds=1), Fate.ANSWERED, result="explained"))
        session.add(call(centre, noon, Fate.ABANDONED_IN_QUEUE))
        dtm = centre.organisations["dtm"].id
        session.add(call(centre, noon, Fate.ANSWERED, result="settled", organisation_id=dtm))


@pytest.mark.usefixtures("talks")
def test_each_result_is_as_long_as_its_list(centre: Centre, client: Callable[[str], Client]) -> None:
    khm = centre.organisations["khm"].id
    with transaction(khm) as session, speaking_to(Audience("uk", KYIV)):
        found = panel.page(session, khm, Period(*OCTOBER))
    numbers = {each.code: each.now for each in found.results if each.now}
    assert numbers == {"settled": 2, "explained": 3, "advised": 1, "passed_on": 1, "": 1}
    assert (found.all.now, found.all.before) == (8, 1)
    [explained] = [each for each in found.results if each.code == "explained"]
    assert (explained.growth, explained.share) == (2.0, 3 / 8)
    assert {each.growth for each in found.results if each.code != "explained"} == {None}
    browser = client("mykola")
    page = browser.get(f"/reports/results?{ASKED}").text
    told = {html.unescape(url): int(n) for url, n in re.findall(r'data-figure="([^"]+)">(\d+)<', page)}
    assert len(told) == 8, "five results and their sum, and what there was before"
    for address, number in told.items():
        assert browser.get(f"{address}&rows=200").text.count("<tr data-href") == number, address
    file = browser.get(f"/reports/results.xlsx?{ASKED}").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()[1:]
    assert sum(row[1] for row in rows[:-1]) == rows[-1][1] == 8
    assert OCTOBER[1] + DAY == UNTIL.astimezone(KYIV).date()
