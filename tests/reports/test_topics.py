"""Appeals by topics: the tree in its versions, what is below counted with it, each number its list (Z-40)."""

import io
from collections import Counter
from collections.abc import Callable
from datetime import date

from python_calamine import CalamineWorkbook

from appeals.classifier.model import below
from appeals.classifier.tables import ClassifierEntry
from db import transaction
from reports.appeals.model import Period
from reports.topics import panel
from reports.topics.model import counted
from tests.centre import Centre
from tests.client import Client
from tests.reports.autumn import OCTOBER, Autumn, within
from tests.reports.test_appeals import ASKED, asker_of, length_of, opened


def entry(code: str, parent: str = "", begun: int = 1) -> ClassifierEntry:
    return ClassifierEntry(code=code, parent=parent, name={"uk": code}, valid_from=date(2026, begun, 1))


def test_an_appeal_counts_with_its_topic_and_all_above_it() -> None:
    """By the latest version of each, also of one that stands elsewhere since."""
    versions = [entry("1"), entry("1.1", "1"), entry("1.1.1", "1.1"), entry("2"), entry("3", "1"), entry("3", "2", 6)]
    tree = counted(versions, {"1": (1, 1), "1.1.1": (2, 1), "3": (4, 2)})
    assert [(each.code, each.depth, each.own, each.number, each.versions) for each in tree] == [
        ("1", 0, 1, 3, 1), ("1.1", 1, 0, 2, 0), ("1.1.1", 2, 2, 2, 1), ("2", 0, 0, 4, 0), ("3", 1, 4, 4, 2),
    ]  # fmt: skip
    assert below(versions, "1") == {"1", "1.1", "1.1.1"}
    assert (below(versions, "2"), below(versions, "1.1.1"), below(versions, "x")) == (
        {"2", "3"},
        {"1.1.1"},
        frozenset(),
    )


def test_each_topic_has_as_many_as_counted_by_hand_and_opens_them(
    centre: Centre, autumn: Autumn, client: Callable[[str], Client]
) -> None:
    here = [each for each in autumn.facts if within(each.registered, OCTOBER) and not each.cancelled]
    own = Counter(each.question[:-1] if each.question in ("01a", "01b") else each.question for each in here)
    asker = asker_of(centre)
    with transaction(asker.organisation) as session:
        found = panel.page(session, asker, Period(*OCTOBER))
        numbers = {each.code: each.number for each in found.questions}
        assert numbers == {"01": own["01"] + own["01.1"], "01.1": own["01.1"], "02": own["02"]}
        assert (found.number, found.without) == (len(here), own[""])
        assert {each.code: each.number for each in found.topics} == Counter(each.topic for each in here)
        lists = [(each.opens, each.number) for each in (*found.questions, *found.topics)]
        for address, number in [*lists, (found.opens, found.number), (found.opens_without, found.without)]:
            assert length_of(session, asker, address) == number, address
    first = found.questions[0]
    assert (first.name, first.depth, first.versions) == ("Нова назва 01", 0, 2)
    browser = client("mykola")
    assert len(opened(browser.get(f"/reports/topics?{ASKED}").text)) == len(found.questions) + len(found.topics) + 2
    file = CalamineWorkbook.from_filelike(io.BytesIO(browser.get(f"/reports/topics.xlsx?{ASKED}").content))
    tree = file.get_sheet_by_index(0).to_python()[1:]
    assert sum(row[3] for row in tree) == len(here), "each appeal has one main question, or none"
