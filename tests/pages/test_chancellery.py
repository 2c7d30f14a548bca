"""A chancellery clerk and an editor in the browser: by the keyboard, live, and with a telephone in one hand (Z-26)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from appeals import service as appeals
from appeals.executors import service as executors
from appeals.executors.model import MemberRole
from appeals.executors.service import Said
from appeals.model import Kind, Source
from appeals.tables import Appeal, Applicant
from appeals.workflow import filing, queries, service
from appeals.workflow.model import Outcome, Told
from calls.tables import Topic
from db import EVERY_ORGANISATION, transaction
from run.development.pictures import signed_in
from tests.centre import PASSWORD, Centre
from tests.pages.test_work_on_appeals import AT_ONCE, HEIGHT, WIDTH, deed, reached_by_thumb

FORMAL = "Sertifikatni berishni va kechikish sababini maʼlum qilishni soʻrayman."


@pytest.fixture
def agency(centre: Centre) -> Centre:
    """With a chancellery and one executor."""
    admin, today = centre.people["admin.dtm"], datetime.now(UTC).date()
    with transaction(EVERY_ORGANISATION) as session:
        session.add(Topic(organisation_id=admin.organisation_id, code="exams", name={"uz": "Imtihonlar"}))
    with transaction(admin.organisation_id) as session:
        filing.arrange(session, on=True, incoming="K-{number}/{year}", outgoing="CH-{number}/{year}", by=admin)
        said = Said(name="Sertifikatlar boʻlimi", connected=True)
        section = executors.add(session, admin.organisation_id, "SRT", said, by=admin)
        since = today - timedelta(days=1)
        executors.add_member(session, section, centre.people["jasur"], MemberRole.WORKER, since=since, by=admin)
    return centre


@pytest.fixture
def people(browser: Browser, url: str, agency: Centre) -> Iterator[tuple[Page, Page]]:
    """The editor's page and the clerk's."""
    with signed_in(browser, url, "timur", PASSWORD) as timur, signed_in(browser, url, "malika", PASSWORD) as malika:
        yield timur, malika


def taken_down(centre: Centre) -> Appeal:
    """What an operator has registered."""
    anna = centre.people["anna"]
    matter = Appeal(kind=Kind.APPLICATION, topic="exams", substance="sertifikat yoʻq", address="", source=Source.LETTER)
    who = Applicant(
        surname="Karimova", given_name="Nigora", patronymic="", phone="+998901112233", email="", address="Toshkent, 12"
    )
    with transaction(anna.organisation_id) as session:
        appeal = appeals.register(session, matter, who, by=anna, submission=uuid4())
        service.begin(session, appeal, by=anna)
    return appeal


def opens_the_first(page: Page) -> None:
    """By the keyboard, from the list."""
    page.locator("tbody a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/appeals/\d\d-\d+$"))


def test_from_the_editor_to_the_letter(people: tuple[Page, Page], agency: Centre) -> None:
    timur, malika = people
    year = datetime.now(UTC).year
    for page, place in ((timur, "editing"), (malika, "chancellery")):
        page.goto(f"/appeals/{place}")
        expect(page.locator(".empty")).to_be_visible()
    appeal = taken_down(agency)
    expect(timur.locator("tbody")).to_contain_text(appeal.number, timeout=AT_ONCE)
    opens_the_first(timur)
    timur.locator("summary:has-text('Devonxonaga yuborish')").focus()
    timur.keyboard.press("Enter")
    expect(timur.locator("#submit-text")).to_have_value("sertifikat yoʻq")
    deed_by_keys(timur, "#submit-text", FORMAL)
    expect(timur).to_have_url(re.compile("/appeals/editing$"))
    expect(malika.locator("tbody")).to_contain_text(appeal.number, timeout=AT_ONCE)
    opens_the_first(malika)
    expect(malika.get_by_text(FORMAL).first).to_be_visible()
    deed(malika, "send_back", reason="Qaysi til sertifikati?")
    expect(malika).to_have_url(re.compile("/appeals/chancellery$"))
    timur.goto("/appeals/editing")
    expect(timur.locator("tbody")).to_contain_text("1 marta qaytarilgan")
    opens_the_first(timur)
    deed(timur, "submit", text=f"Ingliz tili. {FORMAL}")
    malika.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    malika.goto("/appeals/chancellery")
    reached_by_thumb(malika)(malika.locator("tbody tr").first)
    opens_the_first(malika)
    deed(malika, "enter")
    expect(malika.locator("[aria-labelledby=filing]")).to_contain_text(f"K-1/{year}")
    deed(malika, "assign", executor="SRT")
    expect(malika.locator(".work-piece")).to_contain_text("Sertifikatlar boʻlimi")
    answered(agency, appeal)
    malika.goto("/appeals/chancellery?of=to_dispatch")
    opens_the_first(malika)
    deed(malika, "dispatch", result="satisfied", report="Sertifikat yuborildi")
    expect(malika).to_have_url(re.compile("/appeals/chancellery$"))
    malika.set_viewport_size({"width": 1440, "height": 900})
    malika.fill("#register-number", f"CH-1/{year}")
    malika.press("#register-number", "Enter")
    expect(malika).to_have_url(re.compile(f"/appeals/{appeal.number}$"))
    expect(malika.locator("[aria-labelledby=filing]")).to_contain_text(f"CH-1/{year}")


def deed_by_keys(page: Page, field: str, text: str) -> None:
    """Types into the field and sends its form without a mouse."""
    page.locator(field).focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def answered(centre: Centre, appeal: Appeal) -> None:
    """The executor takes it and reports."""
    jasur = centre.people["jasur"]
    with transaction(jasur.organisation_id) as session:
        [work] = queries.assignments(session, appeal.id)
        service.take(session, work.id, Told(), by=jasur)
        service.finish(session, work.id, Told(outcome=Outcome.DONE, report="Yuborildi"), by=jasur)
