"""Whose appeals somebody sees: an executor their own on every page, an administrator all, masked (U-40, U-41)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from fastapi import FastAPI
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, select, text, update

from appeals import service as appeals
from appeals.addresses.tables import AppealAddress
from appeals.attachments.tables import Attachment
from appeals.executors import service as executors
from appeals.executors.model import MemberRole
from appeals.executors.service import Said
from appeals.executors.tables import Executor
from appeals.journal import spelled
from appeals.model import Kind, Source
from appeals.questions import service as questions
from appeals.tables import Appeal, Applicant
from appeals.workflow import service as workflow
from appeals.workflow.model import Order, Told
from appeals.works import answering
from db import EVERY_ORGANISATION, store, transaction
from run.settings import Settings
from run.storage import connect_store
from staff.model import Role
from staff.tables import Audit
from tests.centre import Centre, person
from tests.client import Client
from tests.pages.belongings.everything import Belongings, asked_for, belongings
from tests.pages.belongings.routes import NAMES_AN_OBJECT
from tests.pages.test_matrix import NO_HTML, PAGES
from web.formats import NO_BREAK

Browser = Callable[[str], Client]
WHO = ("Секретенко", f"999{NO_BREAK}8877", "+380679998877", "secret@example.org", "Таємна")
MATTER = "Запах газу на сходах"


@dataclass(frozen=True, slots=True)
class Secret:
    """One appeal, given to Vasyl's executor, with all that belongs to it."""

    number: str
    applicant: int
    of: Belongings

    @property
    def words(self) -> tuple[str, ...]:
        """Each of them tells that the appeal is there."""
        return (self.number, MATTER, *WHO)


@pytest.fixture(autouse=True)
def no_store(app: FastAPI, settings: Settings) -> Iterator[None]:
    """No S3 store answers: files are allowed or refused before they are looked for."""
    store.connect("127.0.0.1:1", access_key="", secret_key="", bucket="none")
    yield
    connect_store(settings)


@pytest.fixture
def secret(centre: Centre) -> Secret:
    """Petro works for another executor of the same city."""
    own = belongings(centre, "khm", caller="+380671112233", surname="Шевченко", appeals=1)
    admin, olena, vasyl = (centre.people[login] for login in ("admin.khm", "olena", "vasyl"))
    with transaction(EVERY_ORGANISATION) as session:
        petro = centre.people["petro"] = person(session, centre.organisations["khm"], "petro", Role.EXECUTOR)
        roads = executors.add(session, olena.organisation_id, "roads", Said(name="Дороги", connected=True), by=admin)
        executors.add_member(session, roads, petro, MemberRole.HEAD, since=datetime.now(UTC).date(), by=admin)
        applicant = Applicant(
            surname="Секретенко", given_name="Олена", patronymic="", phone="+380679998877", email="secret@example.org",
            address="вул. Таємна, 7",
        )  # fmt: skip
        appeal = appeals.register(
            session,
            Appeal(kind=Kind.COMPLAINT, topic="water", substance=MATTER, address="вул. Таємна, 7", source=Source.PHONE),
            applicant,
            by=olena,
            submission=uuid4(),
        )
        where = {"written": "вул. Таємна, 7", "position": 0, "house_id": own.house, "detail": ""}
        session.add(AppealAddress(organisation_id=olena.organisation_id, appeal_id=appeal.id, **where))
        spelled.write(session, [appeal])
        water = session.get_one(Executor, own.executor)
        [given] = workflow.assign(session, appeal.number, [Order(executor=water.id)], Told(), by=olena)
        question = questions.ask(session, water, MATTER, appeal=appeal, by=olena)
        answering.link(session, appeal, own.work, by=olena)
        whose = update(Attachment).where(Attachment.id.in_([own.attachment, own.proof]))
        session.execute(whose.values(appeal_id=appeal.id))
        session.execute(update(Attachment).where(Attachment.id == own.proof).values(assignment_id=given.id))
        of = replace(own, appeal=appeal.number, assignment=given.id, question=question.id)
        assert vasyl.organisation_id == petro.organisation_id
        return Secret(appeal.number, appeal.applicant_id, of)


def listed(browser: Client, query: str = "") -> list[str]:
    """The numbers of the appeals that the journal shows."""
    return re.findall(r'<tr data-href="/appeals/([0-9-]+)"', browser.get(f"/appeals{query}").text)


def counted(browser: Client) -> int:
    """What the figures of the board come to."""
    return sum(int(each) for each in re.findall(r"<strong>(\d+)</strong>", browser.get("/appeals/board").text))


def taken(browser: Client, *columns: str) -> list[list[object]]:
    """The rows of the Excel file."""
    answer = browser.post("/appeals/export", data={"column": list(columns), "back": ""})
    assert answer.status_code == 200
    _head, *rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    return rows


def test_no_route_shows_a_foreign_executors_appeal(client: Browser, secret: Secret) -> None:
    petro, told = client("petro"), []
    for name, asked in NAMES_AN_OBJECT.items():
        address, form = asked_for(asked, secret.of)
        method = name.partition(" ")[0]
        answer = petro.request(method, address, **({} if method == "GET" else {"data": form}))
        by_name = re.search(r"\{(number|assignment_id|question_id)\}", name) and "services" not in name
        if by_name and re.search("/(appeals|assignments|questions)/", name):
            assert answer.status_code in {401, 403, 404}, name
        said = (answer.text + answer.headers.get("location", "")).replace(address, "")
        told += [(name, word) for word in secret.words if word in said]
    for url, _route in PAGES:
        answer = petro.get(url)
        told += [(url, word) for word in secret.words if word in answer.text]
    assert told == []
    searches = ("", "?q=Секретенко", "?q=газ", f"?q={secret.number}", "?phone=0679998877", "?name=Секретенко")
    for query in (*searches, f"?number={secret.number}", f"?house={secret.of.house}", "?state=open", "?sort=name"):
        assert listed(petro, query) == [], query
    assert counted(petro) == 0
    assert taken(petro, "number", "name") == []


def test_an_executor_finds_their_own_until_it_is_taken_from_them(
    client: Browser, centre: Centre, secret: Secret
) -> None:
    vasyl = client("vasyl")
    for query in ("?q=Секретенко", "?q=газ", f"?number={secret.number}", "?phone=0679998877"):
        assert listed(vasyl, query) == [secret.number], query
    assert len(listed(vasyl)) == 2, "this one, and the one that everybody's test has"
    assert counted(vasyl) > 0
    assert sorted(row[0] for row in taken(vasyl, "number", "name")) == sorted(listed(vasyl))
    house = f"/appeals/addresses/houses/{secret.of.house}"
    assert secret.number in vasyl.get(house).text
    shown = vasyl.get(f"/appeals/{secret.number}")
    assert (shown.status_code, shown.headers["location"]) == (303, f"/assignments/{secret.of.assignment}")
    with transaction(EVERY_ORGANISATION) as session:
        workflow.withdraw(session, secret.of.assignment, Told(reason="помилково"), by=centre.people["olena"])
    assert secret.number not in listed(vasyl)
    assert secret.number not in vasyl.get(house).text
    assert vasyl.get(f"/appeals/{secret.number}").status_code == 404


def test_an_administrator_reads_appeals_without_knowing_whose(client: Browser, secret: Secret) -> None:
    admin, told = client("admin.khm"), []
    pages = [asked_for(asked, secret.of)[0] for name, asked in NAMES_AN_OBJECT.items() if name.startswith("GET ")]
    for url in (*pages, *(url for url, _route in PAGES if url not in NO_HTML)):
        if not url.startswith(("/calls", "/recordings")):
            answer = admin.get(url)
            told += [(url, word) for word in WHO if word in answer.text]
    assert told == []
    assert MATTER in admin.get(f"/appeals/{secret.number}").text
    assert "С•••" in admin.get(f"/appeals/{secret.number}").text
    assert "С•••" in admin.get(f"/appeals/addresses/houses/{secret.of.house}").text
    assert [secret.number, "С••• О•••", "•••77", "•••"] in taken(admin, "number", "name", "phone", "address")
    for query in ("?name=Секретенко", "?phone=0679998877", f"?house={secret.of.house}"):
        assert listed(admin, query) == listed(admin), "what one may not see narrows nothing"
    assert listed(admin, "?q=Секретенко") == []


def test_personal_data_are_opened_for_a_purpose_for_a_while_and_written_down(
    client: Browser, centre: Centre, owner: Engine, secret: Secret
) -> None:
    admin, page = client("admin.khm"), f"/appeals/{secret.number}"
    for form in ({}, {"purpose": "curiosity"}, {"purpose": "other", "purpose_note": " "}):
        assert admin.post(f"{page}/open-data", data=form).status_code == 303
        assert "Секретенко" not in admin.get(page).text
    assert client("mykola").post(f"{page}/open-data", data={"purpose": "request"}).status_code == 403
    admin.post(f"{page}/open-data", data={"purpose": "request", "purpose_note": "Лист № 14"})
    shown = admin.get(page).text
    assert all(word in shown for word in (*WHO[:2], *WHO[3:]))
    assert "С•••" in admin.get("/appeals").text, "one appeal was opened, not the journal"
    with transaction(EVERY_ORGANISATION) as session:
        [opened] = session.scalars(select(Audit).where(Audit.deed == "appeal.data_opened"))
    assert (opened.person_id, opened.subject) == (centre.people["admin.khm"].id, f"appeal:{secret.number}")
    assert opened.details == {"purpose": "request", "note": "Лист № 14"}
    trail = re.sub(r"<[^>]*>", "", admin.get("/audit").text)
    assert "персональні дані відкрито" in trail
    assert "навіщо: Людина питає про власні дані" in trail, "words, and not their code"
    with owner.begin() as connection:
        connection.execute(text("SELECT set_config('holos.organisation', 'every', true)"))
        moved = {"ago": timedelta(minutes=16)}
        connection.execute(text("UPDATE audit SET at = at - :ago WHERE deed = 'appeal.data_opened'"), moved)
    assert "Секретенко" not in admin.get(page).text
