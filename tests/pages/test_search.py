"""The field in the top line finds people, appeals and calls, for those who may open what is found."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from appeals import service
from appeals.model import Kind, Source
from appeals.tables import Appeal, Applicant
from db import EVERY_ORGANISATION, transaction
from run.development.pictures import signed_in
from staff.model import Role
from staff.tables import Person
from tests.centre import PASSWORD, Centre, person
from tests.client import Client
from tests.pages.a_call import answered_call

Browser = Callable[[str], Client]
NUMBER = "+380671234567"


def found(browser: Client, words: str) -> list[str]:
    """Where the rows that were found lead."""
    answer = browser.get("/search", params={"q": words})
    assert answer.status_code == 200, answer.text[:500]
    return re.findall(r'<tr data-href="([^"]+)"', answer.text)


def named(centre: Centre, login: str, name: str, role: Role = Role.OPERATOR, code: str = "khm") -> Person:
    """Somebody new, with a name of their own."""
    with transaction(EVERY_ORGANISATION) as session:
        somebody = person(session, centre.organisations[code], login, role)
        somebody.name = name
        return somebody


def registered(by: Person, *, surname: str = "Коваленко", phone: str | None = NUMBER) -> str:
    """The number of a new appeal."""
    appeal = Appeal(kind=Kind.COMPLAINT, topic="water", substance="Немає води", address="", source=Source.PHONE)
    applicant = Applicant(surname=surname, given_name="", patronymic="", phone=phone, email="", address="")
    with transaction(by.organisation_id) as session:
        return service.register(session, appeal, applicant, by=by, submission=uuid4()).number


@pytest.mark.parametrize("words", ["Кравч", "кравчук", "Оксана Кравчук", "Кравчук Оксана", "oksana"])
def test_administrators_find_people_by_any_part_of_their_name(client: Browser, centre: Centre, words: str):
    oksana = named(centre, "oksana", "Оксана Кравчук")
    named(centre, "kravchuk.dtm", "Оксана Кравчук", code="dtm")
    assert found(client("admin.khm"), words) == [f"/people/{oksana.id}"]


def test_administrators_find_also_who_was_switched_off(client: Browser, centre: Centre):
    gone = named(centre, "gone", "Тарас Гнатюк", Role.MANAGER)
    with transaction(EVERY_ORGANISATION) as session:
        session.merge(gone).disabled_at = datetime.now(UTC)
    assert found(client("admin.khm"), "Гнатюк") == [f"/people/{gone.id}"]
    assert found(client("iryna"), "Гнатюк") == []


@pytest.mark.parametrize("login", ["iryna", "mykola"])
def test_those_who_read_all_calls_find_an_operator_and_with_them_their_calls(
    client: Browser, centre: Centre, login: str
):
    oksana = named(centre, "oksana", "Оксана Кравчук")
    named(centre, "manager", "Орест Кравчук", Role.MANAGER)
    call = answered_call(oksana)
    browser = client(login)
    assert found(browser, "Кравчук") == [f"/calls?operator={oksana.id}"]
    assert f"/calls/{call}" in browser.get(f"/calls?operator={oksana.id}").text


def test_an_operator_finds_no_people(client: Browser, centre: Centre):
    named(centre, "oksana", "Оксана Кравчук")
    assert found(client("olena"), "Кравчук") == []


def test_an_appeal_is_found_by_its_number_however_it_is_written(client: Browser, centre: Centre):
    wanted, _other = registered(centre.people["olena"]), registered(centre.people["olena"], phone=None)
    foreign = registered(centre.people["anna"], phone=None)
    assert foreign == wanted, "both organisations count from one, so that only one of them may be found"
    digits = wanted.replace("-", "")
    for words in (wanted, digits, str(int(wanted[3:])), wanted[3:], f" {digits} "):
        assert found(client("olena"), words) == [f"/appeals/{wanted}"], words
    assert found(client("admin.khm"), digits) == [], "administrators read no appeals"


@pytest.mark.parametrize("words", ["067 123 45 67", NUMBER, "Коваленко"])
def test_an_appeal_is_found_by_its_applicant(client: Browser, centre: Centre, words: str):
    wanted = registered(centre.people["olena"])
    registered(centre.people["anna"])
    registered(centre.people["olena"], surname="Шевченко", phone="+380501112233")
    appeal, applicant = found(client("iryna"), words)
    assert appeal == f"/appeals/{wanted}"
    assert re.fullmatch(r"/appeals/applicants/\d+", applicant)
    assert found(client("admin.khm"), words) == []


def test_calls_are_found_by_the_end_of_a_number_and_operators_find_their_own(client: Browser, centre: Centre):
    mine, others = answered_call(centre.people["olena"]), answered_call(centre.people["andrii"])
    answered_call(centre.people["anna"])
    answered_call(centre.people["olena"], caller="+380509998877")
    assert set(found(client("iryna"), "34567")) == {f"/calls/{mine}", f"/calls/{others}"}
    assert found(client("olena"), "34567") == [f"/calls/{mine}"]
    assert found(client("iryna"), str(others)) == [f"/calls/{others}"]
    assert found(client("olena"), str(others)) == []
    assert found(client("iryna"), str(UUID(int=0))) == []


def test_what_is_found_stands_by_kind_and_the_rest_is_in_its_list(client: Browser, centre: Centre):
    number = registered(centre.people["olena"])
    for _ in range(7):
        answered_call(centre.people["olena"])
    iryna = client("iryna")
    iryna.post("/language", data={"language": "en"})
    page = iryna.get("/search", params={"q": NUMBER}).text
    assert re.findall(r"<h2>(.*?)</h2>", page[page.index('id="content"') : page.index("<dialog")]) == [
        "Appeals",
        "Calls",
        "Applicants",
    ]
    assert page.index(f"/appeals/{number}") < page.index('<tr data-href="/calls/')
    assert page.count('<tr data-href="/calls/') == 5
    assert '<a href="/calls?q=%2B380671234567">All these calls</a>' in page
    assert "All these appeals" not in page


def test_a_page_is_found_by_its_name_or_its_groups_by_whom_it_is_open_to(client: Browser, centre: Centre):
    assert found(client("iryna"), "адрес") == ["/classifier", "/appeals/addresses", "/executors", "/opt-outs"]
    assert found(client("iryna"), "ТАБЛО") == ["/board"]
    assert found(client("olena"), "табло") == []
    assert found(client("vasyl"), "доручення") == ["/assignments"]
    number, call = registered(centre.people["olena"]), answered_call(centre.people["olena"])
    assert found(client("yurii"), number) == [f"/appeals/{number}"]
    assert found(client("vasyl"), number) == []
    assert found(client("nadiia"), str(call)) == []


def test_nothing_asked_and_nothing_found_are_said(client: Browser):
    browser = client("iryna")
    browser.post("/language", data={"language": "en"})
    assert "Nothing is looked for yet" in browser.get("/search").text
    page = browser.get("/search", params={"q": "<b>Nobody"}).text
    assert "Nothing was found" in page
    assert 'value="&lt;b&gt;Nobody"' in page


@pytest.mark.parametrize("words", ["%", "_", "\\", "+", "0" * 64, "٣٣٣", "²", "12\x00", "'; --"])
def test_nonsense_finds_nothing(client: Browser, centre: Centre, words: str):
    answered_call(centre.people["olena"])
    registered(centre.people["olena"])
    answer = client("iryna").get("/search", params={"q": words})
    assert answer.status_code in {200, 422}
    assert "<tr data-href" not in answer.text


def test_the_keyboard_alone_finds_walks_and_opens(browser: Chromium, url: str, centre: Centre):
    number = registered(centre.people["olena"])
    calls = [answered_call(centre.people["olena"]) for _ in range(2)]
    with signed_in(browser, url, "iryna", PASSWORD) as page:
        page.keyboard.press("/")
        page.keyboard.type(NUMBER)
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-one-list]")
        focused = page.locator("[data-one-list] a:focus")
        expect(focused).to_have_text(number)
        page.keyboard.press("ArrowDown")
        expect(focused).to_have_attribute("href", re.compile("/calls/"))
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        expect(focused).to_have_text(number)
        page.keyboard.press("/")
        expect(page.locator("#search")).to_be_focused()
        expect(page.locator("#search")).to_have_value(NUMBER)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/calls/(" + "|".join(map(str, calls)) + ")$"))
