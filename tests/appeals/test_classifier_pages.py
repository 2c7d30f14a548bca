"""The classifier's pages: the tree, one entry, the file that is looked at first, and for whom they are."""

import io
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from appeals.classifier import service
from appeals.classifier.tables import ClassifierEntry
from db import EVERY_ORGANISATION, transaction
from db.validity import in_force
from tests.appeals.cards import Browser
from tests.appeals.test_classifier import file
from tests.centre import Centre

DAY = timedelta(days=1)


def here() -> date:
    """Today in the city."""
    return datetime.now(ZoneInfo("Europe/Kyiv")).date()


@pytest.fixture
def loaded(centre: Centre) -> None:
    """Both organisations with their national classifiers."""
    with transaction(EVERY_ORGANISATION) as session:
        for organisation in centre.organisations.values():
            service.load_national(session, organisation, today=here() - DAY)


def entries() -> list[ClassifierEntry]:
    """All there are."""
    with transaction(EVERY_ORGANISATION) as session:
        return list(session.scalars(select(ClassifierEntry).order_by(ClassifierEntry.id)))


def entry(code: str) -> ClassifierEntry:
    """The version of a code that is in force."""
    today = here()
    return next(each for each in entries() if each.code == code and in_force(each, today))


@pytest.mark.parametrize(
    ("language", "shown"),
    [("uk", "Дано роз’яснення"), ("ru", "Дано разъяснение"), ("en", "Explained"), ("uz", "Tushuntirish berildi")],
)
def test_the_tree_is_shown_in_the_readers_language(client: Browser, loaded: None, language: str, shown: str) -> None:
    iryna = client("iryna")
    iryna.post("/language", data={"language": language})
    page = iryna.get("/classifier", params={"section": "result"}).text
    assert shown in page
    assert iryna.get("/classifier", params={"section": "result", "q": "9.4"}).text.count("<tr data-href") == 1
    assert iryna.get("/classifier", params={"section": "nonsense", "q": "%"}).status_code == 200


def test_only_the_administrator_changes_it(client: Browser, loaded: None) -> None:
    nine = entry("9.3").id
    assert 'action="/classifier"' in client("admin.khm").get("/classifier").text
    assert client("iryna").get(f"/classifier/{nine}").status_code == 200
    assert f'action="/classifier/{nine}"' not in client("iryna").get(f"/classifier/{nine}").text
    assert client("iryna").post(f"/classifier/{nine}", data={"uk": "Інше"}).status_code == 403
    assert client("olena").get("/classifier").status_code == 403
    assert client("admin.dtm").get(f"/classifier/{nine}").status_code == 404


def test_the_administrator_adds_renames_verifies_and_retires(client: Browser, loaded: None) -> None:
    admin = client("admin.khm")
    new = {"section": "cause", "code": "c9", "uk": "Карантин", "source": "наказ 5"}
    assert admin.post("/classifier", data=new).status_code == 303
    assert 'id="error-code"' in admin.post("/classifier", data=new).text
    assert 'id="error-code"' in admin.post("/classifier", data=new | {"code": "a b"}).text
    assert 'id="error-uk"' in admin.post("/classifier", data={"section": "cause", "code": "c10"}).text
    assert 'id="error-parent"' in admin.post("/classifier", data=new | {"code": "c10", "parent": "c77"}).text
    admin.post(f"/classifier/{entry('9.4').id}", data={"uk": "Повернуто", "verified": "true", "source": "ПКМУ 858"})
    assert (entry("9.4").name, entry("9.4").verified) == ({"uk": "Повернуто"}, True)
    assert len([each for each in entries() if each.code == "9.4"]) == 2
    telegram = entry("6.1").id
    today = here()
    past = admin.post(f"/classifier/{telegram}/retire", data={"last_day": str(today - 9 * DAY)})
    assert (past.status_code, 'id="error-last_day"' in past.text) == (422, True)
    assert 'id="error-last_day"' in admin.post(f"/classifier/{entry('p1').id}/retire", data={"last_day": today}).text
    assert admin.post(f"/classifier/{telegram}/retire", data={"last_day": str(today + 9 * DAY)}).status_code == 303
    assert entry("6.1").valid_until == today + 9 * DAY


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the preview."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


def test_a_file_is_looked_at_before_it_changes_anything(client: Browser, loaded: None) -> None:
    admin, before = client("admin.khm"), len(entries())
    content = file("type;6.2;;Письмо;;;", "cause;c9;;Карантин;;;")
    seen = admin.post("/classifier/import", files={"file": ("k.csv", content)})
    assert seen.status_code == 200
    assert "Карантин" in seen.text
    assert len(entries()) == before
    carried = admin.post("/classifier/import/carry-out", data=hidden(seen.text))
    assert carried.status_code == 303
    assert len(entries()) == before + 2
    again = admin.post("/classifier/import", files={"file": ("k.csv", content)})
    assert 'name="seen"' not in again.text
    late = admin.post("/classifier/import/carry-out", data=hidden(seen.text))
    assert late.status_code == 200, "what was seen is not what would happen now"
    assert len(entries()) == before + 2


def test_a_faulty_file_changes_nothing_and_lists_its_rows(client: Browser, loaded: None) -> None:
    admin, before = client("admin.khm"), len(entries())
    content = file("type;6.2;;Письмо;;;", "moon;1;;x;;;", "type;;;x;;;")
    seen = admin.post("/classifier/import", files={"file": ("k.csv", content)})
    assert seen.status_code == 422
    assert [f"Рядок {row}:" in seen.text for row in (2, 3, 4)] == [False, True, True]
    assert 'name="seen"' not in seen.text
    for wrong in (b"", b"\x00\x01", b"a;b\n1;2", b"x" * 600_000):
        refused = admin.post("/classifier/import", files={"file": ("k.csv", wrong)})
        assert (refused.status_code, 'id="error-file"' in refused.text) == (422, True)
    assert len(entries()) == before


def test_the_excel_file_is_for_whoever_reads_the_page(client: Browser, centre: Centre, loaded: None) -> None:
    answer = client("iryna").get("/classifier/classifier.xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    own = [each for each in entries() if each.organisation_id == centre.people["iryna"].organisation_id]
    assert book.get_sheet_by_index(0).height == 1 + len(own)
    assert client("olena").get("/classifier/classifier.xlsx").status_code == 403


def test_an_empty_organisation_loads_the_countrys_with_one_button(client: Browser) -> None:
    client("admin.dtm").post("/classifier/national")
    assert {each.code for each in entries()} >= {"ariza", "taklif", "shikoyat"}
