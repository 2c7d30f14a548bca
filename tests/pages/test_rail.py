"""The rail (U-31): pages in groups by right, the current one's open, what was folded kept; all of them on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from db import EVERY_ORGANISATION, transaction
from run.development.pictures import signed_in
from supervisor.alarms import service as alarms
from supervisor.alarms.model import Kind
from tests.centre import PASSWORD, Centre
from tests.client import Client
from tests.pages.a_call import answered_call

GROUPS = {
    "olena": ["Телефонія", "Звернення громадян", "Довідники й адреси"],
    "iryna": ["Телефонія", "Звернення громадян", "Звіти й контроль", "Довідники й адреси", "Адміністрування"],
    "vasyl": ["Звернення громадян", "Довідники й адреси"],
    "yurii": [],  # all that an editor has is of one group, which needs no heading
}


@pytest.mark.parametrize("login", GROUPS)
def test_a_group_is_there_for_whom_it_holds_a_page(client: Callable[[str], Client], login: str):
    browser = client(login)
    rail = browser.get("/me").text.partition('<nav class="rail"')[2].partition("</nav>")[0]
    assert re.findall(r'<span id="rail-\w+-head">(.*?)</span>', rail) == GROUPS[login]
    places = re.findall(r'class="rail-place" href="([^"]+)"', rail)
    assert places
    assert all(browser.get(place).status_code < 400 for place in places)


def folds(page: Page, name: str) -> None:
    """The group is folded or unfolded by its heading, with the keyboard."""
    head(page, name).focus()
    page.keyboard.press("Enter")


def head(page: Page, name: str) -> Locator:
    """The heading of a group, which folds it."""
    return page.locator(".rail").get_by_role("heading").get_by_role("button", name=name)


def test_groups_fold_and_stay_as_they_were_left(browser: Browser, url: str, centre: Centre):
    call = answered_call(centre.people["olena"])
    with transaction(EVERY_ORGANISATION) as session:
        alarms.mark(session, call, Kind.UNRESOLVED, by=centre.people["olena"])
    with signed_in(browser, url, "admin.khm", PASSWORD) as page:
        page.goto("/board")
        rail = page.get_by_role("navigation", name="Розділи")
        people, board = (rail.get_by_role("link", name=name, exact=True) for name in ("Співробітники", "Табло"))
        expect(board).to_have_attribute("aria-current", "page")
        expect(head(page, "Телефонія")).to_have_attribute("aria-expanded", "true")
        expect(head(page, "Адміністрування")).to_have_attribute("aria-expanded", "false")
        expect(people).to_be_hidden()

        folds(page, "Адміністрування")
        expect(people).to_be_visible()
        page.keyboard.press("Tab")
        expect(rail.get_by_role("link", name="Меню", exact=True)).to_be_focused()

        expect(head(page, "Звіти й контроль")).not_to_contain_text("1", use_inner_text=True)
        folds(page, "Звіти й контроль")
        expect(head(page, "Звіти й контроль")).to_contain_text("1 очікують", use_inner_text=True)
        page.reload()
        expect(people).to_be_visible()
        expect(rail.get_by_role("list", name="Звіти й контроль")).to_be_hidden()
        expect(head(page, "Звіти й контроль")).to_contain_text("1 очікують", use_inner_text=True)

        page.goto("/reports")
        expect(head(page, "Звіти й контроль")).to_have_attribute("aria-expanded", "true")
        folds(page, "Телефонія")
        page.goto("/people")
        expect(head(page, "Звіти й контроль")).to_have_attribute("aria-expanded", "false")
        expect(head(page, "Телефонія")).to_have_attribute("aria-expanded", "false")

        page.set_viewport_size({"width": 390, "height": 844})
        every = rail.get_by_role("button", name="Усі сторінки")
        expect(rail.get_by_role("link")).to_have_count(4)
        expect(rail.get_by_role("link", name="Співробітники")).to_have_attribute("aria-current", "page")
        expect(head(page, "Адміністрування")).to_be_hidden()
        every.click()
        expect(every).to_have_attribute("aria-expanded", "true")
        expect(people).to_be_focused()
        expect(head(page, "Адміністрування")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.keyboard.press("Escape")
        expect(every).to_be_focused()
        expect(head(page, "Адміністрування")).to_be_hidden()
        kept = page.context.storage_state()

    page = browser.new_page(base_url=url, java_script_enabled=False, storage_state=kept)
    page.goto("/people")
    expect(page.locator(".rail").get_by_role("link", name="Звіти", exact=True)).to_be_visible()
    page.close()
