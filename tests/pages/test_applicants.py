"""Applicants on the card in a browser: offered while one types, chosen by keys, the choice undone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from run.development.pictures import signed_in
from tests.appeals.addresses.towns import both_towns
from tests.appeals.applicants.people import registered, somebody
from tests.centre import PASSWORD, Centre
from tests.pages.a_call import topic
from tests.pages.barriers import barriers_on

MARIANA = ("Коваленко Мар’яна Іванівна", "+380671234567")


@pytest.fixture
def card(browser: Browser, url: str, centre: Centre) -> Iterator[Page]:
    """The card of a new appeal as a page; two people are known."""
    topic(centre.organisations["khm"].id)
    both_towns(centre)
    olena = centre.people["olena"]
    for address in ("вул. Проскурівська, 1", "вул. Прибузька, 4"):
        registered(olena, somebody(*MARIANA, email="m@example.org", address=address))
    registered(olena, somebody("Коваль Петро", "+380501112233"))
    with signed_in(browser, url, "olena", PASSWORD) as page:
        page.goto("/appeals/new")
        yield page


def offers(page: Page) -> Locator:
    return page.locator(".offers:not([hidden]) > [role=option]")


def surname(page: Page) -> Locator:
    return page.get_by_role("combobox", name=re.compile("^Прізвище"))


def test_an_applicant_is_chosen_by_keys_and_the_choice_undone(card: Page):
    """U-93: name, telephone and address are filled in, other addresses offered, the history stands beside."""
    card.fill("#field-substance", "Ліхтар не світить")
    surname(card).press_sequentially("Kovalenko")
    expect(offers(card)).to_have_count(1)
    expect(offers(card).first).to_contain_text(MARIANA[0])
    expect(surname(card)).to_have_attribute("aria-expanded", "true")
    surname(card).press("ArrowDown")
    expect(offers(card).first).to_have_attribute("aria-selected", "true")
    surname(card).press("Enter")
    expect(card.locator("#field-given_name")).to_have_value("Мар’яна")
    expect(card.locator("#field-address")).to_have_value("вул. Прибузька, 4")
    expect(card.locator("#field-substance")).to_have_value("Ліхтар не світить")
    expect(card.locator("#field-phone")).to_have_value(re.compile(r"67.?123"))
    expect(card.locator("#applicant-known .log")).to_contain_text("Немає води")
    other = card.get_by_role("button", name="вул. Проскурівська, 1")
    other.click()
    expect(card.locator("#field-address")).to_have_value("вул. Проскурівська, 1")
    assert card.url.endswith("/appeals/new"), "Enter chose, and sent nothing"
    card.fill("#field-phone", "050 999 88 77")
    card.press("#field-phone", "Tab")
    expect(card.locator(".differences")).to_contain_text("+380509998877")
    card.get_by_role("button", name="Скасувати вибір").click()
    expect(card.locator("#field-surname")).to_have_value("Kovalenko")
    expect(card.locator("#field-address")).to_have_value("")
    expect(card.locator("#field-substance")).to_have_value("Ліхтар не світить")


def test_an_applicant_is_offered_by_the_telephone_and_by_the_address(card: Page):
    phone = card.get_by_role("combobox", name=re.compile("^Телефон"))
    phone.press_sequentially("067 123")
    expect(offers(card).first).to_contain_text(MARIANA[0])
    phone.press("Escape")
    expect(offers(card)).to_have_count(0)
    phone.fill("")
    address = card.get_by_role("combobox", name=re.compile("^Адреса"))
    address.press_sequentially("прибуз 4")
    expect(offers(card).first).to_have_text("вул. Прибузька, 4")
    offers(card).first.click()
    address.press("Tab")
    card.get_by_role("button", name=MARIANA[0]).click()
    expect(card.locator("#field-surname")).to_have_value("Коваленко")


def test_the_offers_and_what_is_known_have_no_barriers(card: Page):
    surname(card).press_sequentially("ковал")
    expect(offers(card)).to_have_count(2)
    assert list(barriers_on(card, "new-appeal", "uk")) == []
    offers(card).first.click()
    expect(card.locator("#applicant-known .log")).to_be_visible()
    assert list(barriers_on(card, "new-appeal", "uk")) == []
