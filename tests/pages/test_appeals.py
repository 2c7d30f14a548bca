"""The card of an appeal in a real browser: what is found, typed and sent by keys."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from run.development.pictures import signed_in
from tests.appeals.cards import form
from tests.centre import PASSWORD, Centre
from tests.client import Client
from tests.pages.a_call import topic
from tests.town.waiting import wait_for

FIND = "[formaction='/appeals/find']"


@pytest.fixture
def page(browser: Browser, url: str, centre: Centre, client: Callable[[str], Client]) -> Iterator[Page]:
    """Olena's browser at an empty card; two people are known by one number."""
    topic(centre.organisations["khm"].id)
    for changes in ({"patronymic": "Іванівна"}, {"surname": "Шевчук", "given_name": "Олег"}):
        client("olena").post("/appeals", data=form(**changes))
    with signed_in(browser, url, "olena", PASSWORD) as page:
        page.goto("/appeals/new")
        yield page


def has(page: Page, **fields: str) -> None:
    """Each field of the card holds this text."""
    for name, text in fields.items():
        expect(page.locator(f"#field-{name}")).to_have_value(text)


def test_who_is_found_and_who_is_chosen_stands_in_the_card_beside_what_was_typed(page: Page):
    page.fill("#field-phone", "067 123 45 67")
    page.fill("#field-substance", "Ліхтар не світить")
    page.click(FIND)
    has(page, surname="Шевчук", given_name="Олег", patronymic="", substance="Ліхтар не світить")
    page.get_by_role("button", name="Коваленко Марія Іванівна").click()
    has(page, surname="Коваленко", given_name="Марія", patronymic="Іванівна", substance="Ліхтар не світить")
    page.reload()
    has(page, surname="Коваленко", given_name="Марія", patronymic="Іванівна", substance="Ліхтар не світить")
    page.fill("#field-phone", "067 000 00 00")
    page.click(FIND)
    has(page, surname="", given_name="", patronymic="", address="", substance="Ліхтар не світить")


def test_enter_registers(page: Page):
    for name in ("surname", "substance"):
        page.fill(f"#field-{name}", form()[name])
    for name in ("source", "kind", "topic"):
        page.select_option(f"#field-{name}", form()[name])
    page.press("#field-surname", "Enter")
    expect(page.locator("[data-registered]")).to_be_visible()


def test_a_search_stops_the_saving_that_is_under_way(page: Page):
    """It would write the card as it was over what is found."""
    saving: list[Request] = []
    given_up: list[Request] = []

    def gives_up(request: Request) -> None:
        given_up.append(request)

    page.route("**/appeals/draft", lambda route: saving.append(route.request))
    page.on("requestfailed", gives_up)
    page.fill("#field-phone", "067 123 45 67")
    wait_for("the draft to be on its way", lambda: page.evaluate("0") or saving)
    page.click(FIND)
    has(page, surname="Шевчук")
    assert given_up == saving
