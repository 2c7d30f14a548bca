"""Pages of executors: entered, renamed, closed; people and absences; a file that is looked at first; who may."""

import html
import io
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from appeals.executors.tables import Absence, Executor, ExecutorMember
from db import EVERY_ORGANISATION, transaction
from tests.appeals.cards import Browser
from tests.centre import Centre
from tests.client import Client

ROOT = "/executors"
DAY = timedelta(days=1)
WATER = {"code": "ВК", "name": "Водоканал", "kind": "enterprise", "head": "Гнатюк В. С.", "phone": "0382 70 01 01"}


@pytest.fixture
def admin(client: Browser) -> Client:
    """The administrator's browser, in Ukrainian."""
    browser = client("admin.khm")
    browser.post("/language", data={"language": "uk"})
    return browser


def here() -> date:
    """Today in the city."""
    return datetime.now(ZoneInfo("Europe/Kyiv")).date()


def stored() -> dict[str, Executor]:
    """All executors by their codes."""
    with transaction(EVERY_ORGANISATION) as session:
        return {each.code: each for each in session.scalars(select(Executor))}


def listed(browser: Client, **asked: str) -> list[str]:
    """The names on the list."""
    return re.findall(r'<a href="/executors/\d+" lang="uk">([^<]+)</a>', browser.get(ROOT, params=asked).text)


def added(admin: Client, **said: str) -> str:
    """The address of the page of a new executor."""
    answer = admin.post(ROOT, data=WATER | said)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_an_executor_is_entered_found_changed_and_closed(admin: Client) -> None:
    page = added(admin, connected="true")
    assert stored()["ВК"].phone == "+380382700101"
    assert listed(admin, q="гнатюк") == ["Водоканал"]
    assert listed(admin, q="нема такого") == []
    again = admin.post(ROOT, data=WATER)
    assert (again.status_code, 'id="error-code"' in again.text) == (422, True)
    for field, wrong in (("phone", "12"), ("email", "x"), ("parent", "нема"), ("code", "а б"), ("kind", "moon")):
        refused = admin.post(ROOT, data=WATER | {"code": "Н", field: wrong})
        assert (refused.status_code, f'id="error-{field}"' in refused.text) == (422, True), field
    low = added(admin, code="ВК-1", name="Дільниця № 1", parent="ВК")
    assert admin.post(page, data=WATER | {"parent": "ВК-1"}).status_code == 422
    assert admin.post(page, data=WATER | {"name": "Міськводоканал"}).status_code == 303
    assert "Міськводоканал" in admin.get(low).text
    admin.post(f"{page}/close")
    assert stored()["ВК"].active, "others belong to it"
    admin.post(f"{low}/close")
    admin.post(f"{page}/close")
    assert not stored()["ВК"].active
    assert listed(admin) == []
    assert listed(admin, closed="true") == ["Дільниця № 1", "Міськводоканал"]
    admin.post(f"{page}/open")
    assert stored()["ВК"].active
    assert "знову відкрито" in admin.get(page).text


def test_people_come_and_leave_and_somebody_stands_in(admin: Client, client: Browser, centre: Centre) -> None:
    page, vasyl, today = added(admin), centre.people["vasyl"], here()
    comes = {"person": str(vasyl.id), "role": "head", "since": str(today)}
    assert admin.post(f"{page}/members", data=comes).status_code == 303
    assert 'id="error-person"' in admin.post(f"{page}/members", data=comes).text
    stranger = comes | {"person": str(centre.people["olena"].id)}
    assert 'id="error-person"' in admin.post(f"{page}/members", data=stranger).text
    assert 'id="error-until"' in admin.post(f"{page}/members", data=comes | {"until": str(today - DAY)}).text
    assert "Vasyl" in admin.get(page).text
    iryna, away = client("iryna"), {"absent": str(vasyl.id), "away_since": str(today), "away_until": str(today)}
    assert iryna.post(f"{ROOT}/absences", data=away).status_code == 303
    assert 'id="error-absent"' in iryna.post(f"{ROOT}/absences", data=away).text
    assert 'id="error-substitute"' in iryna.post(f"{ROOT}/absences", data=away | {"substitute": str(vasyl.id)}).text
    late = away | {"away_since": str(today + 2 * DAY), "away_until": str(today + DAY)}
    assert 'id="error-away_until"' in iryna.post(f"{ROOT}/absences", data=late).text
    assert "Vasyl" in iryna.get(f"{ROOT}/absences").text
    with transaction(EVERY_ORGANISATION) as session:
        absence, member = session.scalars(select(Absence)).one(), session.scalars(select(ExecutorMember)).one()
    assert iryna.post(f"{ROOT}/absences/{absence.id}/end").status_code == 303
    assert admin.post(f"{page}/members/{member.id}/end", data={"last_day": str(today)}).status_code == 303
    late_end = admin.post(f"{page}/members/{member.id}/end", data={"last_day": str(today + DAY)})
    assert (late_end.status_code, "пішла раніше" in late_end.text) == (422, True)
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalars(select(Absence)).all() == []
        assert session.scalars(select(ExecutorMember)).one().valid_until == today


def test_an_executor_may_nothing_here_and_only_the_administrator_changes(admin: Client, client: Browser) -> None:
    page = added(admin)
    vasyl, olena, iryna = client("vasyl"), client("olena"), client("iryna")
    for url in (ROOT, page, f"{ROOT}/absences", f"{ROOT}/import", "/routing", "/callbacks", "/calls"):
        assert vasyl.get(url).status_code == 403, url
    assert olena.get(page).status_code == 200
    assert 'method="post" action="/executors' not in olena.get(page).text
    for url in (ROOT, page, f"{page}/close", f"{page}/members", f"{ROOT}/import"):
        assert iryna.post(url, data=WATER).status_code == 403, url
    assert olena.get(f"{ROOT}/absences").status_code == 403


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the preview."""
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def test_a_file_is_looked_at_before_it_changes_anything(admin: Client) -> None:
    added(admin)
    rows = (
        "Код;Назва;Вид;Підпорядкований;Керівник;Телефон;Працює тут",
        "УМК;Управління;орган;;Бойко Н. П.;0382700201;так",
        "УМК-1;Дільниця;підрозділ;УМК;;;",
        "ВК;Міськводоканал;;УМК;;;так",
    )
    content = "\n".join(rows).encode()
    seen = admin.post(f"{ROOT}/import", files={"file": ("v.csv", content)})
    assert seen.status_code == 200
    assert list(stored()) == ["ВК"]
    assert admin.post(f"{ROOT}/import/carry-out", data=hidden(seen.text)).status_code == 303
    found = stored()
    assert {each.name for each in found.values()} == {"Управління", "Дільниця", "Міськводоканал"}
    assert found["УМК-1"].parent_id == found["ВК"].parent_id == found["УМК"].id
    assert (found["ВК"].head, found["ВК"].kind, found["ВК"].connected) == ("Гнатюк В. С.", "enterprise", True)
    again = admin.post(f"{ROOT}/import", files={"file": ("v.csv", content)})
    assert 'name="seen"' not in again.text, "all of it is here"
    late = admin.post(f"{ROOT}/import/carry-out", data=hidden(seen.text))
    assert late.status_code == 200, "what was seen is not what would happen now"


@pytest.mark.parametrize(
    "row",
    [
        ";Без коду;;;;;", "А;;;;;;", "А;Назва;місяць;;;;", "А;Назва;;Немає;;;", "А;Назва;;А;;;", "А;Назва;;;пошта;;",
        "А;Назва;;;;12;", "ВК;Назва;;Б;;;\nБ;Назва;;ВК;;;", "А;Назва;;;;;\nА;Назва;;;;;", f"{'я' * 41};Назва;;;;;",
        f"А;{'я' * 301};;;;;",
    ],
)  # fmt: skip
def test_a_faulty_file_changes_nothing_and_names_its_rows(admin: Client, row: str) -> None:
    added(admin)
    content = f"code;name;kind;belongs to;e-mail;phone;works here\nДобра;Назва;;;;;\n{row}\n".encode()
    seen = admin.post(f"{ROOT}/import", files={"file": ("v.csv", content)})
    assert seen.status_code == 422
    assert "Рядок 3" in seen.text or "Рядок 4" in seen.text
    assert 'name="seen"' not in seen.text
    assert list(stored()) == ["ВК"]


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"a;b\n1;2", b"x" * 600_000, b"PK\x03\x04 no book"])
def test_what_is_no_table_is_refused(admin: Client, content: bytes) -> None:
    refused = admin.post(f"{ROOT}/import", files={"file": ("v.xlsx", content)})
    assert (refused.status_code, 'id="error-file"' in refused.text) == (422, True)


@pytest.mark.parametrize("language", ["uk", "uz", "ru", "en"])
def test_the_excel_file_can_be_sent_back_in_each_language(admin: Client, language: str) -> None:
    added(admin, connected="true")
    added(admin, code="ВК-1", name="Дільниця", parent="ВК")
    admin.post("/language", data={"language": language})
    content = admin.get(f"{ROOT}/executors.xlsx").content
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).height == 3
    seen = admin.post(f"{ROOT}/import", files={"file": ("v.xlsx", content)})
    assert (seen.status_code, 'name="seen"' in seen.text) == (200, False), "the directory is as the file has it"
