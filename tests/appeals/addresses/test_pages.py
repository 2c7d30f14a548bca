"""Pages of the directory: what an administrator enters, renames and corrects; what others see and may not."""

import re
from datetime import date

import pytest

from appeals.addresses import queries
from db import transaction
from tests.appeals.addresses.towns import Browser, house_at, offered, street_called
from tests.centre import Centre
from tests.client import Client

pytestmark = pytest.mark.usefixtures("towns")
ROOT = "/appeals/addresses"


@pytest.fixture
def admin(client: Browser) -> Client:
    """The administrator's browser, in Ukrainian."""
    return in_ukrainian(client("admin.khm"))


def in_ukrainian(browser: Client) -> Client:
    """The browser, its pages in Ukrainian."""
    browser.post("/language", data={"language": "uk"})
    return browser


def street(centre: Centre, name: str) -> str:
    """The address of a street's page."""
    with transaction(centre.organisations["khm"].id) as session:
        return f"{ROOT}/streets/{street_called(session, name).id}"


def house(centre: Centre, name: str, number: str) -> str:
    """The address of a house's page."""
    with transaction(centre.organisations["khm"].id) as session:
        return f"{ROOT}/houses/{house_at(session, name, number).id}"


def test_streets_are_listed_found_and_paged(admin: Client):
    everything = admin.get(ROOT).text
    assert everything.count('<tr data-href="/appeals/addresses/streets/') == 15
    assert "вул. Леніна" in everything
    assert "Усього вулиць: 15, будинків: 23" in everything
    found = admin.get(ROOT, params={"q": "itdxtyrf 12а"}).text
    assert "вул. Шевченка, 12А" in found
    assert "Такої вулиці немає" in admin.get(ROOT, params={"q": "абракадабра"}).text


def test_more_streets_than_fit_on_a_page_go_on_on_the_next(admin: Client):
    for number in range(40):
        admin.post(f"{ROOT}/streets", data={"kind": "lane", "name": f"Новий {number:02}"})
    first = admin.get(ROOT).text
    shown = re.findall(r'<a href="/appeals/addresses/streets/(\d+)"', first)
    assert len(shown) == queries.PAGE
    older = re.search(r'rel="next" href="([^"]*)"', first)
    assert older is not None
    second = admin.get(older[1].replace("&amp;", "&")).text
    rest = re.findall(r'<a href="/appeals/addresses/streets/(\d+)"', second)
    assert len(rest) == 5
    assert not set(rest) & set(shown)


def test_a_street_is_added_once(admin: Client):
    answer = admin.post(f"{ROOT}/streets", data={"kind": "street", "name": "Нова", "settlement": "с. Давидківці"})
    assert admin.get(answer.headers["location"]).status_code == 200
    assert offered(admin, "нова") == offered(admin, "давидківці нова") == ["с. Давидківці, вул. Нова"]
    again = admin.post(f"{ROOT}/streets", data={"kind": "street", "name": "Нова", "settlement": "с. Давидківці"})
    assert again.status_code == 422
    assert "Там уже є вулиця з такою назвою" in again.text
    assert admin.post(f"{ROOT}/streets", data={"kind": "street", "name": "Нова"}).status_code == 303, "in the city"


def test_a_street_is_renamed_on_a_day_and_a_slip_of_the_pen_is_corrected(admin: Client, centre: Centre):
    page = street(centre, "Прибузька")
    renamed = {"kind": "avenue", "name": "Тараса Бульби", "deed": "rename", "on": "2024-05-01"}
    assert admin.post(f"{page}/name", data=renamed).status_code == 303
    assert "вул. Прибузька" in admin.get(page).text, "the former name"
    assert offered(admin, "прибузька") == ["просп. Тараса Бульби"]
    corrected = renamed | {"name": "Тараса Бульбенка", "deed": "correct"}
    assert admin.post(f"{page}/name", data=corrected).status_code == 303
    assert offered(admin, "бульбенка") == ["просп. Тараса Бульбенка"]
    assert "просп. Тараса Бульби" not in admin.get(page).text
    for on in ("", "2024-04-30", "2999-01-01"):
        wrong = admin.post(f"{page}/name", data=renamed | {"on": on})
        assert wrong.status_code == 422, on
    assert admin.post(f"{page}/name", data=corrected | {"kind": "street", "name": "Садова"}).status_code == 422


def test_other_names_find_the_street_until_they_are_removed(admin: Client, centre: Centre):
    page = street(centre, "Проскурівська")
    other = {"other_kind": "street", "other_name": "Стометрівка", "sort": "also"}
    assert admin.post(f"{page}/names", data=other).status_code == 303
    assert offered(admin, "стометр") == ["вул. Проскурівська"]
    assert admin.post(f"{page}/names", data=other).status_code == 422
    removal = re.search(r'action="(/appeals/addresses/streets/\d+/names/\d+/remove)"', admin.get(page).text)
    assert removal is not None
    admin.post(removal[1])
    assert offered(admin, "стометр") == []


def test_a_house_is_added_and_placed(admin: Client, centre: Centre):
    page = street(centre, "Прибузька")
    made = admin.post(f"{page}/houses", data={"number": "14-б"}).headers["location"]
    assert admin.post(f"{page}/houses", data={"number": "14 Б"}).status_code == 422, "it is there"
    assert admin.post(f"{page}/houses", data={"number": "чотирнадцять"}).status_code == 422
    placed = {"postal_code": "29000", "district": "Заріччя", "latitude": "49.43", "longitude": "26.99"}
    assert admin.post(made, data=placed).status_code == 303
    for wrong in ({"latitude": "91"}, {"longitude": ""}, {"latitude": "північ"}):
        assert admin.post(made, data=placed | wrong).status_code == 422, wrong
    shown = admin.get(made).text
    assert "вул. Прибузька, 14Б" in shown
    assert 'value="Заріччя"' in shown
    assert 'value="49.43"' in shown


def test_enterprises_and_objects_are_entered_and_stand_on_the_page_of_the_house(admin: Client, centre: Centre):
    for code, name in (("01", "ЖЕУ № 1"), ("02", "ЖЕУ № 2")):
        made = admin.post(f"{ROOT}/enterprises", data={"code": code, "name": name, "phone": "0382700101"})
        assert made.status_code == 303
    assert admin.post(f"{ROOT}/enterprises", data={"code": "01", "name": "Інше"}).status_code == 422
    with transaction(centre.organisations["khm"].id) as session:
        ids = [str(each.what.id) for each in queries.enterprises(session, date(2026, 11, 23))]
    of_house = house(centre, "Прибузька", "12")
    care = f"{of_house}/enterprise"
    assert admin.post(care, data={"enterprise": ids[0], "since": "2020-01-01"}).status_code == 303
    assert admin.post(care, data={"enterprise": ids[1], "since": "2019-01-01"}).status_code == 422
    assert admin.post(care, data={"enterprise": ids[1], "since": "2023-01-01"}).status_code == 303
    facility = admin.post(f"{ROOT}/facilities", data={"kind": "boiler_house", "code": "К-4", "name": "Котельня № 4"})
    of_facility = facility.headers["location"]
    assert admin.post(f"{of_facility}/houses", data={"address": "вул. Прибузька, 12"}).status_code == 303
    assert admin.post(f"{of_facility}/houses", data={"address": "вул. Прибузька, 99"}).status_code == 422
    page = admin.get(of_house).text
    assert re.findall(r"ЖЕУ № \d</a>", page) == ["ЖЕУ № 2</a>", "ЖЕУ № 1</a>"]
    assert "Котельня № 4" in page
    assert "вул. Прибузька, 12" in admin.get(f"{ROOT}/enterprises/{ids[1]}").text
    assert "вул. Прибузька, 12" not in admin.get(f"{ROOT}/enterprises/{ids[0]}").text
    assert admin.post(f"{of_facility}/houses/{of_house.rpartition('/')[2]}/remove").status_code == 303
    assert "Котельня № 4" not in admin.get(of_house).text


def test_who_keeps_no_addresses_reads_them_and_changes_nothing(client: Browser, centre: Centre):
    page, of_house = street(centre, "Прибузька"), house(centre, "Прибузька", "12")
    for login in ("olena", "iryna", "mykola"):
        browser = client(login)
        for place in (ROOT, page, of_house, f"{ROOT}/enterprises", f"{ROOT}/facilities"):
            shown = browser.get(place)
            assert shown.status_code == 200
            assert 'method="post" action="/appeals/addresses' not in shown.text
        assert browser.get(f"{ROOT}/import").status_code == 403
        assert browser.post(f"{page}/name", data={"kind": "street", "name": "X", "deed": "correct"}).status_code == 403
        assert browser.post(of_house, data={"postal_code": "1"}).status_code == 403


def test_an_administrator_sees_no_applicants_on_the_page_of_a_house(admin: Client, client: Browser, centre: Centre):
    sent = {
        "submission": "6b1f7c1e-6a57-4c5b-8a52-000000000001", "source": "letter", "surname": "Коваленко",
        "kind": "complaint", "topic": "water", "substance": "Немає води", "address": "вул. Прибузька, 12",
    }  # fmt: skip
    assert client("olena").post("/appeals", data=sent).status_code == 303
    of_house = house(centre, "Прибузька", "12")
    assert "Коваленко" in in_ukrainian(client("olena")).get(of_house).text
    assert "Коваленко" not in admin.get(of_house).text
