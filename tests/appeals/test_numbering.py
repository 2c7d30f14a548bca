"""Registration indexes: by an organisation's own pattern, one appeal's alone, found, printed, never another one."""

import html
import re
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook

from appeals import service
from appeals.model import Kind, Source
from appeals.numbering import model, queries
from appeals.numbering.model import Fault, fault_of
from appeals.tables import Appeal, Applicant
from appeals.xml.reading import read
from appeals.xml.schema import published
from db import EVERY_ORGANISATION, transaction
from tests.appeals.cards import form
from tests.appeals.workflow.conftest import City, city
from tests.appeals.xml.libxml import Schema
from tests.client import Client

__all__ = ["city"]
Browser = Callable[[str], Client]
SIGNS = {"phone": "Т", "reception": "О", "letter": "П", "email": "Е", "site": "С"}
YEAR = datetime.now(ZoneInfo("Europe/Kyiv")).year


def arranged(browser: Client, **changes: str) -> int:
    """What the page answers."""
    filled = {"on": "true", "pattern": model.USUAL} | {f"sign_{source}": sign for source, sign in SIGNS.items()}
    return browser.post("/organisation/numbering", data=filled | changes).status_code


def index(city: City, surname: str = "Коваль", source: Source = Source.LETTER) -> str:
    """The index of a new appeal."""
    number = made(city, surname, source)
    with transaction(EVERY_ORGANISATION) as session:
        return queries.index_of(session, number[0])


def made(city: City, surname: str, source: Source) -> tuple[int, str]:
    """A new appeal of somebody with this name, by its id and number."""
    appeal = Appeal(kind=Kind.COMPLAINT, topic="water", substance="Немає води", address="", source=source)
    who = Applicant(surname=surname, given_name="", patronymic="", email="", address="", phone=None)
    with transaction(city.olena.organisation_id) as session:
        done = service.register(session, appeal, who, by=city.olena, submission=uuid4())
        return done.id, done.number


@pytest.mark.parametrize(
    ("pattern", "by_source", "fault"),
    [
        ("{letter}-{number}/{year}", False, None),
        ("{source}{number}-{yy}", True, None),
        ("{letter}/{year}", False, Fault.NO_NUMBER),
        ("{letter}-{number}", False, Fault.NO_YEAR),
        ("{number}/{year}", True, Fault.NO_SOURCE),
        ("{number}/{year} {day}", False, Fault.UNKNOWN),
        ("{number}/{year}}", False, Fault.UNKNOWN),
    ],
)
def test_a_pattern_keeps_indexes_apart(pattern: str, *, by_source: bool, fault: Fault | None) -> None:
    assert fault_of(pattern, SIGNS, by_source=by_source) is fault
    assert fault_of("{source}{number}/{year}", SIGNS | {"email": "П"}, by_source=True) is Fault.SAME_SIGNS


def test_names_are_filed_under_their_first_letter() -> None:
    assert [model.letter(name) for name in ("коваль", "«Затишок»", "oʻktamov", "Gʻulomov", "", "12")] == [
        "К", "З", "Oʻ".upper(), "Gʻ".upper(), model.NOBODY, model.NOBODY,
    ]  # fmt: skip


def test_an_index_follows_the_pattern_of_its_day_and_stays(city: City, client: Browser) -> None:
    """U-10: per year, per source, with the letter; unique."""
    admin, olena = client("admin.khm"), client("olena")
    assert index(city) == "", "nothing is indexed until it is switched on"
    assert arranged(admin) == 303
    assert [index(city, name) for name in ("Коваль", "бондар")] == [f"К-1/{YEAR}", f"Б-2/{YEAR}"]
    assert arranged(admin, pattern="{source}-{number}/{yy}", by_source="true") == 303
    found = [index(city, source=source) for source in (Source.LETTER, Source.RECEPTION, Source.LETTER)]
    assert found == [f"П-3/{YEAR % 100}", f"О-3/{YEAR % 100}", f"П-4/{YEAR % 100}"], "it goes on behind the others"
    assert arranged(admin) == 303
    assert index(city) == f"К-5/{YEAR}"
    assert arranged(admin, pattern="{letter}-{number}/{year}", by_source="") == 303
    appeal, number = made(city, "Марчук", Source.LETTER)
    page = html.unescape(olena.get(f"/appeals/{number}").text)
    assert f"Реєстраційний індекс: М-6/{YEAR}" in page
    found_page = olena.get("/search", params={"q": f"м-6/{YEAR}"}).text
    assert re.findall(r'href="/appeals/(\d\d-\d{6})"', found_page)[:1] == [number]
    assert olena.get(f"/appeals/{number}/card.pdf").status_code == 200
    assert arranged(admin, on="") == 303
    with transaction(EVERY_ORGANISATION) as session:
        assert queries.index_of(session, appeal) == f"М-6/{YEAR}", "what was given stays"
    assert index(city) == ""


def test_the_index_is_a_column_of_the_journal(city: City, client: Browser) -> None:
    """Shown, found by what is typed or by its beginning, sorted by, and taken along in a file."""
    admin, olena = client("admin.khm"), client("olena")
    before = made(city, "Гриценко", Source.LETTER)[1]
    assert arranged(admin) == 303
    numbers = [made(city, name, Source.LETTER)[1] for name in ("Коваль", "Бондар", "Кравець")]
    first, second, third = numbers
    olena.post("/appeals/columns", data={"column": ["number", "index"]})
    assert f">К-1/{YEAR}</td>" in olena.get("/appeals").text

    def listed(query: str) -> list[str]:
        return re.findall(r'<tr data-href="/appeals/([0-9-]+)"', olena.get(f"/appeals?{query}").text)

    for name in ("index", "q"):
        for typed, wanted in (("К-1/", [first]), (f"б-2/{YEAR}", [second]), (f"К-3/{YEAR}", [third])):
            assert listed(f"{name}={typed}") == wanted, (name, typed)
    assert (listed("index=К-9"), listed("index=К")) == ([], [third, first])
    assert listed("sort=index") == [before, second, first, third]
    assert listed("sort=-index") == [third, first, second, before]
    taken = olena.post("/appeals/export", data={"back": "sort=index", "column": ["index", "number"]})
    sheet = CalamineWorkbook.from_filelike(BytesIO(taken.content)).get_sheet_by_index(0).to_python()
    assert sheet == [
        ["Реєстраційний індекс", "Номер"], ["", before], [f"Б-2/{YEAR}", second], [f"К-1/{YEAR}", first],
        [f"К-3/{YEAR}", third],
    ]  # fmt: skip
    assert arranged(admin, pattern="{number}-{yy}") == 303
    digits = made(city, "Коваль", Source.LETTER)[1]
    assert listed(f"q=4-{YEAR % 100}") == listed("index=4-") == [digits]


def test_the_index_is_in_the_file_of_xml(city: City, client: Browser) -> None:
    """By the published schema; where there is none, nothing stands."""
    made(city, "Гриценко", Source.LETTER)
    assert arranged(client("admin.khm")) == 303
    made(city, "Коваль", Source.LETTER)
    content = client("iryna").post("/appeals/export", data={"back": "sort=registered", "kind": "xml"}).content
    assert Schema(published()).accepts(content)
    assert [each.said.get("registration-index") for each in read(content).appeals] == [None, f"К-1/{YEAR}"]


def test_numbers_never_go_back_when_they_are_counted_otherwise(city: City, client: Browser) -> None:
    """What was given while all were counted together is not tried again one by one, nor the other way round."""
    admin = client("admin.khm")

    def counts(by_source: str) -> list[str]:
        assert arranged(admin, pattern="{source}-{number}/{year}", by_source=by_source) == 303
        return [index(city, source=source).partition("/")[0] for source in (Source.LETTER, Source.RECEPTION)]

    assert [counts(way) for way in ("", "true", "", "true")] == [
        ["П-1", "О-2"], ["П-3", "О-3"], ["П-4", "О-5"], ["П-6", "О-6"],
    ]  # fmt: skip


def test_one_form_sent_twice_skips_no_index(city: City, client: Browser) -> None:
    assert arranged(client("admin.khm"), pattern="{number}/{year}") == 303
    card = form(submission=str(uuid4()))
    for _ in range(2):
        assert client("olena").post("/appeals", data=card).status_code == 303
    assert index(city) == f"2/{YEAR}"


def test_a_wrong_pattern_is_told_beside_it_and_only_managers_choose(city: City, client: Browser) -> None:
    admin = client("admin.khm")
    answer = admin.post("/organisation/numbering", data={"on": "true", "pattern": "{letter}"})
    assert answer.status_code == 422
    assert "{number}" in answer.text
    assert arranged(client("iryna")) == 403
    assert index(city) == ""
