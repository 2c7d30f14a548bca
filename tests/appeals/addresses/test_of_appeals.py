"""Addresses on the card: chosen or typed, one or several; a renamed street is renamed on every page."""

import html
import re
from datetime import date

import pytest
from sqlalchemy.orm import Session

import appeals.queries
from appeals.addresses import queries, service
from appeals.addresses.model import StreetKind
from db import transaction
from tests.appeals.addresses.towns import Browser, asked, house_at, street_called
from tests.appeals.cards import fields, form
from tests.centre import Centre

pytestmark = pytest.mark.usefixtures("towns")


def registered(browser: Browser, **changes: object) -> str:
    """The number of an appeal sent as a form."""
    answer = browser("olena").post("/appeals", data=form() | changes)  # type: ignore[operator]
    assert answer.status_code == 303, answer.text[-2000:]
    return str(answer.headers["location"].rpartition("/")[2])


def where(browser: Browser, number: str) -> list[str]:
    """The addresses on the appeal's page."""
    page = browser("olena").get(f"/appeals/{number}").text
    part = page[page.index("<h2>Де</h2>") :].split("<h2", 2)[1]
    return [html.unescape(re.sub("<[^>]*>", "", line)) for line in re.findall(r"<p>(.*?)</p>", part)]


def chosen(browser: Browser, typed: str) -> dict[str, object]:
    """The first house that is offered, as the field and the hidden one have it."""
    offer = asked(browser("olena"), typed).json()["offers"][0]
    return {"address": offer["text"], "house": offer["house"]}


@pytest.mark.parametrize(
    ("typed", "number", "detail"),
    [
        ("вул. Шевченка, 12А", "12А", ""),
        ("вул. Шевченка, 12А, кв. 4", "12А", "кв. 4"),
        ("вулиця Шевченка, буд. 12-а, квартира 4", "12А", "квартира 4"),
        ("ВУЛ. ШЕВЧЕНКА 12а, другий під’їзд", "12А", "другий під’їзд"),
        ("вул. Shevchenka 12/2", "12/2", ""),
        ("вул. Шевченка, 12 корп. 2", "12 корп. 2", ""),
        ("вул. Леніна, 5", "5", ""),
    ],
)
def test_a_whole_address_names_its_house_without_a_choice(
    client: Browser, centre: Centre, typed: str, number: str, detail: str
):
    appeal = registered(client, address=typed)
    street = "Соборна" if "Леніна" in typed else "Шевченка"
    assert where(client, appeal) == [", ".join(part for part in (f"вул. {street}, {number}", detail) if part)]


@pytest.mark.parametrize(
    "typed",
    [
        "шевч 12",
        "просп. Шевченка, 1",
        "Шевченка 12",
        "вул. Шевченка",
        "вул. Шевченка, 99",
        "біля вокзалу",
        "вул. Шевченка, 12, 14",
    ],
)
def test_what_names_no_house_or_more_than_one_stays_a_text(client: Browser, centre: Centre, typed: str):
    number = registered(client, address=typed)
    assert where(client, number) in ([typed], ["вул. Шевченка, 12, 14"])
    with transaction(centre.people["olena"].organisation_id) as session:
        [address] = queries.addresses_of(session, _id_of(session, number))
        assert address.written == typed
        assert (address.house_id is None) == (typed != "вул. Шевченка, 12, 14")


def _id_of(session: Session, number: str) -> int:
    return appeals.queries.get(session, number).id


def test_a_choice_decides_between_houses_and_counts_only_while_the_text_begins_with_it(client: Browser):
    picked = chosen(client, "пров шевченка 12")
    assert picked["address"] == "пров. Шевченка, 12"
    assert where(client, registered(client, **picked | {"address": "пров. Шевченка, 12, кв. 7"})) == [
        "пров. Шевченка, 12, кв. 7"
    ]
    assert where(client, registered(client, **picked | {"address": "вул. Прибузька, 4"})) == ["вул. Прибузька, 4"]
    assert where(client, registered(client, **picked | {"address": "пров. Шевченка, 120"})) == ["пров. Шевченка, 120"]
    assert where(client, registered(client, **picked | {"house": "99999999999999999999"})) == ["пров. Шевченка, 12"]


def test_a_foreign_house_is_no_choice(client: Browser, centre: Centre):
    with transaction(centre.people["anna"].organisation_id) as session:
        foreign = house_at(session, "Bogʻishamol", "12").id
    number = registered(client, address="Bogʻishamol koʻchasi, 12", house=str(foreign))
    with transaction(centre.people["olena"].organisation_id) as session:
        assert queries.addresses_of(session, _id_of(session, number))[0].house_id is None


def test_an_appeal_has_several_addresses_and_is_found_from_each_house(client: Browser, centre: Centre):
    number = registered(
        client,
        address="вул. Шевченка, 12А",
        also=["вул. Прибузька, 4, кв. 1", "", "біля вокзалу"],
        also_house=["", "", ""],
    )
    assert where(client, number) == ["вул. Шевченка, 12А", "вул. Прибузька, 4, кв. 1", "біля вокзалу"]
    with transaction(centre.people["olena"].organisation_id) as session:
        second = house_at(session, "Прибузька", "4").id
    first = chosen(client, "вул шевченка 12а")["house"]
    olena = client("olena")
    for house in (first, second):
        page = olena.get(f"/appeals/addresses/houses/{house}").text
        assert number in page
        assert "Коваленко" in page
        assert "зареєстровано: 1" in page, "how many stand in which state"
    other = chosen(client, "вул шевченка 12")["house"]
    assert number not in olena.get(f"/appeals/addresses/houses/{other}").text


def test_a_form_sent_twice_keeps_its_addresses_once(client: Browser):
    sent = form(address="вул. Шевченка, 12А")
    olena = client("olena")
    first, second = (olena.post("/appeals", data=sent).headers["location"] for _ in range(2))
    assert first == second
    assert where(client, first.rpartition("/")[2]) == ["вул. Шевченка, 12А"]


def test_room_for_one_more_address_keeps_what_was_typed(client: Browser):
    olena = client("olena")
    typed = form(address="вул. Шевченка, 12А") | {"also": ["вул. Прибузька, 4"], "also_house": [""]}
    card = olena.post("/appeals/card/address", data=typed, headers={"HX-Request": "true"}).text
    assert card.count('name="also"') == 2
    assert fields(card)["surname"] == "Коваленко"
    assert 'value="вул. Прибузька, 4"' in card
    without_script = olena.post("/appeals/card/address", data=typed)
    assert without_script.headers["location"] == "/appeals/new"
    assert olena.get("/appeals/new").text.count('name="also"') == 2


def test_a_refused_card_keeps_all_addresses(client: Browser):
    sent = form(surname="") | {"also": ["вул. Прибузька, 4"], "also_house": ["7"]}
    answer = client("olena").post("/appeals", data=sent)
    assert answer.status_code == 422
    assert 'name="also" value="вул. Прибузька, 4"' in answer.text
    assert 'name="also_house" value="7"' in answer.text


def test_a_renamed_street_is_renamed_everywhere(client: Browser, centre: Centre):
    number = registered(client, address="вул. Прибузька, 12, кв. 4")
    admin = centre.people["admin.khm"]
    with transaction(admin.organisation_id) as session:
        street = street_called(session, "Прибузька")
        day = date(2024, 5, 1)
        service.rename(session, street, StreetKind.STREET, "Тараса Бульби", on=day, today=day, by=admin)
        house = queries.find_number(session, street.id, "12")
        assert house is not None
    assert where(client, number) == ["вул. Тараса Бульби, 12, кв. 4"]
    olena = client("olena")
    assert "вул. Тараса Бульби, 12" in olena.get(f"/appeals/addresses/houses/{house.id}").text
    assert asked(olena, "прибуз 12").json()["offers"][0]["text"] == "вул. Тараса Бульби, 12"
    assert [offer["text"] for offer in asked(olena, "бульби").json()["offers"]] == ["вул. Тараса Бульби"]
