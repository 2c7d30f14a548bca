"""The most acute problems: the lists are those made by hand, and each number opens its appeals (U-05)."""

import io
import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date

from python_calamine import CalamineWorkbook
from sqlalchemy import update

from appeals.classifier.tables import ClassifierEntry
from db import EVERY_ORGANISATION, transaction
from reports.acute import panel
from reports.appeals.model import Period
from reports.appeals.queries import By
from tests.centre import Centre
from tests.client import Client
from tests.reports.autumn import (
    DAY,
    DISTRICTS,
    KYIV,
    LONG_LISTS,
    OCTOBER,
    SEPTEMBER,
    Autumn,
    Fact,
    at,
    facts,
    planted,
    within,
)
from tests.reports.test_appeals import ASKED, asker_of, length_of, opened
from web.languages import Audience, speaking_to

Browser = Callable[[str], Client]
NOON = at(date(2026, 10, 15), 12)
BEFORE = at(date(2026, 9, 15), 12)


def autumn_with_long_lists() -> list[Fact]:
    """As many of each problem as its number, no less than three: some are equal; of the last ones none before."""
    many = [
        Fact(registered=NOON, received=NOON, problem=code, repeated=place % 2 == 0)
        for place, code in enumerate(LONG_LISTS)
        for _ in range(max(3, place) * 6)
    ]
    earlier = [Fact(registered=BEFORE, received=BEFORE, problem=code) for code in LONG_LISTS[:-2] for _ in range(9)]
    return [*facts(), *many, *earlier]


def groups_of(autumn: Autumn, each: Fact, by: By) -> Iterable[str | int]:
    """Where an appeal is counted."""
    match by:
        case By.PROBLEM:
            return {each.problem} - {""}
        case By.EXECUTOR:
            return {autumn.ids["executor", code] for code, _reworks in each.executors}
        case By.DISTRICT:
            named = DISTRICTS[each.houses[0]] if each.houses else ""
            return {autumn.ids["district", named]} if named else set()
        case By.STREET:
            return {autumn.ids["street", house.split()[0]] for house in each.houses}
        case _:
            return {autumn.ids["house", house] for house in each.houses}


def test_the_ten_with_most_are_those_of_the_list_made_by_hand(centre: Centre, client: Browser) -> None:
    mykola = centre.people["mykola"]
    with transaction(mykola.organisation_id) as session:
        autumn = planted(session, mykola, autumn_with_long_lists())
    real = [each for each in autumn.facts if not each.cancelled]
    browser = client("mykola")
    page = browser.get(f"/reports/acute?{ASKED}").text
    asker = asker_of(centre)
    with transaction(asker.organisation) as session, speaking_to(Audience("uk", KYIV)):
        for address, number in opened(page):
            assert length_of(session, asker, address) == number, address
        rankings = {each.by: each for each in panel.rankings(session, asker, Period(*OCTOBER))}
    assert set(rankings) == set(panel.LISTS)
    for by, ranking in rankings.items():
        now, before, repeated = Counter[str | int](), Counter[str | int](), Counter[str | int]()
        for each in real:
            for group in groups_of(autumn, each, by):
                now[group] += within(each.registered, OCTOBER)
                before[group] += within(each.registered, SEPTEMBER)
                repeated[group] += within(each.registered, OCTOBER) and each.repeated
        ranked = sorted((group for group in now if now[group]), key=lambda group: (-now[group], group))[:10]
        expected = [(now[group], before[group], repeated[group]) for group in ranked]
        assert [(each.now, each.before, each.repeated) for each in ranking.groups] == expected, by
        if by is By.PROBLEM:
            assert [each.value for each in ranking.groups] == ranked
            assert len(ranked) == 10
            assert len([group for group in now if now[group]]) > 10
        for each, group in zip(ranking.groups, ranked, strict=True):
            assert each.growth == ((now[group] - before[group]) / before[group] if before[group] else None)
    without = [each for each in real if within(each.registered, OCTOBER) and not each.executors]
    assert rankings[By.EXECUTOR].without == len(without)
    [new] = [each for each in rankings[By.PROBLEM].groups if each.value == LONG_LISTS[-1]]
    assert (new.before, new.growth) == (0, None)
    assert "нове" in page, "what there was none of before has grown by no share"
    file = browser.get(f"/reports/acute.xlsx?{ASKED}").content
    problems = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()
    assert len(problems) - 1 > 10, "the file goes on where the page ends"
    assert problems[1][1] == rankings[By.PROBLEM].groups[0].now


def test_streets_and_houses_are_for_who_sees_personal_data(centre: Centre, autumn: Autumn, client: Browser) -> None:
    seen, masked = (client(login).get(f"/reports/acute?{ASKED}").text for login in ("mykola", "admin.khm"))
    assert "Прибузька" in seen
    assert "Прибузька" not in masked
    assert len(opened(masked)) > 5
    blind = asker_of(centre, personal=False)
    with transaction(blind.organisation) as session:
        for address, number in opened(masked):
            assert length_of(session, blind, address) == number, address
    assert not re.search("street=|house=", masked)


def test_the_period_before_is_as_long_and_ends_the_day_before(centre: Centre, autumn: Autumn) -> None:
    asker, short = asker_of(centre), Period(OCTOBER[0], OCTOBER[0])
    with transaction(asker.organisation) as session:
        [problems] = [each for each in panel.rankings(session, asker, short) if each.by is By.PROBLEM]
    real = [each for each in autumn.facts if each.problem == "p1" and not each.cancelled]
    yesterday = (OCTOBER[0] - DAY, OCTOBER[0] - DAY)
    [first] = [each for each in problems.groups if each.value == "p1"]
    assert first.now == len([each for each in real if within(each.registered, (OCTOBER[0], OCTOBER[0]))])
    assert first.before == len([each for each in real if within(each.registered, yesterday)]) > 0


def test_without_a_sign_that_means_repeated_the_file_says_nothing_of_it(
    centre: Centre, autumn: Autumn, client: Browser
) -> None:
    def rows() -> list[list[object]]:
        file = client("mykola").get(f"/reports/acute.xlsx?{ASKED}").content
        return [list(row) for row in CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()]

    assert any(row[4] for row in rows()[1:])
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(ClassifierEntry).where(ClassifierEntry.meaning == panel.REPEATED).values(meaning=""))
    found = rows()[1:]
    assert found
    assert {cell for row in found for cell in row[4:]} <= {""}
