"""The field of an address in a browser: streets and houses are offered while it is typed; by keys, without script."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from run.development.pictures import signed_in
from tests.appeals.addresses.towns import both_towns
from tests.centre import PASSWORD, Centre
from tests.pages.barriers import barriers_on


@pytest.fixture
def card(browser: Browser, url: str, centre: Centre) -> Iterator[Page]:
    """The card of a new appeal as a page."""
    both_towns(centre)
    with signed_in(browser, url, "olena", PASSWORD) as page:
        page.goto("/appeals/new")
        yield page


def field(page: Page) -> Locator:
    return page.get_by_role("combobox", name=re.compile("^Адреса"))


def offers(page: Page) -> Locator:
    return page.locator(".offers:not([hidden]) > [role=option]")


def house(page: Page) -> Locator:
    return page.locator("input[name=house]")


def test_an_address_is_chosen_by_keys(card: Page):
    field(card).press_sequentially("шевч 12")
    expect(field(card)).to_have_attribute("aria-expanded", "true")
    expect(offers(card).first).to_have_text("вул. Шевченка, 12")
    field(card).press("ArrowDown")
    expect(offers(card).first).to_have_attribute("aria-selected", "true")
    active = field(card).get_attribute("aria-activedescendant")
    assert active == offers(card).first.get_attribute("id")
    field(card).press("ArrowUp")
    assert field(card).get_attribute("aria-activedescendant") is None
    field(card).press("ArrowDown")
    field(card).press("ArrowDown")
    field(card).press("Enter")
    expect(field(card)).to_have_value("пров. Шевченка, 12")
    expect(field(card)).to_have_attribute("aria-expanded", "false")
    expect(house(card)).to_have_value(re.compile(r"^\d+$"))
    assert card.url.endswith("/appeals/new"), "Enter chose, and sent nothing"


def test_a_street_is_chosen_first_and_the_number_typed_after_it(card: Page):
    field(card).press_sequentially("itdxtyrf")
    expect(offers(card).first).to_have_text("вул. Шевченка")
    offers(card).first.click()
    expect(field(card)).to_be_focused()
    expect(field(card)).to_have_value("вул. Шевченка, ")
    expect(house(card)).to_have_value("")
    field(card).press_sequentially("12а")
    expect(offers(card).first).to_have_text("вул. Шевченка, 12А")
    offers(card).first.click()
    expect(house(card)).not_to_have_value("")
    field(card).press_sequentially(", кв. 4")
    expect(house(card)).not_to_have_value("")
    field(card).fill("вул. Прибузька")
    expect(house(card)).to_have_value("")


def test_escape_closes_the_list_and_keeps_the_text(card: Page):
    field(card).press_sequentially("леніна")
    expect(offers(card).first).to_contain_text("колишня вул. Леніна")
    field(card).press("Escape")
    expect(offers(card)).to_have_count(0)
    expect(field(card)).to_have_value("леніна")
    field(card).press("ArrowDown")
    expect(offers(card).first).to_be_visible()
    field(card).press("Tab")
    expect(offers(card)).to_have_count(0)


def test_the_field_with_its_list_has_no_barriers(card: Page):
    field(card).press_sequentially("шевч")
    expect(offers(card).first).to_be_visible()
    assert list(barriers_on(card, "new-appeal", "uk")) == []


def test_one_more_address_is_offered_houses_too_and_is_kept_by_the_draft(card: Page):
    field(card).press_sequentially("шевч 12а")
    offers(card).first.click()
    card.get_by_role("button", name="Ще одна адреса").click()
    second = card.locator("input[name=also]")
    expect(second).to_be_focused()
    expect(field(card)).to_have_value("вул. Шевченка, 12А")
    with card.expect_response("**/appeals/draft"):
        second.press_sequentially("прибуз 4")
        expect(offers(card).first).to_have_text("вул. Прибузька, 4")
        second.press("ArrowDown")
        second.press("Enter")
    expect(second).to_have_value("вул. Прибузька, 4")
    card.reload()
    expect(card.locator("input[name=also]")).to_have_value("вул. Прибузька, 4")
    expect(card.locator("input[name=also_house]")).to_have_value(re.compile(r"^\d+$"))
    expect(house(card)).to_have_value(re.compile(r"^\d+$"))


def test_without_script_the_field_is_a_text_like_any_other(browser: Browser, url: str, centre: Centre):
    both_towns(centre)
    with signed_in(browser, url, "olena", PASSWORD) as signed:
        kept = signed.context.storage_state()
    page = browser.new_page(base_url=url, java_script_enabled=False, storage_state=kept)
    page.goto("/appeals/new")
    page.fill("#field-address", "вул. Шевченка, 12А, кв. 4")
    page.get_by_role("button", name="Ще одна адреса").click()
    expect(page.locator("#field-address")).to_have_value("вул. Шевченка, 12А, кв. 4")
    expect(page.locator("input[name=also]")).to_have_count(1)
    page.close()
