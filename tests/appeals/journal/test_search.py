"""Appeals are found by their words, whatever the endings and the alphabet; who looked for whom is written down."""

import pytest
from sqlalchemy import select

from appeals.addresses import service as addresses
from appeals.journal import jobs
from appeals.journal.conditions import Asker
from appeals.journal.model import stems
from db import EVERY_ORGANISATION, transaction
from staff.tables import Audit, Person
from tests.appeals.addresses.towns import KHM, built
from tests.appeals.cards import Browser
from tests.appeals.journal.appeals import found, written
from tests.centre import Centre

SUBSTANCES = {
    1: "У під’їзді немає опалення, батареї холодні",
    2: "Прорвало трубу холодної води",
    3: "Мар'яна з сусіднього будинку скаржиться на шум",
    4: "Suv yoʻq, issiqlik ham oʻchgan",
    5: "В доме отключили воду и свет",
}


@pytest.fixture
def asker(centre: Centre) -> Asker:
    """Olena, in a city with five appeals."""
    olena = centre.people["olena"]
    with transaction(olena.organisation_id) as session:
        built(session, centre.people["admin.khm"], KHM)
        for number, substance in SUBSTANCES.items():
            written(session, olena, [number], substance=substance)
    return Asker.of(olena, personal=True)


BY_WORDS = {
    "опаленням": [1], "ОПАЛЕННЯ": [1], "opalennia": [1], "труба": [2], "вода": [2, 5],
    "холодна вода": [2], "холодний": [1, 2], "мар’яна": [3], "Marjana": [3], "марʼяни": [3],
    "под'езде": [], "підʼїзд": [1], "suv yo'q": [4], "issiqlik": [4], "сув": [4], "свет": [5],
    "газ": [], "'": [], "26-000004": [4], "26000004": [4], "4": [4], "067 000 00 02": [2],
    "Ґудзь": [4], "гудзь сув": [4], "%": [], "_": [],
}  # fmt: skip


def test_words_are_found_with_other_endings_in_other_letters(asker: Asker) -> None:
    with transaction(asker.organisation) as session:
        numbers = {typed: found(session, asker, q=typed) for typed in BY_WORDS}
    assert numbers == {typed: [f"26-{number:06}" for number in of] for typed, of in BY_WORDS.items()}


def test_short_words_and_numbers_are_looked_for_as_they_are() -> None:
    assert [stems(word) for word in ("gas", "voda", "truba", "opalenia", "osoba7", "")] == [
        "gas", "vod", "trub", "opalen", "osoba7", "",
    ]  # fmt: skip


BY_ADDRESS = {
    "Прибузька 12": [1], "прибузька": [1, 2], "вул. Прибузька, 4": [2], "Шевченка 12": [3],
    "за мостом": [4], "мост": [4], "Соборна": [],
}  # fmt: skip


def test_appeals_are_found_by_street_and_house_of_any_of_their_addresses(asker: Asker, centre: Centre) -> None:
    olena = centre.people["olena"]
    with transaction(olena.organisation_id) as session:
        made = {it: written(session, olena, [it + 10])[0] for it in (1, 2, 3, 4)}
        addresses.note(session, made[1], [("вул. Прибузька, 12", None)])
        addresses.note(session, made[2], [("вул. Шевченка, 14", None), ("вул. Прибузька, 4", None)])
        addresses.note(session, made[3], [("вул. Шевченка, 12", None)])
        addresses.note(session, made[4], [("будка за мостом", None)])
    jobs.look_after()
    with transaction(olena.organisation_id) as session:
        numbers = {typed: found(session, asker, address=typed) for typed in BY_ADDRESS}
    assert numbers == {typed: [f"26-{number + 10:06}" for number in of] for typed, of in BY_ADDRESS.items()}


def searches() -> list[Audit]:
    """What is written down of searches."""
    with transaction(EVERY_ORGANISATION) as session:
        return list(session.scalars(select(Audit).where(Audit.deed == "appeals.searched").order_by(Audit.id)))


def test_a_look_for_somebody_is_written_down(asker: Asker, client: Browser, centre: Centre) -> None:
    olena = client("olena")
    olena.get("/appeals", params={"topic": "water", "q": "26-000004"})
    assert searches() == [], "nobody was looked for"
    olena.get("/appeals", params={"name": "Ґудзь", "phone": "067"})
    [one] = searches()
    assert one.person_id == centre.people["olena"].id
    assert one.details == {"by": "name, phone", "found": "0", "shown": ""}
    olena.get("/appeals", params={"name": "Ґудзь"})
    assert searches()[1].details == {"by": "name", "found": "1", "shown": "26-000004"}
    assert "Ґудзь" not in str([each.details for each in searches()]), "whom they looked for is not told again"


def test_who_may_not_see_names_finds_none(asker: Asker, client: Browser, blind_manager: str) -> None:
    page = client(blind_manager).get("/appeals", params={"name": "Ґудзь"})
    assert page.text.count("<tr data-href") == 5
    assert "Ґудзь" not in page.text
    assert "Ґудзь" in client("olena").get("/appeals").text
    assert searches() == []


def test_a_person_of_another_organisation_finds_nothing(asker: Asker, client: Browser, centre: Centre) -> None:
    anna: Person = centre.people["anna"]
    assert client("anna").get("/appeals", params={"q": "вода"}).text.count("<tr data-href") == 0
    with transaction(anna.organisation_id) as session:
        assert found(session, Asker.of(anna, personal=True), q="вода") == []
