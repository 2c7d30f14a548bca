"""Files of the journal as XML, and files of others: by the published schema out, by the rules of the card in, once."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select, update

import db
from appeals import asking
from appeals.classifier import queries as classifier
from appeals.classifier.model import Section
from appeals.journal import exports
from appeals.tables import Appeal
from appeals.workflow import ending
from appeals.workflow.model import Told
from appeals.xml import jobs
from appeals.xml.model import UNDECIDED, State
from appeals.xml.reading import LARGEST, read
from appeals.xml.schema import published
from appeals.xml.tables import AppealFile
from db import EVERY_ORGANISATION, transaction
from run.host.servers import Servers
from run.settings import Settings
from run.storage import connect_store
from staff.model import Role
from staff.tables import Person
from tests.appeals.cards import form
from tests.appeals.workflow.conftest import City, city
from tests.appeals.xml.libxml import Schema
from tests.appeals.xml.test_schema import APPEAL, document
from tests.client import Client
from tests.pages.statements import counted
from web import workers

__all__ = ["city"]
Browser = Callable[[str], Client]
OURS = {  # begin anew here
    "number", "registration-index", "registered-at", "due-at", "closed-at", "state", "executor", "received-on",
}  # fmt: skip


@pytest.fixture
def files(city: City, client: Browser) -> Client:
    """The supervisor, who takes files along and takes them in."""
    return client("iryna")


def registered() -> int:
    """How many appeals there are."""
    with transaction(EVERY_ORGANISATION) as session:
        return session.scalar(select(func.count()).select_from(Appeal)) or 0


def export(browser: Client, query: str = "") -> bytes:
    """The journal's list as XML."""
    answer = browser.post("/appeals/export", data={"back": query, "kind": "xml"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/xml"
    assert 'filename="appeals-' in answer.headers["content-disposition"]
    assert Schema(published()).accepts(answer.content), answer.text
    return answer.content


def sent(browser: Client, content: bytes) -> httpx.Response:
    """A file as the form sends it."""
    return browser.post("/appeals/xml/upload", files={"file": ("ода.xml", content, "text/xml")})


def taken_in(browser: Client, content: bytes) -> str:
    """A right file, sent and taken in to its end; its page afterwards."""
    kept = sent(browser, content)
    assert kept.status_code == 303, kept.text
    page = kept.headers["location"]
    assert browser.post(f"{page}/save").status_code == 303
    jobs.take_in(int(page.rpartition("/")[2]))
    return browser.get(page).text


def said(content: bytes) -> list[dict[str, Any]]:
    """What a file says of each appeal, without what begins anew where it is taken in."""
    return [{name: value for name, value in each.said.items() if name not in OURS} for each in read(content).appeals]


def _matters(city: City, browser: Client) -> None:
    with transaction(city.olena.organisation_id) as session:
        today = city.centre.people["olena"].created_at.date()
        offered = classifier.offered(session, today)
        category, sign = offered[Section.CATEGORY][0], offered[Section.SIGN][1]
    cards: list[dict[str, Any]] = [
        {"code_category": [str(category.id)], "code_sign": str(sign.id), "also": ["вул. Кам’янецька, 3А"]},
        {
            "substance": 'Кран <зламано> & "тече"\r\nдругий рядок \x0bі знак',
            "signed_on": "2026-01-02",
            "sent_by": "ОДА",
        },
        {"applicant_kind": "organisation", "title": "ОСББ «Затишок»", "code": "12345678", "surname": "Бондар"},
        {"deed": "explain", "explanation": "Відключення до 18:00"},
    ]
    for card in cards:
        made = browser.post("/appeals", data=form(submission=str(uuid4())) | card)
        assert made.status_code == 303, made.text


def test_the_list_comes_back_as_it_went(city: City, files: Client) -> None:
    """U-57: the file is valid by the published schema, and what is taken in of it is the same again."""
    _matters(city, files)
    first = export(files)
    assert len(read(first).appeals) == 4
    taken_in(files, first)
    assert registered() == 8
    both = said(export(files, "sort=registered"))
    key = lambda each: (each["substance"], str(each))  # noqa: E731
    assert sorted(both[:4], key=key) == sorted(both[4:], key=key) == sorted(said(first), key=key)
    assert "other" not in {each.get("result") for each in both}


def test_a_file_that_is_sent_twice_registers_nothing_twice(city: City, files: Client) -> None:
    other = APPEAL.replace("26-000123", "26-000124").replace("p1.10", "p1.10")
    content = document(APPEAL, other)
    page = taken_in(files, content)
    assert registered() == 2
    again = sent(files, content).headers["location"]
    shown = files.get(again).text
    numbers = set(re.findall(r'href="/appeals/(\d\d-\d{6})"', shown))
    assert len(numbers) == 2, "each with its number here"
    jobs.take_in(int(again.rpartition("/")[2]))
    assert registered() == 2, "nobody has decided"
    assert "Водоканал" not in page
    assert files.post(f"{again}/discard").status_code == 303
    assert files.get(again).status_code == 404


FAULTY = {
    "<topic>water</topic>": ("<topic>nothing</topic>", "topic"),
    "<phone>+380671234567</phone>": ("<phone>12</phone>", "applicant.phone"),
    "<surname>Коваленко</surname>": ("", "applicant.surname"),
    ">7.1</code>": (">0.0</code>", "codes.category"),
    "<problem>p1.10</problem>": ("<problem>p99</problem>", "problem"),
    "<kind>complaint</kind>": ("<kind>rumour</kind>", "kind"),
    "<received-on>2026-11-20": ("<received-on>2099-01-01", "received_on"),
}


def test_while_one_row_is_faulty_nothing_is_changed_and_all_faults_are_listed(city: City, files: Client) -> None:
    rows = [
        APPEAL.replace("26-000123", f"К-{number}").replace(right, wrong)
        for number, (right, (wrong, _place)) in enumerate(FAULTY.items())
    ]
    page = sent(files, document(APPEAL, *rows, APPEAL)).headers["location"]
    shown = files.get(page)
    for number, (_right, (_wrong, place)) in enumerate(FAULTY.items()):
        assert re.search(rf">К-{number}</td><td><code>{place}</code>", shown.text), place
    assert shown.text.count("26-000123</td><td><code>number</code>") == 1, "the same number twice"
    assert "/save" not in shown.text
    assert files.post(f"{page}/save").status_code == 422
    jobs.take_in(int(page.rpartition("/")[2]))
    assert registered() == 0


def test_a_file_is_looked_at_with_one_look_into_the_classifier(city: City, files: Client) -> None:
    page = sent(files, document(*(APPEAL.replace("26-000123", f"К-{row}") for row in range(6)))).headers["location"]
    with counted(db.engine()) as statements:
        assert "/save" in files.get(page).text
    assert len([each for each in statements if "FROM classifier_entry" in each]) == 1


def test_what_is_none_of_our_files_is_told_and_not_kept(files: Client) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><appeals>&b;</appeals>'
    older = document(APPEAL).replace(b":appeals:1", b":appeals:0")
    large = b"<!--" + b"x" * LARGEST + b"-->"
    for content in (b"", b"PK\x03\x04", bomb, b"<html/>", document(APPEAL)[:-9], older, large):
        answer = sent(files, content)
        assert answer.status_code == 422
        assert "field-error" in answer.text
    assert "20 МБ" in answer.text, "in the language of whoever sent it"
    assert "версія 1" in sent(files, older).text
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalar(select(func.count()).select_from(AppealFile)) == 0


def test_a_row_that_became_faulty_meanwhile_is_left_out_and_listed(city: City, files: Client) -> None:
    content = document(APPEAL, APPEAL.replace("26-000123", "26-000124").replace("<topic>water", "<topic>roads"))
    page = sent(files, document(APPEAL)).headers["location"]
    assert files.post(f"{page}/save").status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(AppealFile).values(content=content, rows=2))
    jobs.take_in(int(page.rpartition("/")[2]))
    assert registered() == 1
    shown = files.get(page).text
    assert re.search(r">26-000124</td><td><code>topic</code>", shown)
    jobs.take_in(int(page.rpartition("/")[2]))
    assert registered() == 1
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalar(select(AppealFile.content)) == b"", "what it says of people is not kept twice"


def test_a_file_whose_worker_died_goes_on_and_one_nobody_decides_about_is_forgotten(
    city: City, files: Client, settings: Settings
) -> None:
    workers.connect(settings.redis_url.get_secret_value())
    page = sent(files, document(APPEAL)).headers["location"]
    assert files.post(f"{page}/save").status_code == 303
    undecided = sent(files, document(APPEAL)).headers["location"]
    assert jobs.look_after() == {"asked_for": 0}, "it has been asked for a moment ago"
    with transaction(EVERY_ORGANISATION) as session:
        long_ago = datetime.now(UTC) - UNDECIDED
        session.execute(update(AppealFile).values(told_at=long_ago, created_at=long_ago))
    asking.queue().empty()
    assert [jobs.look_after()["asked_for"] for _ in range(2)] == [1, 0]
    assert [job.func_name for job in asking.queue().jobs] == ["appeals.xml.jobs.take_in"]
    asking.queue().empty()
    assert files.get(page).status_code == 200
    assert files.get(undecided).status_code == 404


def test_nothing_is_taken_in_for_somebody_who_may_no_longer(city: City, files: Client, settings: Settings) -> None:
    workers.connect(settings.redis_url.get_secret_value())
    page = sent(files, document(APPEAL)).headers["location"]
    assert files.post(f"{page}/save").status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Person).where(Person.id == city.iryna.id).values(roles=[Role.OPERATOR.value]))
        [asked] = session.scalars(select(AppealFile.id))
    asking.queue().empty()
    jobs.take_in(asked)
    assert registered() == 0
    with transaction(EVERY_ORGANISATION) as session:
        assert session.get_one(AppealFile, asked).state == State.KEPT, "somebody else decides"


def test_nobodys_data_leave_with_who_may_not_see_them(
    city: City, files: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    city.appeal()
    assert "Коваль" in export(files).decode()
    monkeypatch.setattr("appeals.xml.writing.has", lambda person, permission: permission == "appeals.read")
    bare = export(files).decode()
    assert not [word for word in ("Коваль", "Прибузька", "380671112233") if word in bare]
    assert "Немає води" in bare


def test_an_appeal_that_was_ended_and_worked_on_is_valid_too(city: City, files: Client) -> None:
    appeal = city.appeal()
    city.given(appeal, "water", "roads")
    with transaction(city.iryna.organisation_id) as session:
        ending.cancel(session, city.appeal().number, Told(reason="помилка"), by=city.iryna)
    content = export(files)
    executors = [each.said.get("executor") for each in read(content).appeals]
    assert [({"code": "water", "role": "main", "state": "assigned"}, "Водоканал"),
            ({"code": "roads", "role": "co", "state": "assigned"}, "Шляховик")] in executors  # fmt: skip


def test_a_long_list_is_made_in_the_background(
    city: City, files: Client, servers: Servers, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers.start("s3")
    connect_store(settings)
    monkeypatch.setattr("appeals.journal.export_routes.AT_ONCE", 1)
    for _ in range(3):
        city.appeal()
    asked = files.post("/appeals/export", data={"kind": "xml"})
    assert asked.status_code == 303, asked.text
    page = asked.headers["location"]
    exports.make(int(page.rpartition("/")[2]))
    taken = files.get(f"{page}/file")
    assert taken.headers["content-type"] == "application/xml"
    assert Schema(published()).accepts(taken.content)
    assert len(read(taken.content).appeals) == 3


def test_the_schema_is_open_to_everybody(anybody: Client, files: Client) -> None:
    assert anybody.get("/api/v1/appeals.xsd").text == files.get("/appeals/xml/schema.xsd").text == published()
