"""Rules from a file: looked at first, refused whole while a row is faulty, and the same again when sent back."""

import html
import re
import time
from datetime import timedelta
from io import BytesIO
from threading import Thread

import httpx
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, text, update

from appeals.classifier.tables import ClassifierEntry
from appeals.executors.tables import Executor
from appeals.routing import queries
from appeals.routing.queries import Line
from db import EVERY_ORGANISATION, transaction
from tests.appeals.cards import Browser
from tests.appeals.routing.conftest import Rule, here, place
from tests.centre import Centre
from tests.client import Client
from tests.waiting import waiting

HEADS = "населений пункт;район;вид вулиці;вулиця;будинок;проблема;виконавець;співвиконавці;підстава;діє з;діє до"


@pytest.fixture
def iryna(city: Centre, client: Browser) -> Client:
    """Who arranges rules."""
    return client("iryna")


def rules() -> list[Line]:
    """All there are, by number."""
    with transaction(EVERY_ORGANISATION) as session:
        return queries.every(session)


def sent(browser: Client, *rows: str, content: bytes = b"") -> httpx.Response:
    """A file as the form sends it."""
    content = content or "\n".join([HEADS, *rows]).encode()
    return browser.post("/routing/import", files={"file": ("правила.csv", content)})


def told(answer: httpx.Response) -> str:
    """What the page says, in one line."""
    return re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]+>", " ", answer.text)))


def carried_out(browser: Client, preview: httpx.Response) -> httpx.Response:
    """The button below what was shown."""
    hidden = dict(re.findall(r'name="(sent|seen)" value="([^"]*)"', preview.text))
    return browser.post("/routing/import/carry-out", data={key: html.unescape(each) for key, each in hidden.items()})


def test_a_file_adds_and_ends_rules_once_shown(iryna: Client, city: Centre, rule: Rule) -> None:
    before, kept = rule("УЖКГ", "p1.10"), rule("ВК", "p1.9")
    day = here() + timedelta(days=10)
    rows = (
        f";;;;;p1.10;ВК;УМК, ЕМ;Рішення 5;{day};",
        f";;вул.;прибузька;12;;ЕМ;;;{day:%d.%m.%Y};",
        ";Заріччя;;;;;УМК;;;;",
        f";;;;;p1.9;ВК;;;;{day}",
    )
    preview = sent(iryna, *rows)
    assert preview.status_code == 200, told(preview)
    assert len(rules()) == 2, "nothing changes yet"
    assert "Нових правил 3" in told(preview)
    assert "Завершених правил 1" in told(preview)
    assert carried_out(iryna, preview).headers["location"] == "/routing"
    with transaction(EVERY_ORGANISATION) as session:
        house, district = place(session, house=("Прибузька", "12")).house, place(session, district="Заріччя").district
        ids = {each.code: each.id for each in session.scalars(select(Executor))}
    by_id = {each.id: each for each in rules()}
    assert by_id[before].valid_until == day - timedelta(days=1), "the new one takes its place"
    assert by_id[kept].valid_until == day
    new = [each for each in rules() if each.id not in {before, kept}]
    assert {(each.house_id, each.district_id, each.problem, each.executor_id) for each in new} == {
        (None, None, "p1.10", ids["ВК"]), (house, None, "", ids["ЕМ"]), (None, district, "", ids["УМК"]),
    }  # fmt: skip
    [with_co] = [each for each in new if each.problem]
    assert (set(with_co.co_ids), with_co.basis) == ({ids["УМК"], ids["ЕМ"]}, "Рішення 5")
    assert {each.valid_from for each in new if each.district_id} == {here()}, "without a day it begins today"
    again = sent(iryna, *rows)
    assert "Правила такі, як у файлі" in told(again), "sent twice it changes nothing"


def test_a_faulty_file_changes_nothing_and_lists_its_rows(iryna: Client, city: Centre, rule: Rule) -> None:
    rule("УЖКГ", "p1.10", since=here())
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Executor).where(Executor.code == "ЕМ").values(active=False))
    faulty = {
        "Мукачево;;вул.;Нова;;;ВК;;;;": "Такого населеного пункту немає: Мукачево",
        ";;вул.;Невідома;;;ВК;;;;": "Такої вулиці немає: Невідома",
        ";;вул.;Прибузька;999;;ВК;;;;": "На вулиці немає такого будинку: 999",
        ";Далекий;;;;;ВК;;;;": "Такого району немає: Далекий",
        ";Центр;вул.;Прибузька;;;ВК;;;;": "Назвіть район або вулицю",
        ";;;;;p99;ВК;;;;": "немає такої проблеми: p99",
        ";;;;;;ХТО;;;;": "Виконавця з таким кодом немає: ХТО",
        ";;;;;;ВК;ХТО;;;": "Виконавця з таким кодом немає: ХТО",
        ";;;;;;ЕМ;;;;": "Цього виконавця закрито: ЕМ",
        ";;;;;;ВК;;;31.02.2026;": "31.02.2026",
        ";;;;;p1.9;ВК;;;2026-05-02;2026-05-01": "Останній день",
        f";;;;;p1.10;ВК;;;{here()};": "Того дня починається інше правило",
        f";;;;;p1.10;УЖКГ;;Інша підстава;{here()};": "Правило завершують, а не змінюють",
    }
    answer = sent(iryna, ";;;;;p1.19;ВК;;;;", *faulty, ";;;;;p1.19;УМК;;;;")
    assert answer.status_code == 422
    page = told(answer)
    for row, words in enumerate(faulty.values(), 3):
        line = page.partition(f"Рядок {row}:")[2].partition("Рядок")[0]
        assert words in line, (row, line)
    assert "вже є в рядку 2" in page.partition(f"Рядок {len(faulty) + 3}:")[2]
    assert "/carry-out" not in answer.text
    assert len(rules()) == 1
    for content in (b"x", b"PK\x03\x04", "проблема;район\np1.10;Центр".encode()):
        assert sent(iryna, content=content).status_code == 422
    assert len(rules()) == 1


def test_what_is_downloaded_changes_nothing_when_it_is_sent_back(iryna: Client, city: Centre, rule: Rule) -> None:
    rule("УЖКГ")
    rule("ВК", "p1.10", co=("ЕМ", "УМК"), house=("Прибузька", "12"))
    rule("ЕМ", "p1.19", street="Прибузька")
    rule("УМК", district="Заріччя", since=here() + timedelta(days=30))
    rule("ЕМ", "p1.19", street="Прибузька")  # the same twice, as it was once entered
    before = rules()
    for language in ("uk", "uz", "ru", "en"):
        iryna.post("/language", data={"language": language})
        file = iryna.get("/routing/routing.xlsx")
        assert CalamineWorkbook.from_filelike(BytesIO(file.content)).get_sheet_by_index(0).height == 6
        answer = sent(iryna, content=file.content)
        assert answer.status_code == 200, told(answer)
        assert "/carry-out" not in answer.text, language
    assert rules() == before


def test_a_rule_of_a_retired_problem_comes_back_as_it_is_but_none_begins(
    iryna: Client, city: Centre, rule: Rule
) -> None:
    rule("ВК", "p1.10")
    with transaction(EVERY_ORGANISATION) as session:
        retired = update(ClassifierEntry).where(ClassifierEntry.code == "p1.10")
        session.execute(retired.values(valid_until=here() - timedelta(days=1)))
    answer = sent(iryna, content=iryna.get("/routing/routing.xlsx").content)
    assert answer.status_code == 200, told(answer)
    assert "Правила такі, як у файлі" in told(answer)
    day = here() + timedelta(days=10)
    assert "Завершених правил 1" in told(sent(iryna, f";;;;;p1.10;ВК;;;;{day}"))
    assert "немає такої проблеми: p1.10" in told(sent(iryna, ";;;;;p1.10;ЕМ;;;;"))


def test_what_has_changed_meanwhile_is_shown_anew_and_only_who_may_imports(
    iryna: Client, city: Centre, rule: Rule, client: Browser
) -> None:
    preview = sent(iryna, f";;;;;p1.10;ВК;;;{here()};")
    rule("УЖКГ", "p1.10", since=here())
    answer = carried_out(iryna, preview)
    assert answer.status_code == 422
    assert "Того дня починається інше правило" in told(answer)
    assert len(rules()) == 1
    assert client("mykola").get("/routing/import").status_code == 403
    assert client("mykola").get("/routing/routing.xlsx").status_code == 200


def test_carried_out_twice_at_the_same_moment_a_file_enters_its_rules_once(iryna: Client, client: Browser) -> None:
    preview, answers = sent(iryna, f";;;;;p1.10;ВК;;;{here()};"), list[int]()
    presses = [
        Thread(target=lambda who=who: answers.append(carried_out(who, preview).status_code))
        for who in (iryna, client("iryna"))
    ]
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(text("LOCK TABLE routing_rule IN SHARE MODE"))  # read by both, written by none
        for press in presses:
            press.start()
        deadline = time.monotonic() + 20
        while waiting() < len(presses):
            assert time.monotonic() < deadline, "both wait: for the table, or for each other"
    for press in presses:
        press.join(20)
    assert sorted(answers) == [200, 303], "the second one is shown what there is left to do: nothing"
    assert len(rules()) == 1
