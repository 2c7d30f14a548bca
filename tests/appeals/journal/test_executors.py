"""Executors in the journal: who has what is seen, found and sorted; each sees their own; many are given at once."""

import html
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from appeals.executors.tables import Executor
from appeals.journal.columns import COLUMNS
from appeals.journal.tables import Deed, Line
from appeals.tables import Appeal
from appeals.workflow import ending
from appeals.workflow import service as work
from appeals.workflow.model import Order, Outcome, Told
from appeals.workflow.queries import assignments, history
from db import EVERY_ORGANISATION, transaction
from staff.model import Role
from tests.appeals.cards import Browser
from tests.appeals.workflow.conftest import City, city
from tests.client import Client

__all__ = ["city"]
LATE = timedelta(days=-2)


def listed(browser: Client, query: str = "") -> list[str]:
    """The numbers in the list, whatever their rows lead to."""
    page = browser.get(f"/appeals?rows=200&sort=number&{query}").text
    return re.findall(r'<a class="figure" href="[^"]+">([0-9-]+)</a>', page)


def late(*appeals: Appeal) -> None:
    """Their terms are over."""
    with transaction(EVERY_ORGANISATION) as session:
        over = datetime.now(UTC) + LATE
        ids = [each.id for each in appeals]
        session.execute(update(Appeal).where(Appeal.id.in_(ids)).values(due_at=over, attention_at=over))


def test_who_has_an_appeal_is_shown_found_and_sorted_main_or_not(city: City, client: Browser) -> None:
    by_water, with_co, by_roads, nobodys = (city.appeal() for _ in range(4))
    city.given(by_water, "water")
    city.given(with_co, "roads", "water", "heat", "lift")
    city.given(by_roads, "roads")
    olena = client("olena")
    page = html.unescape(olena.get("/appeals").text)
    assert "також Водоканал, Тепломережа і ще 1" in re.sub(r"\s+", " ", page)
    assert listed(olena, "executor=water") == [by_water.number, with_co.number]
    assert listed(olena, "executor=water · Водоканал") == [by_water.number, with_co.number]
    assert listed(olena, "executor=шляхо") == [with_co.number, by_roads.number]
    assert listed(olena, "executor=-") == listed(olena, "executor=Без виконавця") == [nobodys.number]
    assert "без виконавця" in html.unescape(olena.get("/appeals?executor=-").text)
    order = re.findall(r'<tr data-href="/appeals/([0-9-]+)"', olena.get("/appeals?sort=-executor").text)
    assert order == [by_roads.number, with_co.number, by_water.number, nobodys.number]
    file = olena.post("/appeals/export", data={"back": "executor=heat", "column": ["number", "executor"]}).content
    rows = CalamineWorkbook.from_filelike(BytesIO(file)).get_sheet_by_index(0).to_python()
    assert rows == [
        ["Номер", "Виконавці"], [with_co.number, "Шляховик; Водоканал; Тепломережа; Ліфт-сервіс"]
    ]  # fmt: skip


def test_the_line_follows_who_has_it(city: City) -> None:
    appeal = city.appeal()
    [main, _co] = city.given(appeal, "water", "roads")

    def now() -> str:
        with transaction(EVERY_ORGANISATION) as session:
            return session.scalars(select(Line.executor).where(Line.appeal_id == appeal.id)).one()

    assert now() == "Водоканал"
    with transaction(city.olena.organisation_id) as session:
        order = Order(executor=city.executors["heat"])
        work.reassign(session, main.id, order, Told(reason="Їхнє"), by=city.olena)
    assert now() == "Тепломережа"
    with transaction(city.olena.organisation_id) as session:
        session.get_one(Executor, city.executors["heat"]).name = "Тепло"
    assert now() == "Тепло"
    with transaction(city.olena.organisation_id) as session:
        for each in assignments(session, appeal.id):
            if each.state != "withdrawn":
                work.withdraw(session, each.id, Told(reason="Помилка"), by=city.olena)
        assert session.scalars(select(Line.executor).where(Line.appeal_id == appeal.id)).one() == ""


def test_an_executor_sees_their_own_overdue_ones_and_a_dispatcher_all(city: City, client: Browser) -> None:
    """U-112, U-40."""
    watery, roady, both, in_time, nobodys = (city.appeal() for _ in range(5))
    city.given(watery, "water")
    city.given(roady, "roads")
    city.given(both, "roads", "water")
    city.given(in_time, "water")
    late(watery, roady, both, nobodys)

    def own(login: str) -> set[str]:
        page = client(login).get("/assignments?group=overdue").text
        return set(re.findall(r'<strong class="figure">([0-9-]+)<', page))

    assert own("vasyl") == {watery.number, both.number}
    assert own("petro") == {roady.number, both.number}
    every = [watery.number, roady.number, both.number, nobodys.number]
    assert listed(client("olena"), "standing=overdue") == every
    assert listed(client("olena"), "standing=overdue&executor=water") == [watery.number, both.number]
    with transaction(city.olena.organisation_id) as session:
        [given_out] = assignments(session, watery.id)
        work.withdraw(session, given_out.id, Told(reason="Помилка"), by=city.olena)
    assert own("vasyl") == {both.number}, "what was taken back is theirs no longer"


def test_a_dispatcher_who_works_for_an_executor_finds_their_own_overdue_ones(city: City, client: Browser) -> None:
    watery, roady = city.appeal(), city.appeal()
    city.given(watery, "water")
    city.given(roady, "roads")
    late(watery, roady)
    with transaction(EVERY_ORGANISATION) as session:
        session.merge(city.vasyl).roles = [Role.EXECUTOR, Role.OPERATOR]
    vasyl = client("vasyl")
    tabs = html.unescape(vasyl.get("/appeals").text.partition('<nav class="tabs"')[2].partition("</nav>")[0])
    [own] = re.findall(r'<a href="/appeals\?([^"]+)">Прострочені в моїх виконавців', tabs)
    assert listed(vasyl, own.replace("sort=due", "")) == [watery.number]
    assert listed(vasyl, "standing=overdue") == [watery.number, roady.number]


def given(browser: Client, appeals: list[Appeal], **changes: str) -> str:
    """The page after the deed."""
    data = {"number": [each.number for each in appeals], "executor": "water · Водоканал", "part": "main"}
    answer = browser.post("/appeals/bulk/give", data=data | {"back": "state=open"} | changes)
    assert answer.status_code == 303
    return html.unescape(browser.get(answer.headers["location"]).text)


def told(appeal: Appeal) -> list[tuple[str, str]]:
    """What was done with the appeal, and what became."""
    with transaction(EVERY_ORGANISATION) as session:
        return [(each.deed, each.became) for each in history(session, appeal.id)]


def state(appeal: Appeal) -> str:
    """As it stands."""
    with transaction(EVERY_ORGANISATION) as session:
        return session.get_one(Appeal, appeal.id).state


def test_many_are_given_by_the_workflows_table_and_taken_back(city: City, client: Browser) -> None:
    free, taken, has_main, over = (city.appeal() for _ in range(4))
    city.given(has_main, "roads")
    with transaction(city.iryna.organisation_id) as session:
        ending.cancel(session, over.number, Told(reason="Помилка"), by=city.iryna)
    olena = client("olena")
    page = given(olena, [free, taken, has_main, over])
    assert "2 звернення: передано виконавцю: Водоканал" in re.sub(r"\s+", " ", re.sub("<[^>]+>", "", page))
    bar = page.partition('class="refused"')[2].partition("</ul>")[0]
    assert set(re.findall("26-[0-9]+", bar)) == {has_main.number, over.number}
    assert "Один виконавець головний" in bar
    assert "У теперішньому стані цього зробити не можна" in bar
    assert (told(free), state(free)) == ([("assign", "assigned")], "assigned")
    assert (state(has_main), state(over)) == ("assigned", "cancelled")
    with transaction(city.vasyl.organisation_id) as session:
        [mine] = assignments(session, taken.id)
        work.take(session, mine.id, Told(), by=city.vasyl)
    [undo] = re.findall(r'action="(/appeals/bulk/\d+/undo)"', page)
    assert client("andrii").post(undo).status_code == 404, "who did it undoes it"
    answer = olena.post(undo, data={"back": "state=open"})
    assert taken.number in answer.headers["set-cookie"], "who has begun keeps it, and that is told"
    assert told(free) == [("assign", "assigned"), ("withdraw", "withdrawn")], "nothing is erased"
    assert (state(free), state(taken)) == ("registered", "in_work")
    given(olena, [free], part="co")
    assert state(free) == "registered", "nobody is beside a main executor that is not there"
    given(olena, [has_main], part="co")
    assert [deed for deed, _became in told(has_main)] == ["assign", "assign"]


@pytest.mark.parametrize("changes", [{"executor": "нема такого"}, {"executor": ""}, {"part": "boss"}, {"number": ""}])
def test_nothing_is_given_to_nobody(city: City, client: Browser, changes: dict[str, str]) -> None:
    appeal = city.appeal()
    given(client("olena"), [appeal], **changes)
    assert told(appeal) == []


def test_only_who_may_assign_gives_and_undoes(city: City, client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    appeal = city.appeal()
    for login in ("mykola", "nadiia", "vasyl"):
        data = {"number": appeal.number, "executor": "water", "part": "main"}
        assert client(login).post("/appeals/bulk/give", data=data).status_code == 403
    assert told(appeal) == []
    given(client("olena"), [appeal])
    with transaction(EVERY_ORGANISATION) as session:
        deed = session.scalars(select(Deed.id)).one()
        session.merge(city.olena).roles = [Role.MANAGER]
    assert client("olena").post(f"/appeals/bulk/{deed}/undo").status_code == 403
    assert state(appeal) == "assigned"


def loads(browser: Client, url: str = "/appeals/board/executors") -> dict[str, int]:
    """The figures by the query of the list that each opens."""
    page = html.unescape(browser.get(url).text)
    return {query: int(count) for query, count in re.findall(r'data-figure="([^"]+)">\s*(\d+)', page)}


def test_each_figure_of_an_executor_is_as_long_as_its_list(city: City, client: Browser) -> None:
    """U-04: by executor and state; one who is beside the main executor counts as well."""
    made = [city.appeal() for _ in range(7)]
    whose = (("water",), ("water",), ("roads", "water"), ("roads",), ("heat",))
    pieces = [city.given(made[place], *codes) for place, codes in enumerate(whose)]
    late(made[0], made[3], made[5])
    with transaction(city.vasyl.organisation_id) as session:
        work.take(session, pieces[1][0].id, Told(), by=city.vasyl)
        work.finish(session, pieces[1][0].id, Told(report="Є", outcome=Outcome.DONE), by=city.vasyl)
    with transaction(EVERY_ORGANISATION) as session:
        today = datetime.now(UTC) + timedelta(minutes=1)
        session.execute(update(Appeal).where(Appeal.id == made[2].id).values(due_at=today, attention_at=today))
        session.get_one(Executor, city.executors["heat"]).active = False
    olena = client("olena")
    figures = loads(olena)
    assert figures["state=to_be_verified&executor=water&sort=due"] == 1
    assert figures["standing=overdue&executor=-&sort=due"] == 1
    assert figures["state=open&executor=heat&sort=due"] == 1, "closed ones that still have something are there"
    for query, count in figures.items():
        assert len(listed(olena, query.replace("&sort=due", ""))) == count, query
    for code in ("water", "roads", "heat", "-"):
        by_states = [n for query, n in figures.items() if re.match(f"state=(?!open).*executor={code}&", query)]
        assert sum(by_states) == figures[f"state=open&executor={code}&sort=due"], code
    assert set(loads(olena, "/appeals/board/executors?q=водо")) < set(figures)
    assert "Шляховик" not in olena.get("/appeals/board/executors?q=водо").text
    assert loads(client("anna")) == {}


@pytest.mark.parametrize("language", ["uk", "ru", "uz", "en"])
def test_a_filter_that_is_not_understood_says_so_beside_it_and_narrows_nothing(
    city: City, client: Browser, language: str
) -> None:
    appeals = sorted(city.appeal().number for _ in range(2))
    olena = client("olena")
    olena.post("/language", data={"language": language})
    for column in COLUMNS:
        for name in column.names:
            if name in ("name", "address", "index"):
                continue  # any words may be looked for
            page = olena.get(f"/appeals?{name}=нісенітниця").text
            beside = re.findall(rf'id="nonsense-{name}"[^>]*>(.*?)</div>', page, re.S)
            assert "нісенітниця" in beside[0], name
            assert f'aria-describedby="nonsense-{name}" aria-invalid="true"' in page, name
            assert sorted(re.findall(r'<tr data-href="/appeals/([0-9-]+)"', page)) == appeals, name
            assert 'class="chip"' not in page, name
            alone = olena.get(f"/appeals?{name}=нісенітниця", headers={"HX-Request": "true"}).text
            assert re.search(rf'id="nonsense-{name}" hx-swap-oob="true">.*нісенітниця', alone), name
            assert sorted(re.findall(r'<tr data-href="/appeals/([0-9-]+)"', alone)) == appeals, name
    assert 'class="field-error" id="nonsense-state"></div>' in olena.get("/appeals?state=closed").text


def test_a_view_is_kept_without_what_was_not_understood(city: City, client: Browser) -> None:
    olena = client("olena")
    kept = olena.post("/appeals/views", data={"name": "Мій", "back": "state=нісенітниця&kind=complaint"})
    assert "kind=complaint" in kept.headers["location"]
    assert "state" not in kept.headers["location"]
