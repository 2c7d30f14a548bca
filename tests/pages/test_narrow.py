"""On a telephone's screen: a list comes first, its filters are folded behind their number; without JavaScript too."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from db import EVERY_ORGANISATION, transaction
from staff.tables import Organisation
from supervisor.alarms import service as alarms
from supervisor.alarms.model import Trouble
from tests.centre import PASSWORD

WIDTH, HEIGHT = 390, 844
RAIL = 60  # pixels at the screen's foot
LISTS = {
    "/callbacks": "iryna",
    "/calls": "iryna",
    "/calls?recorded=yes": "iryna",
    "/appeals": "iryna",
    "/alarms": "iryna",
    "/works": "iryna",
    "/people": "admin.khm",
    "/audit": "admin.khm",
    "/channels/outbox": "admin.khm",
}

MORE = {
    "/board/log": "admin.khm",
    "/channels": "admin.khm",
    "/alarms/ladder": "admin.khm",
    "/queues": "iryna",
    "/recordings/backlog": "iryna",
    "/search?q=44": "iryna",
    "/status": "admin.khm",
    "/surge/accounts": "admin.khm",
}

WIDER = """
frames => frames.filter((it) => it.scrollWidth > it.clientWidth + 1).map((it) => it.getAttribute("aria-label"))
"""

# Each cell that is seen, with the name of its column before it.
CELLS = """
cells => cells.filter((it) => it.checkVisibility()).map((it) => ({
  said: (getComputedStyle(it, "::before").content.replaceAll('"', "").replace("none", "") + it.innerText).trim(),
  fits: it.scrollWidth <= it.clientWidth + 1 && it.getBoundingClientRect().right <= innerWidth,
}))
"""


@pytest.fixture
def page(browser: Browser, url: str, lived_in: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=url, java_script_enabled=False, viewport={"width": WIDTH, "height": HEIGHT}, locale="uk-UA"
    )
    yield context.new_page()
    context.close()


def sign_in(page: Page, login: str) -> None:
    page.goto("/sign-in")
    page.fill("#field-login", login)
    page.fill("#field-password", PASSWORD)
    page.press("#field-password", "Enter")


def test_each_list_begins_on_the_first_screen(page: Page):
    hidden = []
    for login in sorted(set(LISTS.values())):
        sign_in(page, login)
        for address in (each for each, whose in LISTS.items() if whose == login):
            page.goto(address)
            first = page.locator("tbody tr, .empty").first.bounding_box()
            if first is None or first["y"] + first["height"] > HEIGHT - RAIL:
                hidden.append((address, first))
        page.context.clear_cookies()
    assert not hidden


def test_no_list_has_to_be_moved_sideways(page: Page):
    """Nor where a name is longer than the screen is wide."""
    with transaction(EVERY_ORGANISATION) as session:
        khm = session.scalars(select(Organisation.id).where(Organisation.code == "khm")).one()
        alarms.raise_trouble(session, khm, Trouble.CLOCK_UNKEPT, "node1", {})
    wide = []
    for login in sorted({*LISTS.values(), *MORE.values()}):
        sign_in(page, login)
        for address in (each for each, whose in (LISTS | MORE).items() if whose == login):
            page.goto(address)
            wide += [(address, each) for each in page.locator(".table-frame").evaluate_all(WIDER)]
            if page.evaluate("document.documentElement.scrollWidth") > WIDTH:
                wide.append((address, "the page itself"))
        page.context.clear_cookies()
    assert not wide


def test_a_call_is_a_card_that_says_all_of_it(page: Page):
    sign_in(page, "iryna")
    page.goto("/calls?recorded=yes")
    card = page.locator("tbody tr").first
    cells = card.locator("> *").evaluate_all(CELLS)
    said = " · ".join(" ".join(cell["said"].split()) for cell in cells)
    for words in ("Водопостачання", "Оператор Олена", "Очікування 0:", "Розмова 0:", "Запис є", "відповіли"):
        assert words in said
    assert [cell["said"] for cell in cells if not cell["fits"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH


def test_the_filters_unfold_and_say_how_many_are_on(page: Page):
    sign_in(page, "iryna")
    page.goto("/callbacks")
    form, fold = page.locator("main form[role=search]"), page.locator(".filters-fold summary")
    expect(form).to_be_hidden()
    expect(fold).to_have_text("Фільтри")
    fold.click()
    page.select_option("#callbacks-state", "all")
    page.select_option("#callbacks-reason", "gave_up")
    form.locator("button").click()
    page.wait_for_url("**reason=gave_up**")
    expect(form).to_be_hidden()
    expect(fold).to_have_text("Фільтри(2)")


def test_on_a_wide_screen_nothing_is_folded(page: Page):
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, "iryna")
    page.goto("/callbacks")
    expect(page.locator("main form[role=search]")).to_be_visible()
    expect(page.locator(".filters-fold")).to_be_hidden()


def test_the_number_follows_the_list(browser: Browser, url: str, lived_in: str):
    """With JavaScript the list changes alone; the fold above it counts on."""
    context = browser.new_context(base_url=url, viewport={"width": WIDTH, "height": HEIGHT}, locale="uk-UA")
    page = context.new_page()
    sign_in(page, "iryna")
    page.goto("/calls")
    fold = page.locator(".filters-fold summary")
    fold.click()
    page.select_option("#calls-fate", "answered")
    expect(fold).to_have_text("Фільтри(1)")
    expect(page.locator("#calls-fate")).to_be_visible()
    context.close()
