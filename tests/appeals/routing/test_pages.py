"""Rules over HTTP, what the card and the page of an appeal propose, gaps, conflicts, and the box to try them in."""

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from appeals.executors import queries as executors
from appeals.executors import service as executing
from appeals.routing import queries, service
from appeals.routing.tables import ComplainedOf, RoutingRule
from appeals.tables import Appeal
from db import EVERY_ORGANISATION, transaction
from tests.appeals.addresses.towns import house_at
from tests.appeals.cards import Browser, form
from tests.appeals.routing.conftest import Rule, district, here
from tests.centre import Centre
from tests.client import Client

pytestmark = pytest.mark.usefixtures("city")
PIPES, LIFT = "p1.10", "p1.19"


@pytest.fixture
def iryna(client: Browser) -> Client:
    """The dispatcher in charge, in Ukrainian."""
    browser = client("iryna")
    browser.post("/language", data={"language": "uk"})
    return browser


def new_rule(**changes: str) -> dict[str, str]:
    """The form of a rule filled in rightly."""
    filled = {"scope": "everywhere", "problem": "", "executor": "УЖКГ", "valid_from": str(here()), "replaces": "true"}
    return filled | changes


def rules() -> list[RoutingRule]:
    """All rules there are, by number."""
    with transaction(EVERY_ORGANISATION) as session:
        return list(session.scalars(select(RoutingRule).order_by(RoutingRule.id)))


def proposed(browser: Client, **typed: str) -> str:
    """The words of the part that the card asks for."""
    answer = browser.get("/appeals/executor", params={"kind": "application"} | typed)
    assert answer.status_code == 200
    return words(answer)


def words(answer: httpx.Response) -> str:
    """What stands there, without tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())


def test_a_rule_is_entered_for_each_kind_of_place(iryna: Client, city: Centre) -> None:
    with transaction(city.organisations["khm"].id) as session:
        north = str(district(session, "Заріччя"))
    sent = (
        new_rule(),
        new_rule(scope="district", district=north, executor="УМК", problem="p1"),
        new_rule(scope="street", address="вул. Прибузька, ", executor="УМК", problem=PIPES, co="ВК, ЕМ"),
        new_rule(scope="house", address="вул. Прибузька, 12", executor="водоканал", basis="наказ 5"),
    )
    for each in sent:
        answer = iryna.post("/routing", data=each)
        assert answer.status_code == 303, answer.text
    found = rules()
    places = [(each.house_id is not None, each.street_id is not None, each.district_id is not None) for each in found]
    assert places == [(False, False, False), (False, False, True), (False, True, False), (True, False, False)]
    page = iryna.get("/routing").text
    assert "вул. Прибузька, 12" in page
    assert "наказ 5" in page
    assert page.count("<tr>") - 1 == 4
    for narrowed, count in (({"scope": "street"}, 1), ({"street": "Прибузька"}, 2), ({"executor": "ВК"}, 2)):
        assert iryna.get("/routing", params=narrowed).text.count("<tr>") - 1 == count, narrowed


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"executor": "нема такого"}, "executor"), ({"executor": "а"}, "executor"), ({"executor": ""}, "executor"),
        ({"co": "ВК, немає"}, "co"), ({"scope": "moon"}, "scope"), ({"problem": "p77"}, "problem"),
        ({"scope": "house", "address": "вул. Х, 1"}, "address"), ({"scope": "district", "district": "9"}, "district"),
        ({"scope": "street", "address": "абракадабра"}, "address"), ({"valid_until": "2020-01-01"}, "valid_until"),
        ({"valid_from": ""}, "valid_from"),
    ],
)  # fmt: skip
def test_a_rule_that_names_nothing_known_is_refused(iryna: Client, wrong: dict[str, str], field: str) -> None:
    refused = iryna.post("/routing", data=new_rule(**wrong))
    assert (refused.status_code, f'id="error-{field}"' in refused.text) == (422, True)
    assert rules() == []


def test_a_new_rule_ends_the_one_before_it_and_one_to_come_is_taken_back(iryna: Client, rule: Rule) -> None:
    first = rule("УЖКГ", "p1")
    tomorrow = here() + timedelta(days=1)
    assert (
        iryna.post("/routing", data=new_rule(problem="p1", executor="ВК", valid_from=str(tomorrow))).status_code == 303
    )
    before, after = rules()
    assert (before.id, before.valid_until, after.valid_until) == (first, here(), None)
    again = iryna.post("/routing", data=new_rule(problem="p1", executor="ЕМ", valid_from=str(tomorrow)))
    assert 'id="error-valid_from"' in again.text
    assert iryna.post("/routing", data=new_rule(problem="p1", executor="ЕМ")).status_code == 303
    assert [each.valid_until for each in rules()][1:] == [None, here()], "it lasts until the next one begins"
    assert iryna.post(f"/routing/{after.id}/end").status_code == 303
    assert after.id not in {each.id for each in rules()}
    assert iryna.post(f"/routing/{first}/end").status_code == 303


def test_the_card_proposes_with_the_reason_as_soon_as_problem_and_address_stand_there(
    iryna: Client, rule: Rule, city: Centre
) -> None:
    rule("УЖКГ", "p1")
    rule("УМК", "p1", district="Заріччя")
    by_house = rule("ВК", PIPES, co=("УЖКГ",), house=("Прибузька", "12"))
    told = proposed(iryna, problem=PIPES, address="вул. Прибузька, 12")
    assert "Водоканал разом із Управління житлового господарства" in told
    assert f"правило {by_house}: вул. Прибузька, 12 × Аварійний стан трубопроводів" in told
    assert "УМК «Заріччя»" in proposed(iryna, problem=PIPES, address="вул. Прибузька, 4, кв. 2")
    assert "уся територія × Несправності житлових будинків" in proposed(
        iryna, problem=LIFT, address="вул. Шевченка, 12"
    )
    assert proposed(iryna, problem="", address="вул. Прибузька, 12") == ""
    assert "Жодне правило" in proposed(iryna, problem="nonsense", address="вул. Прибузька, 12")
    with transaction(city.organisations["khm"].id) as session:
        house = str(house_at(session, "Прибузька", "12").id)
    both = proposed(iryna, problem=PIPES, address="вул. Прибузька, 12", house=house, also="вул. Миру, 65")
    assert "Водоканал" in both
    assert "УМК" not in both
    assert both.count("правило") == 2, "one proposal for each address"


def registered(browser: Client, **changes: str) -> Appeal:
    """The appeal that was registered."""
    answer = browser.post("/appeals", data=form(**changes))
    assert answer.status_code == 303, answer.text
    with transaction(EVERY_ORGANISATION) as session:
        return session.scalars(select(Appeal).order_by(Appeal.id.desc())).first() or pytest.fail("not registered")


def test_three_addresses_propose_two_executors(iryna: Client, rule: Rule) -> None:
    rule("ВК", PIPES)
    rule("УМК", PIPES, district="Заріччя")
    addresses = {"address": "вул. Прибузька, 4", "also": ["вул. Шевченка, 12", "просп. Миру, 65"]}
    appeal = registered(iryna, problem=PIPES, **addresses)  # type: ignore[arg-type]
    with transaction(appeal.organisation_id) as session:
        found = service.proposed_for(session, session.get_one(Appeal, appeal.id))
        names = executors.names(session, {each.executor for each in found})
    assert [names[each.executor] for each in found] == ["УМК «Заріччя»", "Водоканал"]
    page = words(iryna.get(f"/appeals/{appeal.number}"))
    assert "Пропонований виконавець УМК «Заріччя»" in page
    assert "Водоканал" in page


def _open_to(session: Session, appeal: Appeal) -> set[str]:
    """Codes of the executors to whom the appeal may be sent."""
    known = executors.executors(session)
    return {each.code for each in known if service.may_go_to(session, appeal, each.id)}


def test_a_complaint_is_not_proposed_to_whom_it_is_about(iryna: Client, rule: Rule, city: Centre) -> None:
    rule("УМК", "p1", district="Заріччя")
    where = {"problem": PIPES, "address": "вул. Прибузька, 4"}
    assert "УМК «Заріччя»" in proposed(iryna, **where)
    about = proposed(iryna, kind="complaint", against="умк", **where)
    assert "Пропонований виконавець Управління житлового господарства" in about
    assert "закон забороняє" in about
    assert "УМК «Заріччя»" in proposed(iryna, kind="application", against="умк", **where), "no complaint"
    assert "Такого виконавця немає" in proposed(iryna, kind="complaint", against="нема", **where)
    appeal = registered(iryna, against="УМК «Заріччя»", **where)
    page = words(iryna.get(f"/appeals/{appeal.number}"))
    assert "Пропонований виконавець Управління житлового господарства" in page
    with transaction(appeal.organisation_id) as session:
        stored = session.get_one(Appeal, appeal.id)
        assert _open_to(session, stored) == {"УЖКГ", "ВК", "ЕМ"}
    assert iryna.post(f"/appeals/{appeal.number}/complained-of", data={"against": "УЖКГ"}).status_code == 303
    with transaction(appeal.organisation_id) as session:
        stored = session.get_one(Appeal, appeal.id)
        assert _open_to(session, stored) == {"ВК", "ЕМ"}
        assert service.proposed_for(session, stored) == []
    assert iryna.post(f"/appeals/{appeal.number}/complained-of", data={}).status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalars(select(ComplainedOf)).all() == []


def test_a_card_that_complains_of_somebody_unknown_keeps_everything_typed(iryna: Client) -> None:
    refused = iryna.post("/appeals", data=form(against="нема такого"))
    assert (refused.status_code, 'id="error-against"' in refused.text) == (422, True)
    assert 'value="нема такого"' in refused.text
    assert registered(iryna, kind="application", against="нема такого").kind == "application"


def test_gaps_and_conflicts_are_shown(iryna: Client, rule: Rule, city: Centre) -> None:
    everything = words(iryna.get("/routing/gaps"))
    assert "p1.10 Аварійний стан трубопроводів у всіх районах" in everything
    rule("УМК", "p1", district="Заріччя")
    assert "p1.10 Аварійний стан трубопроводів Центр" in words(iryna.get("/routing/gaps"))
    rule("ВК", PIPES)
    told = words(iryna.get("/routing/gaps"))
    assert "p1.10" not in told
    assert "Правило для меншого місця затуляє правило для ближчої проблеми" in told
    rule("ЕМ", PIPES)
    assert "Два правила для того самого місця й проблеми" in words(iryna.get("/routing/gaps"))
    with transaction(city.organisations["khm"].id) as session:
        closed = executors.find(session, "ЕМ")
        assert closed is not None
        executing.close(session, closed, today=here(), by=city.people["admin.khm"])
    assert "Веде до закритого виконавця" in words(iryna.get("/routing/gaps"))


def test_the_box_says_who_and_why_on_another_day_too(iryna: Client, rule: Rule) -> None:
    rule("УЖКГ", "p1", since=here() - timedelta(days=90))
    rule("ВК", PIPES, since=here() - timedelta(days=30), house=("Прибузька", "12"))
    asked = {"address": "вул. Прибузька, 12", "problem": PIPES}
    now = words(iryna.get("/routing/try", params=asked))
    assert now.index("Водоканал") < now.index("Управління житлового господарства"), "the next one follows"
    before = words(iryna.get("/routing/try", params=asked | {"on": str(here() - timedelta(days=60))}))
    assert "Водоканал" not in before
    assert "Жодне правило" in words(iryna.get("/routing/try", params=asked | {"on": "2020-01-01"}))
    unknown = iryna.get("/routing/try", params={"address": "вул. Ніяка, 1", "problem": PIPES, "on": "nonsense"})
    assert 'id="error-address"' in unknown.text
    assert "Управління житлового господарства" in unknown.text


def test_rules_of_another_organisation_propose_nobody(client: Browser, rule: Rule, city: Centre) -> None:
    number = rule("ВК", PIPES)
    assert proposed(client("anna"), problem=PIPES, address="вул. Прибузька, 12").find("Водоканал") == -1
    assert client("dilnoza").post(f"/routing/{number}/end").status_code == 404
    with transaction(city.organisations["dtm"].id) as session:
        assert queries.current(session, here()) == []
