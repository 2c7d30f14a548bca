"""Views and columns: everybody's ready ones, one's own, those that are shared; what one has chosen comes back."""

import html
import re
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

import pytest
from sqlalchemy import select

from appeals.executors.model import MemberRole
from appeals.executors.tables import Executor, ExecutorMember
from appeals.journal.columns import COLUMNS, chosen
from appeals.journal.shown import moved
from appeals.journal.tables import View
from appeals.journal.words import OF_READERS, READY
from db import EVERY_ORGANISATION, transaction
from staff.teams.tables import Team, TeamMember
from tests.appeals.cards import Browser
from tests.appeals.journal.appeals import written
from tests.centre import Centre
from tests.client import Client


@pytest.fixture(autouse=True)
def appeals(centre: Centre) -> None:
    """The city has some."""
    olena = centre.people["olena"]
    with transaction(olena.organisation_id) as session:
        written(session, olena, list(range(1, 21)))


def heads(browser: Client, url: str = "/appeals") -> list[str]:
    """What stands over the columns."""
    page = browser.get(url).text.partition("<thead>")[2].partition("</thead>")[0]
    found = [html.unescape(re.sub("<[^>]+>", "", each)).strip() for each in re.findall(r"<th\b.*?</th>", page, re.S)]
    return [each for each in found if each != "Позначити"]


def tabs(browser: Client, url: str = "/appeals") -> dict[str, str]:
    """The views and where they lead."""
    page = browser.get(url).text.partition('<nav class="tabs"')[2].partition("</nav>")[0]
    return {
        re.sub("<[^>]+>", "", name).strip(): html.unescape(to)
        for to, name in re.findall(r'<a href="([^"]+)"[^>]*>(.*?)</a>', page, re.S)
    }


def view_of(name: str) -> View:
    """The view of this name."""
    with transaction(EVERY_ORGANISATION) as session:
        return session.scalars(select(View).where(View.name == name)).one()


def test_each_ready_view_opens(client: Browser) -> None:
    olena = client("olena")
    for label, asked in (*READY, *OF_READERS):
        answer = olena.get(f"/appeals?{asked.query}")
        assert answer.status_code == 200, label
        assert answer.text.count('aria-current="page"') == 2, (label, "the place in the rail and the view")


def test_columns_come_back_in_the_order_chosen(client: Browser, centre: Centre) -> None:
    olena = client("olena")
    usual = heads(olena)
    olena.post("/appeals/columns", data={"column": ["state", "number", "phone"], "back": "topic=water"})
    assert heads(olena) == ["Стан", "Номер", "Телефон"]
    olena.post("/appeals/columns", data={"column": ["state", "number", "phone"], "up": "phone"})
    assert heads(olena) == ["Стан", "Телефон", "Номер"]
    assert heads(client("iryna")) == usual, "each person has their own"
    olena.post("/appeals/columns", data={"usual": "yes"})
    assert heads(olena) == usual


def test_a_column_that_is_not_ones_to_see_is_masked(client: Browser, blind_manager: str) -> None:
    mykola, olena = client(blind_manager), client("olena")
    for browser in (mykola, olena):
        browser.post("/appeals/columns", data={"column": ["number", "phone", "name", "nonsense"]})
        assert heads(browser) == ["Номер", "Телефон", "Заявник"]
    assert [column.key for column in chosen(["phone", "nonsense"])] == ["phone"]
    masked, told = mykola.get("/appeals").text, olena.get("/appeals").text
    assert "•••" in masked
    assert "•••" not in told
    for name in ("name", "phone"):
        assert f"sort={name}" in told
        assert f"sort={name}" not in masked, "who cannot see it cannot sort by it"
        assert f'id="appeals-{name}"' not in masked, "nor look for it"


def test_the_page_comes_back_to_its_list(client: Browser) -> None:
    answer = client("olena").post("/appeals/columns", data={"column": ["number"], "back": "topic=water&sort=due"})
    assert answer.headers["location"] == "/appeals?topic=water&sort=due"
    away = client("olena").post("/appeals/columns", data={"column": ["number"], "back": "//elsewhere.example"})
    assert away.headers["location"] == "/appeals"


def test_a_view_keeps_filters_order_and_columns(client: Browser) -> None:
    olena = client("olena")
    olena.post("/appeals/columns", data={"column": ["number", "due"]})
    back = urlencode({"topic": "water", "sort": "due"})
    opened = olena.post("/appeals/views", data={"name": "Вода за строком", "back": back}).headers["location"]
    olena.post("/appeals/columns", data={"usual": "yes"})
    asked = [sorted(parse_qsl(each.partition("?")[2])) for each in (tabs(olena)["Вода за строком"], opened)]
    assert asked[0] == asked[1] != []
    assert heads(olena, opened) == ["Номер", "Виконати до"]
    assert olena.get(opened).text.count("<tr data-href") == 6
    assert "Вода за строком" not in tabs(client("andrii"))


def test_a_view_that_is_shared_is_everybodys_here_and_nobody_elses(client: Browser) -> None:
    client("iryna").post("/appeals/views", data={"name": "Спільний", "shared": "yes", "back": "kind=complaint"})
    assert "Спільний" in tabs(client("olena"))
    assert "Спільний" not in tabs(client("anna"))
    client("olena").post("/appeals/views", data={"name": "Мій", "shared": "yes", "back": "kind=complaint"})
    assert not view_of("Мій").shared, "operators share none"


def test_a_view_is_shared_with_a_role_or_an_executor_and_copied_not_changed(client: Browser, centre: Centre) -> None:
    khm, vasyl = centre.organisations["khm"], centre.people["vasyl"]
    since = datetime.now(UTC).date()
    with transaction(khm.id) as session:
        executor = Executor(organisation_id=khm.id, code="ВК", name="Водоканал", connected=True)
        session.add(executor)
        session.flush()
        of_theirs = {"organisation_id": khm.id, "executor_id": executor.id, "person_id": vasyl.id, "valid_from": since}
        session.add(ExecutorMember(**of_theirs, role=MemberRole.WORKER))
    iryna = client("iryna")
    for name, whom in (("Операторам", {"shared": "operator"}), ("Водникам", {"executor": "ВК", "shared": "operator"})):
        iryna.post("/appeals/views", data={"name": name, "back": "topic=water", **whom})
    iryna.post("/appeals/views", data={"name": "Нікому", "back": "", "executor": "нема такого"})
    for login, seen in (
        ("iryna", {"Операторам", "Водникам"}), ("olena", {"Операторам"}), ("andrii", {"Операторам"}),
        ("vasyl", {"Водникам"}), ("mykola", set()), ("anna", set()),
    ):  # fmt: skip
        assert {"Операторам", "Водникам", "Нікому"} & tabs(client(login)).keys() == seen, login
    shared, olena = view_of("Операторам"), client("olena")
    page = html.unescape(olena.get("/appeals").text)
    assert f"Поділилися: {centre.people['iryna'].name}; для кого: роль: Оператор" in page, "whose it is"
    assert client("mykola").post(f"/appeals/views/{shared.id}/copy").status_code == 404

    own = olena.post(f"/appeals/views/{shared.id}/copy").headers["location"]
    assert "topic=water" in own
    olena.post("/appeals/views", data={"name": "Операторам", "back": "topic=roads"})
    assert view_of_person("Операторам", "iryna", centre).query["topic"] == "water", "hers stays as it is"
    assert view_of_person("Операторам", "olena", centre).query["topic"] == "roads"
    olena.post(f"/appeals/views/{shared.id}/copy")
    assert view_of_person("Операторам 2", "olena", centre).query["topic"] == "water"
    assert olena.post(f"/appeals/views/{shared.id}/forget").status_code == 404


def test_a_view_is_shared_with_a_team_and_its_leader(client: Browser, centre: Centre) -> None:
    khm, olena, mykola = centre.organisations["khm"], centre.people["olena"], centre.people["mykola"]
    with transaction(khm.id) as session:
        team = Team(organisation_id=khm.id, name="Перша зміна", leader_id=mykola.id)
        session.add(team)
        session.flush()
        session.add(TeamMember(organisation_id=khm.id, team_id=team.id, person_id=olena.id))
        number = team.id
    iryna = client("iryna")
    assert f'<option value="team:{number}">команда: Перша зміна</option>' in iryna.get("/appeals").text
    assert "team:" not in client("olena").get("/appeals").text, "operators share none"
    iryna.post("/appeals/views", data={"name": "Зміні", "shared": f"team:{number}", "back": "topic=water"})
    iryna.post("/appeals/views", data={"name": "Нікому", "shared": "team:999999", "back": ""})
    assert not view_of("Нікому").shared
    for login, sees in (("iryna", True), ("olena", True), ("mykola", True), ("andrii", False), ("anna", False)):
        assert ("Зміні" in tabs(client(login)), "Нікому" in tabs(client(login))) == (sees, login == "iryna"), login
    page, shared = html.unescape(client("olena").get("/appeals").text), view_of("Зміні").id
    assert "для кого: команда: Перша зміна" in page
    assert "topic=water" in client("olena").post(f"/appeals/views/{shared}/copy").headers["location"]
    assert client("andrii").post(f"/appeals/views/{shared}/copy").status_code == 404
    with transaction(khm.id) as session:
        session.delete(session.get_one(Team, number))
    assert ("Зміні" in tabs(iryna), "Зміні" in tabs(client("mykola"))) == (True, False), "its owner's alone again"


def test_a_shared_view_does_not_tell_whom_it_looks_for(client: Browser, centre: Centre, blind_manager: str) -> None:
    back = urlencode({"topic": "water", "name": "Коваль", "phone": "0671112233", "sort": "name"})
    client("iryna").post("/appeals/views", data={"name": "Про сусіда", "shared": "yes", "back": back})
    stored, blind = view_of("Про сусіда"), client(blind_manager)
    assert stored.query.keys() == {"topic", "name", "phone", "sort"}
    link = tabs(blind)["Про сусіда"]
    copy = blind.post(f"/appeals/views/{stored.id}/copy").headers["location"]
    for url in (link, copy, tabs(blind)["Про сусіда"]):
        asked = dict(parse_qsl(url.partition("?")[2]))
        assert asked.keys() == {"topic", "sort", "view"}, url
        assert (asked["topic"], asked["sort"]) == ("water", "-registered")
    assert "Коваль" in dict(parse_qsl(tabs(client("olena"))["Про сусіда"].partition("?")[2])).values()
    assert view_of_person("Про сусіда", blind_manager, centre).query == {"topic": "water", "sort": "-registered"}


def view_of_person(name: str, login: str, centre: Centre) -> View:
    """Somebody's view of this name."""
    with transaction(EVERY_ORGANISATION) as session:
        of_theirs = select(View).where(View.name == name, View.person_id == centre.people[login].id)
        return session.scalars(of_theirs).one()


def test_only_ones_own_views_can_be_removed(client: Browser) -> None:
    client("olena").post("/appeals/views", data={"name": "Мій", "back": "kind=complaint"})
    client("iryna").post("/appeals/views", data={"name": "Спільний", "shared": "yes", "back": ""})
    mine, shared = view_of("Мій").id, view_of("Спільний").id
    assert client("andrii").post(f"/appeals/views/{mine}/forget").status_code == 404
    assert client("andrii").post(f"/appeals/views/{shared}/forget").status_code == 404
    assert client("olena").post(f"/appeals/views/{mine}/forget").status_code == 303
    assert client("mykola").post(f"/appeals/views/{shared}/forget").status_code == 303
    assert "Мій" not in tabs(client("olena"))


def test_a_column_moves_one_place() -> None:
    keys = ["a", "b", "c"]
    assert moved(keys, up="b", down="") == ["b", "a", "c"]
    assert moved(keys, up="", down="b") == ["a", "c", "b"]
    assert moved(keys, up="a", down="c") == keys
    assert moved(keys, up="x", down="y") == keys


def test_everybody_sees_every_column(client: Browser, blind_manager: str) -> None:
    for login in ("olena", "iryna", blind_manager):
        browser = client(login)
        browser.post("/appeals/columns", data={"column": [column.key for column in COLUMNS]})
        assert len(heads(browser)) == len(COLUMNS)
