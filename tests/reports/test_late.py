"""What missed its term: with causes and all that was written of the measures, on the page and in Excel (U-113)."""

import html
import io
from collections import Counter
from collections.abc import Callable

import pytest
from python_calamine import CalamineWorkbook

from appeals.escalation import service as escalation
from appeals.escalation.tables import MeasureComment, TermMeasure
from db import transaction
from reports.appeals.model import Period
from reports.late import panel
from tests.centre import Centre
from tests.client import Client
from tests.reports.autumn import NOW, OCTOBER, Autumn, Fact, within
from tests.reports.test_appeals import ASKED, asker_of, length_of, opened

Browser = Callable[[str], Client]


def is_missed(each: Fact) -> bool:
    """Answered late, or open past its term."""
    return each.due is not None and not each.cancelled and each.due < min(each.closed or NOW, NOW)


@pytest.fixture
def measured(centre: Centre, autumn: Autumn) -> dict[int, str]:
    """Every third of October's has a comment, every ninth a closed measure too; the cause of each, by its number."""
    iryna, causes = centre.people["iryna"], {}
    own = {"organisation_id": iryna.organisation_id}
    late = [
        place for place, each in enumerate(autumn.facts) if is_missed(each) and within(each.due, OCTOBER)
    ]  # fmt: skip
    with transaction(iryna.organisation_id) as session:
        for number, place in enumerate(late):
            causes[place] = ""
            if number % 3:
                continue
            measure = TermMeasure(**own, appeal_id=autumn.appeals[place], due_at=autumn.facts[place].due)
            session.add(measure)
            session.flush()
            seemed = autumn.ids["cause", "c1"]
            comment = MeasureComment(
                **own, measure_id=measure.id, cause_id=seemed, text=f"Чекаємо труби {number}", person_id=iryna.id
            )
            session.add(comment)
            session.flush()
            causes[place] = "c1"
            if number % 9 == 0:
                escalation.comment(session, measure.id, seemed, "=1+1", by=iryna)
                escalation.close_measure(session, measure.id, autumn.ids["cause", "c2"], "Замінено", by=iryna)
                causes[place] = "c2"
    return causes


def test_each_appeal_stands_with_its_measures_comments_and_cause(
    centre: Centre, autumn: Autumn, measured: dict[int, str], client: Browser
) -> None:
    asker, period = asker_of(centre), Period(*OCTOBER)
    with transaction(asker.organisation) as session:
        found = panel.page(session, asker, period, "")
        assert {each.code: each.number for each in found.causes} == Counter(measured.values())
        assert (found.number, found.found) == (len(measured), len(measured)), "each term that was missed, once"
        assert length_of(session, asker, found.opens) == len(measured)
        expected = {f"26-{place + 1:06}" for place in measured}
        assert {each.row.appeal.number for each in found.lines} == expected
        terms = [each.row.appeal.due_at for each in found.lines]
        assert terms == sorted(term for term in terms if term is not None)
        of_c2 = panel.page(session, asker, period, "c2")
    assert {each.cause for each in of_c2.lines} == {"Назва c2"}
    assert of_c2.found == len(of_c2.lines) == Counter(measured.values())["c2"]
    page = html.unescape(client("iryna").get(f"/reports/late?{ASKED}").text)
    assert "Чекаємо труби 0" in page
    assert "Замінено" in page
    assert opened(page)
    alone = client("mykola").get(f"/reports/late?{ASKED}&cause=c2").text
    assert alone.count("<tr data-href") == of_c2.found
    nobodys = client("mykola").get(f"/reports/late?{ASKED}&cause=-").text
    assert nobodys.count("<tr data-href") == Counter(measured.values())[""]


def test_the_excel_file_has_every_comment_as_text(
    centre: Centre, autumn: Autumn, measured: dict[int, str], client: Browser
) -> None:
    mykola = client("mykola")
    book = CalamineWorkbook.from_filelike(io.BytesIO(mykola.get(f"/reports/late.xlsx?{ASKED}").content))
    rows, causes = (book.get_sheet_by_index(place).to_python() for place in range(2))
    heads, lines = rows[0], rows[1:]
    assert len(lines) == len(measured)
    comments, cause, note = (heads.index(head) for head in ("Коментарі до заходів", "Причина", "Що зроблено"))
    said = [row for row in lines if "Чекаємо труби" in str(row[comments])]
    assert len(said) == len([each for each in measured.values() if each])
    closed = [row for row in lines if row[note] == "Замінено"]
    assert {row[cause] for row in closed} == {"Назва c2"}
    assert all("=1+1" in str(row[comments]) for row in closed)
    assert sum(row[2] for row in causes[1:]) == len(measured)
    alone = mykola.get(f"/reports/late.xlsx?{ASKED}&cause=c2").content
    assert len(CalamineWorkbook.from_filelike(io.BytesIO(alone)).get_sheet_by_index(0).to_python()) - 1 == len(closed)
    assert client("admin.khm").get(f"/reports/late.xlsx?{ASKED}").status_code == 403
