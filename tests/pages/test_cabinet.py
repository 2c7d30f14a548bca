"""A citizen on a telephone: writes, proves the e-mail by the code of a real letter, sends, sees it among their own."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from appeals.addresses import service as addresses
from appeals.addresses.model import HouseNumber, StreetKind
from appeals.cabinet import service
from appeals.classifier import service as classifier
from calls.tables import Topic
from db import EVERY_ORGANISATION, transaction
from notify.model import ChannelKind
from notify.sender import Sender
from run.notifier import zones
from tests.appeals.cabinet.conftest import CODE
from tests.centre import Centre
from tests.notify.conftest import Outbox
from tests.notify.far_ends import MailServer
from tests.notify.test_sender import look_once
from tests.pages.barriers import WIDEST

COLOUR = "it => getComputedStyle(it).color"
UNSEEN = "rgba(0, 0, 0, 0)"
SUBSTANCE = "У дворі третій день тече труба, двір залито"


@pytest.fixture
def opened(centre: Centre, mail_server: MailServer) -> None:
    """The city's cabinet is open and its letters really leave."""
    admin, khm = centre.people["admin.khm"], centre.organisations["khm"]
    mail = Outbox(khm.id).channel(ChannelKind.EMAIL, **mail_server.settings())
    with transaction(EVERY_ORGANISATION) as session:
        session.add(Topic(organisation_id=khm.id, code="water", name={"uk": "Вода"}))
    with transaction(khm.id) as session:
        classifier.load_national(session, khm, today=datetime.now(UTC).date() - timedelta(days=1))
        settlement = addresses.add_settlement(session, khm.id, "Хмельницький")
        street = addresses.add_street(session, settlement, StreetKind.STREET, "Прибузька", by=admin)
        addresses.add_house(session, street, HouseNumber(12), by=admin)
        service.arrange(session, mail.id, service.usual_file_kind(session, khm.id), by=admin)


def the_code(mail_server: MailServer) -> str:
    """What the newest letter says."""
    look_once(Sender(zones))
    return str(CODE.findall(mail_server.mails[-1].get_content())[0])  # type: ignore[attr-defined]


def fills_in(page: Page) -> None:
    """Five fields; the street and the house are chosen from what is offered."""
    page.locator("#field-topic").select_option("water")
    page.fill("#field-substance", SUBSTANCE)
    page.locator("#field-address").press_sequentially("прибуз 12")
    page.locator("[role=option]").first.click()
    page.fill("#field-surname", "Сидоренко")
    page.fill("#field-given_name", "Галина")


def test_a_citizen_writes_and_sees_it_among_their_own(
    browser: Browser, url: str, opened: None, mail_server: MailServer
) -> None:
    """U-07, U-70, U-71."""
    context = browser.new_context(base_url=url, locale="uk-UA", viewport={"width": 390, "height": 844})
    context.set_default_timeout(10_000)
    try:
        page = context.new_page()
        page.goto("/")
        page.locator("a[href='/write/khm']").click()
        fills_in(page)
        assert page.evaluate(WIDEST) == ""
        page.locator("main form .btn-primary").click()
        expect(page).to_have_url(f"{url}/cabinet/khm/sign-in?next=/write/khm")
        page.fill("#field-contact", "halyna@example.org")
        page.press("#field-contact", "Enter")
        page.wait_for_selector("#field-digits")
        page.fill("#field-digits", the_code(mail_server))
        page.press("#field-digits", "Enter")
        expect(page.locator("#field-substance")).to_have_value(SUBSTANCE)
        expect(page.locator("#field-address")).to_have_value("вул. Прибузька, 12")
        page.locator("button[value=send]").click()
        number = page.locator("h1").inner_text().split()[-1]
        expect(page.locator(".log")).to_contain_text("зареєстровано")
        assert page.evaluate(WIDEST) == ""
        look_once(Sender(zones))
        assert number in mail_server.mails[-1].get_content()  # type: ignore[attr-defined]
        page.locator(".cabinet-ways a").first.click()
        expect(page.locator(".cabinet-list")).to_contain_text(number)
        expect(page.locator(".cabinet-list")).to_contain_text(SUBSTANCE)
        page.locator("button[name=language][value=en]").first.evaluate("button => button.click()")
        expect(page.locator("h1")).to_have_text("My appeals")
    finally:
        context.close()


def test_files_are_asked_for_in_the_pages_language(
    browser: Browser, url: str, opened: None, mail_server: MailServer, tmp_path: Path
) -> None:
    """In a browser that speaks English, by keyboard, each file by its name; and without a script."""
    photos = [tmp_path / name for name in ("двір.jpg", "люк біля під’їзду з дуже довгою назвою файлу.jpg")]
    for photo in photos:
        photo.write_bytes(b"JFIF")
    english: dict[str, Any] = {"base_url": url, "locale": "en-US", "viewport": {"width": 390, "height": 844}}
    context = browser.new_context(**english)
    try:
        page = context.new_page()
        page.goto("/cabinet/khm/sign-in?next=/write/khm")
        page.fill("#field-contact", "halyna@example.org")
        page.press("#field-contact", "Enter")
        page.wait_for_selector("#field-digits")
        page.fill("#field-digits", the_code(mail_server))
        page.press("#field-digits", "Enter")
        page.locator("button[name=language][value=uk]").first.evaluate("button => button.click()")
        part, field = asked_for(page)
        field.focus()
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Enter")
        chooser.value.set_files(photos)
        expect(part.locator(".file-names li")).to_have_text([photo.name for photo in photos])
        expect(part.locator(".file-none")).to_be_hidden()
        assert field.evaluate(COLOUR) == UNSEEN, "the browser would say: 2 files"
        assert page.evaluate(WIDEST) == ""
        plain = browser.new_context(**english, storage_state=context.storage_state(), java_script_enabled=False)
        page = plain.new_page()
        page.goto("/write/khm")
        part = page.locator(".file")
        expect(part.locator(".btn")).to_have_text("Вибрати файли")
        with page.expect_file_chooser() as chooser:
            part.locator(".btn").click()
        chooser.value.set_files(photos[0])
        assert part.locator("input").evaluate(COLOUR) != UNSEEN, "the browser's own words name the file"
        plain.close()
    finally:
        context.close()


def asked_for(page: Page) -> tuple[Locator, Locator]:
    """The part of the page that takes files, and its field: not a word of the browser's own is to be seen."""
    part = page.locator(".file")
    field = part.locator("input")
    expect(part.locator(".btn")).to_have_text("Вибрати файли")
    expect(part.locator(".file-none")).to_have_text("файла ще немає")
    expect(part.locator(".file-none")).to_be_visible()
    assert field.evaluate(COLOUR) == UNSEEN
    assert field.evaluate("it => getComputedStyle(it, '::file-selector-button').display") == "none"
    assert field.get_attribute("title"), "in place of the browser's own words under the mouse"
    return part, field
