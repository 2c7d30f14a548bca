"""What is offered while an address is typed: the test set of appendix A.6 in both languages, and more of our own."""

import re

import pytest
from sqlalchemy import Engine, text

from db import transaction
from tests.appeals.addresses.towns import Browser, asked, offered
from tests.centre import Centre
from tests.client import Client

pytestmark = pytest.mark.usefixtures("towns")

SHEVCHENKA = "вул. Шевченка"
KHM = {
    SHEVCHENKA: [
        "шевч", "Шевченка", "вул Шевченка", "вулиця Шевченка", "ШЕВЧЕНКА", "шевчнека", "Shevchenka", "itdxtyrf",
        "вул. Шевченка", "шевченка вул", "вул.Шевченка", "ул. Шевченко", "itd", "dek itdxtyrf", "  шевч  ", "шевченко",
        "шевечнка", "шевчнека вул", "шебченка", "vulytsia Shevchenka",
    ],
    "пров. Шевченка": ["пров шевч", "провулок Шевченка", "пров. Шевченка"],
    "вул. Кам’янецька": [
        "Кам'янецька", "Кам’янецька", "Камʼянецька", "Камянецька", "Кам`янецька", "Кам´янецька", "КАМ'ЯНЕЦЬКА",
        "кам", "камя", "кам’я", "Kamianetska", "rfv`zytwmrf", "камянецкая", "камянеька",
    ],
    "вул. В’ячеслава Чорновола": [
        "В’ячеслава Чорновола", "В'ячеслава Чорновола", "в`ячеслава", "ВЯЧЕСЛАВА", "В´ячеслава", "чорновола", "Чорн",
        "чорновола вячеслава", "В. Чорновола", "в’яч чорн", "xjhyjdjkf",
    ],
    "просп. Миру": ["миру", "просп миру", "проспект Миру", "пр-т Миру", "пр. миру", "Мир"],
    "бульв. Бориса Дудаєва": ["дудаєва", "бульвар дудаєва", "б-р Дудаева", "бориса дуд"],
    "пл. Незалежності": ["пл незал", "площа Незалежності", "незалежности"],
    "вул. 1 Травня": ["1 травня", "травня", "1 тр"],
    "вул. Героїв 95-ї бригади": ["героїв 95", "95 бригади", "бригади"],
    "вул. Проскурівська": ["проск", "проскуривская"],
    "вул. Садова": ["садова"],
    "проїзд Садовий": ["проїзд сад", "садовий"],
    "вул. Соборна": ["соборна", "собор"],
}  # fmt: skip
DTM = {
    "Bogʻishamol koʻchasi": [
        "Bog'ishamol", "Bogʻishamol", "Bog’ishamol", "Bogishamol", "Боғишамол", "Boğishamol", "Boğişamol", "BOGISHAMOL",
        "bog", "boği", "боғ", "Ищпшырфьщд", "bogishmaol", "Bogʻishamol koʻchasi", "bogishamol kochasi",
        "улица Богишамол",
    ],
    "Amir Temur shoh koʻchasi": [
        "amir temur", "Амир Темур", "temur", "Amir Temur shoh koʻchasi", "проспект Амира Темура",
    ],
    "Yoshlik koʻchasi": ["yoshlik", "Ёшлик", "ёш", "Yoşlik"],
    "Choʻlpon koʻchasi": ["cholpon", "Choʻlpon", "Cho‘lpon", "Cho'lpon", "Чўлпон", "Çolpon"],
    "Sayilgoh koʻchasi": ["sayilgoh", "Сайилгоҳ"],
    "Jomiy tor koʻchasi": ["jomiy", "Жомий"],
    "Oʻzbekiston koʻchasi": ["ozbekiston", "Ўзбекистон", "Oʻzb", "O'zbekiston"],
    "Chilonzor dahasi": ["chilonzor", "Чилонзор", "daha chilon", "Çilonzor"],
    "Tsiolkovskiy koʻchasi": ["tsiolk", "Циолковский", "циолк"],
    "Navoiy koʻchasi": ["navoi", "Навоий", "navoiy"],
}  # fmt: skip


@pytest.mark.parametrize(("login", "ways"), [("olena", KHM), ("anna", DTM)], ids=["city", "Tashkent"])
def test_a_street_comes_first_however_it_is_typed(client: Browser, login: str, ways: dict[str, list[str]]):
    assert astray(client(login), ways) == {}


def astray(browser: Client, ways: dict[str, list[str]]) -> dict[str, list[str]]:
    """What was typed, and what came instead of the address that was meant."""
    found = {typed: offered(browser, typed) for each in ways.values() for typed in each}
    return {typed: found[typed] for meant, each in ways.items() for typed in each if found[typed][:1] != [meant]}


HOUSES = {
    "вул. Шевченка, 12А": [
        "шевч 12а",
        "шевченка 12-а",
        "Шевченка, 12 А",
        "вул. Шевченка 12А",
        "shevch 12a",
        "itdx 12а",
    ],
    "вул. Шевченка, 12/2": ["шевченка 12/2", "вул шевч, 12 / 2"],
    "вул. Шевченка, 12 корп. 2": ["шевченка 12 корп. 2", "шевч 12 корпус 2", "шевч 12к2"],
    "вул. Шевченка, 12": ["шевченка 12", "шевч, буд. 12", "шевчнека 12", "вул. Шевченка, 12, кв. 4"],
    "вул. 1 Травня, 5": ["1 травня 5", "травня 5"],
    "вул. Героїв 95-ї бригади, 7А": ["героїв 95 бригади 7-а", "бригади 7"],
    "вул. Соборна, 5": ["леніна 5", "соборна 5"],
}


def test_a_house_comes_first_however_its_number_is_typed(client: Browser):
    assert astray(client("olena"), HOUSES) == {}


def test_houses_of_tashkent(client: Browser):
    anna = client("anna")
    for typed in ("bogishamol 12", "Боғишамол 12", "Bogʻishamol koʻchasi, 12-uy"):
        assert offered(anna, typed)[0] == "Bogʻishamol koʻchasi, 12"
    assert offered(anna, "bogishamol 12a") == offered(anna, "bogishamol 12-А") == ["Bogʻishamol koʻchasi, 12A"]


def test_one_number_brings_the_longer_ones_behind_it(client: Browser):
    texts = offered(client("olena"), "вул шевченка 12")
    assert texts[:2] == ["вул. Шевченка, 12", "пров. Шевченка, 12"]
    assert texts[2:6] == [f"вул. Шевченка, {number}" for number in ("12/2", "12 корп. 2", "12А", "120")]
    assert "вул. Шевченка, 14" not in texts


def test_a_former_name_finds_the_street_of_today_and_says_so(client: Browser):
    olena = client("olena")
    olena.post("/language", data={"language": "uk"})
    [offer] = asked(olena, "лені").json()["offers"]
    assert offer["text"] == "вул. Соборна"
    assert offer["note"] == "колишня вул. Леніна"
    assert asked(olena, "леніна 5").json()["offers"][0]["note"] == "колишня вул. Леніна"
    assert asked(olena, "соборна").json()["offers"][0]["note"] == ""


def test_what_is_no_address_finds_nothing(client: Browser):
    olena = client("olena")
    for typed in ("", " ", "л", "абракадабра", "12", "12а", "вул.", ",", "\x00", "%", "_", "’’’", "💥" * 50, "9" * 900):
        assert offered(olena, typed) == [], typed


def test_a_house_that_is_not_there_leaves_the_street(client: Browser):
    assert offered(client("olena"), "прибузька 99") == ["вул. Прибузька"]


def test_nobody_is_offered_a_street_of_another_organisation(client: Browser):
    assert offered(client("olena"), "bogishamol") == []
    assert offered(client("anna"), "шевченка") == []
    assert offered(client("anna"), "шевченка 12") == []


def test_every_role_may_ask_and_nobody_who_is_not_signed_in(client: Browser, anybody):
    for login in ("olena", "iryna", "mykola", "admin.khm"):
        assert offered(client(login), "прибуз") == ["вул. Прибузька"]
    assert asked(anybody, "прибуз").status_code in {303, 401}


@pytest.mark.parametrize(
    ("indexed", "condition", "served"),
    [
        ("street_word.word", "word >= 'sh1' AND word < 'sh2'", r"Index Cond: .*word >= 'sh1'.*word < 'sh2'"),
        ("street_trigram.letters", "letters IN ('sh1', 'sh2')", r"Index Cond: .*letters = ANY"),
    ],
)
def test_row_security_leaves_the_conditions_to_the_index(
    centre: Centre, owner: Engine, indexed: str, condition: str, served: str
):
    """PostgreSQL gives an index only to leakproof operators there; LIKE and those of pg_trgm would be none."""
    own, (table, column) = centre.organisations["khm"].id, indexed.split(".")
    many = f"INSERT INTO {table} (organisation_id, street_id, {column}, key) SELECT organisation_id, id, 'sh' || n, 'x'"
    with transaction(own) as session:
        session.execute(text(f"{many} FROM street, generate_series(1, 500) AS n"))
    with owner.begin() as connection:
        connection.execute(text(f"ANALYZE {table}"))
    with transaction(own) as session:
        asked = f"EXPLAIN SELECT street_id FROM {table} WHERE organisation_id = {own} AND {condition}"
        plan = "\n".join(session.scalars(text(asked)))
    assert re.search(served, plan), plan
