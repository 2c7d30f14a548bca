"""Appeals by channel: each as counted by hand beside the period before, each number its list (U-129)."""

import io
from collections.abc import Callable
from datetime import date

from python_calamine import CalamineWorkbook

from appeals.model import Source
from db import transaction
from reports.appeals.model import Period
from reports.sources import panel
from tests.centre import Centre
from tests.client import Client
from tests.reports.autumn import OCTOBER, SEPTEMBER, Autumn, within
from tests.reports.test_appeals import ASKED, asker_of, by_hand, length_of, opened, same


def test_each_channel_has_as_many_as_counted_by_hand_and_opens_them(
    centre: Centre, autumn: Autumn, client: Callable[[str], Client]
) -> None:
    asker = asker_of(centre)
    with transaction(asker.organisation) as session:
        found = panel.page(session, asker, Period(*OCTOBER))
        assert [each.code for each in found.channels] == list(Source), "also one by which nothing came"
        for each in found.channels:
            theirs = [fact for fact in autumn.facts if fact.source == each.code]
            earlier = [fact for fact in theirs if within(fact.registered, SEPTEMBER) and not fact.cancelled]
            assert same(each.row.figures, by_hand(theirs, OCTOBER)), each.code
            assert each.before.figures.registered == len(earlier)
            for figure in ("registered", "answered", "in_term", "late", "overdue", "reopened", "reworked"):
                assert length_of(session, asker, each.row.opens(figure)) == getattr(each.row.figures, figure)
            assert length_of(session, asker, each.before.opens("registered")) == len(earlier)
    assert same(found.all.row.figures, by_hand(autumn.facts, OCTOBER))
    assert sum(each.now for each in found.channels) == found.all.now > 0, "each appeal came by one channel"
    browser = client("mykola")
    told = opened(browser.get(f"/reports/sources?{ASKED}").text)
    assert (found.all.row.opens("registered"), found.all.now) in told
    for each in found.channels:
        assert not each.now or (each.row.opens("registered"), each.now) in told, each.code
    file = CalamineWorkbook.from_filelike(io.BytesIO(browser.get(f"/reports/sources.xlsx?{ASKED}").content))
    rows = file.get_sheet_by_index(0).to_python()[1:]
    assert [row[2] for row in rows] == [each.now for each in (*found.channels, found.all)]


def test_a_channel_with_nothing_before_has_not_grown_by_a_share(centre: Centre, autumn: Autumn) -> None:
    asker = asker_of(centre)
    with transaction(asker.organisation) as session:
        found = panel.page(session, asker, Period(date(2019, 1, 1), date(2019, 1, 31)))
    assert {(each.now, each.growth, each.share) for each in found.channels} == {(0, None, None)}
    assert not found.something
