"""The figures of appeals: each as reckoned by hand, each as long as the list that it opens (U-06, U-110)."""

import html
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import parse_qsl

import pytest
from python_calamine import CalamineWorkbook

from appeals.journal import listing
from appeals.journal.asking import asked_of
from appeals.journal.conditions import Asker
from appeals.journal.model import Asked
from db import transaction
from reports.appeals import panel
from reports.appeals.model import Period, Span, Standing, growth, share, until_today
from tests.centre import Centre
from tests.client import Client
from tests.reports.autumn import (
    DAY,
    EXECUTORS,
    NOW,
    OCTOBER,
    PROBLEMS,
    SEPTEMBER,
    Autumn,
    Fact,
    end_of,
    percentile,
    within,
)

Browser = Callable[[str], Client]
Days = tuple[date, date]
ASKED = "span=own&since=2026-10-01&until=2026-10-31"


def asker_of(centre: Centre, *, personal: bool = True) -> Asker:
    """Somebody of the city, at the moment that the facts were made for."""
    mykola = centre.people["mykola"]
    return Asker(mykola.organisation_id, mykola.id, personal, NOW)


def opened(page: str) -> list[tuple[str, int]]:
    """The lists that a page's numbers open, and those numbers."""
    found = re.findall(r'data-figure="([^"]+)">([^<]+)<', page)
    return [(html.unescape(address), int(re.sub(r"\D", "", told))) for address, told in found]


def length_of(session, asker: Asker, address: str) -> int:
    """How long the journal's list at this address is."""
    place, _, query = address.partition("?")
    assert place == "/appeals"
    asked = asked_of(dict(parse_qsl(query)))
    assert asked.filters == {name: value for name, value in parse_qsl(query) if name != "sort"}, "the list knows each"
    return listing.count(session, asked, asker)


def by_hand(facts: list[Fact], days: Days, *, executor: str | None = None) -> Standing:
    """The figures, one appeal after the other; with an executor only their own returned work counts."""
    real = [each for each in facts if not each.cancelled]
    answered = [each for each in real if each.answered and within(each.closed, days)]
    with_term = [each for each in answered if each.due is not None]
    in_term = [each for each in with_term if each.closed <= each.due]
    end = end_of(days)

    def reworks(each: Fact) -> int:
        works = [*each.executors, *each.withdrawn] if executor in (None, "") else each.executors
        return sum(times for code, times in works if executor in (None, "", code))

    took = [each.closed - each.received for each in answered]
    overdue = [each for each in real if each.due is not None and each.due < end]
    return Standing(
        registered=len([each for each in real if within(each.registered, days)]),
        answered=len(answered),
        in_term=len(in_term),
        late=len(with_term) - len(in_term),
        median=percentile(took, 0.5),
        ninth=percentile(took, 0.9),
        overdue=len([each for each in overdue if each.closed is None or each.closed >= end]),
        reopened=len([each for each in answered if each.reopened]),
        reworked=len([each for each in answered if reworks(each)]),
        reworks=sum(reworks(each) for each in answered),
        marked=len([each for each in answered if each.mark]),
        good=len([each for each in answered if each.mark in (4, 5)]),
    )


def same(found: Standing, expected: Standing) -> bool:
    """Equal, times to the millisecond."""
    near = [
        (one is None) == (other is None)
        and abs((one or timedelta()) - (other or timedelta())) < timedelta(milliseconds=1)
        for one, other in ((found.median, expected.median), (found.ninth, expected.ninth))
    ]
    names = [name for name in Standing.__slots__ if name not in ("median", "ninth")]
    return all(near) and [getattr(found, name) for name in names] == [getattr(expected, name) for name in names]


@pytest.mark.parametrize("days", [OCTOBER, SEPTEMBER, (date(2026, 11, 1), date(2026, 11, 30))])
def test_each_figure_equals_the_one_made_by_hand_and_opens_its_list(centre: Centre, autumn: Autumn, days: Days) -> None:
    asker, period = asker_of(centre), Period(*days)
    with transaction(asker.organisation) as session:
        found = panel.page(session, asker, period)
        assert same(found.all.figures, by_hand(autumn.facts, days)), (found.all.figures, by_hand(autumn.facts, days))
        earlier = (period.before.first, period.before.last)
        assert same(found.before.figures, by_hand(autumn.facts, earlier))
        groups: dict[str, Standing] = {}
        for code in EXECUTORS:
            theirs = [each for each in autumn.facts if code in dict(each.executors)]
            groups[f"Виконавець {code}"] = by_hand(theirs, days, executor=code)
        nobodys = [each for each in autumn.facts if not each.executors]
        groups["без виконавця"] = by_hand(nobodys, days, executor="")
        assert {row.name for row in found.executors} == {name for name, of in groups.items() if of != Standing()}
        for row in found.executors:
            assert same(row.figures, groups[row.name]), (row.name, row.figures, groups[row.name])
        for row in found.problems:
            theirs = [each for each in autumn.facts if each.problem == row.code]
            assert same(row.figures, by_hand(theirs, days)), (row.name, row.figures)
        assert {row.code for row in found.problems} <= set(PROBLEMS)
        for row in (found.all, found.before, *found.executors, *found.problems):
            for figure in (
                "registered",
                "answered",
                "in_term",
                "late",
                "overdue",
                "reopened",
                "reworked",
                "marked",
                "good",
            ):
                number = length_of(session, asker, row.opens(figure))
                assert number == getattr(row.figures, figure), (row.name, figure)
    assert found.all.figures.reworks > found.all.figures.reworked > 0 or days[0].month == 11
    assert found.all.figures.answered > found.all.figures.marked > found.all.figures.good > 0 or days[0].month == 11


def test_the_page_opens_what_it_counts_and_the_file_says_the_same(
    centre: Centre, autumn: Autumn, client: Browser
) -> None:
    mykola = client("mykola")
    page = mykola.get(f"/reports/appeals?{ASKED}").text
    told = opened(page)
    assert len(told) > 40
    with transaction(centre.people["mykola"].organisation_id) as session:
        for address, number in dict(told).items():
            assert length_of(session, asker_of(centre), address) == number, address
    one = next(address for address, number in told if "reworked" in address and "executor" in address and number < 200)
    rows = mykola.get(f"{one}&rows=200").text
    assert rows.count("<tr data-href") == dict(told)[one]
    assert "Повернуто на доопрацювання" in rows, "the filter stands above the list as a chip"
    file = mykola.get(f"/reports/appeals.xlsx?{ASKED}")
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(file.content))
    all_of_them, executors, problems = (sheets.get_sheet_by_index(place).to_python() for place in range(3))
    expected = by_hand(autumn.facts, OCTOBER)
    assert all_of_them[1][1:5] == [expected.registered, expected.answered, expected.in_term, expected.late]
    assert len(all_of_them) == 3
    assert sum(row[3] for row in problems[1:]) == expected.answered, "each appeal has one problem, or none"
    assert {row[1] for row in executors[1:]} == {"", *EXECUTORS}


def test_of_nothing_there_are_no_shares(centre: Centre, client: Browser) -> None:
    asker = asker_of(centre)
    with transaction(asker.organisation) as session:
        nothing = panel.page(session, asker, Period(*OCTOBER))
    assert nothing.all.figures == nothing.before.figures == Standing()
    assert (nothing.executors, nothing.problems) == ([], [])
    assert (Standing().in_term_share, Standing().reopened_share) == (None, None)
    assert (Standing().satisfaction, Standing(answered=9).marked_share) == (None, 0.0), "no marks are no nought"
    assert (share(1, 4), share(0, 0), growth(6, 4), growth(0, 4), growth(4, 0)) == (0.25, None, 0.5, -1.0, None)
    for report in ("appeals", "acute", "late", "topics", "sources", "results"):
        answer = client("iryna").get(f"/reports/{report}?span=today")
        assert answer.status_code == 200
        assert 'class="empty"' in answer.text, report
        assert client("iryna").get(f"/reports/{report}.xlsx?span=today").status_code == 200
        for nonsense in ("span=tomorrow", "span=own&since=2026-02-30", "since=2026-10-02&until=2026-10-01"):
            assert client("iryna").get(f"/reports/{report}?{nonsense}").status_code == 422, (report, nonsense)
        assert client("olena").get(f"/reports/{report}").status_code == 403
        assert client("admin.khm").get(f"/reports/{report}").status_code == (403 if report == "late" else 200)
    assert client("mykola").get("/reports").headers["location"] == "/reports/appeals"


def test_periods_end_today_and_the_one_before_is_as_long() -> None:
    today = date(2026, 11, 25)  # a Wednesday
    first = {span: until_today(span, today).first for span in Span}
    assert first == {
        Span.TODAY: today, Span.WEEK: date(2026, 11, 23), Span.MONTH: date(2026, 11, 1), Span.OWN: date(2026, 11, 1),
        Span.QUARTER: date(2026, 10, 1), Span.YEAR: date(2026, 1, 1),
    }  # fmt: skip
    for span in Span:
        period = until_today(span, today)
        assert period.before.days == period.days
        assert period.before.last + DAY == period.first
    assert Period(*OCTOBER).before == Period(*SEPTEMBER)


def test_a_look_for_a_street_is_for_who_sees_personal_data(centre: Centre, autumn: Autumn) -> None:
    street = str(autumn.ids["street", "Прибузька"])
    asker = asker_of(centre)
    with transaction(asker.organisation) as session:
        all_of_them = listing.count(session, Asked(), asker)
        assert 0 < listing.count(session, Asked({"street": street}), asker) < all_of_them
        blind = asker_of(centre, personal=False)
        assert listing.count(session, Asked({"street": street}), blind) == all_of_them
    assert asked_of({"street": street}, personal=False).filters == {}
