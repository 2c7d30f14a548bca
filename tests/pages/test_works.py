"""An emergency in browsers: one dispatcher enters it, another sees it in the card, who waited is answered."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from appeals.addresses import service as addresses
from appeals.addresses.model import FacilityKind
from appeals.works import service as works
from calls.tables import Topic
from db import transaction
from run.development.pictures import signed_in
from tests.appeals.addresses.towns import both_towns, house_at
from tests.centre import PASSWORD, Centre
from tests.pages.barriers import barriers_on

TEXT = "Через аварію на котельні опалення не буде до вечора."


@pytest.fixture
def pair(browser: Browser, url: str, centre: Centre) -> Iterator[tuple[Page, Page]]:
    """Two operators of a city with a boiler house."""
    both_towns(centre)
    admin = centre.people["admin.khm"]
    own = admin.organisation_id
    with transaction(own) as session:
        session.add(Topic(organisation_id=own, code="heating", name={"uk": "Опалення"}))
        works.load_services(session, own)
        boiler = addresses.add_facility(
            session, own, kind=FacilityKind.BOILER_HOUSE, code="К-4", name="Котельня", enterprise=None, by=admin
        )
        for number in ("4", "12"):
            addresses.serve(session, boiler, house_at(session, "Прибузька", number), by=admin)
    with signed_in(browser, url, "olena", PASSWORD) as olena, signed_in(browser, url, "andrii", PASSWORD) as andrii:
        yield olena, andrii


def enters_the_emergency(page: Page) -> None:
    page.goto("/works")
    page.get_by_role("link", name="Нова робота").click()
    page.select_option("#field-kind", "emergency")
    page.select_option("#field-service", label="Опалення")
    page.fill("#field-reason", "Прорив труби")
    page.select_option("#field-source", label="Котельня (К-4)")
    for code in ("uk", "ru", "en"):
        page.fill(f"#field-{code}", TEXT if code == "uk" else "No heating until night.")
    page.get_by_role("button", name="Внести").click()
    expect(page.locator(".work-houses li")).to_have_count(2)


def chooses_the_house(page: Page) -> None:
    field = page.locator("#field-address")
    field.press_sequentially("прибуз 4")
    expect(page.locator(".offers:not([hidden]) > [role=option]").first).to_have_text("вул. Прибузька, 4")
    field.press("ArrowDown")
    field.press("Enter")


def test_an_emergency_from_its_entry_to_the_answer(pair: tuple[Page, Page]) -> None:
    """U-100, U-115, U-116."""
    olena, andrii = pair
    enters_the_emergency(olena)
    work = olena.url
    andrii.goto("/appeals/new")
    expect(andrii.locator("[data-works]")).to_have_count(0)
    chooses_the_house(andrii)
    lit = andrii.locator("[data-works]")
    expect(lit).to_contain_text(TEXT)
    assert list(barriers_on(andrii, "new-appeal", "uk")) == []
    lit.get_by_label(re.compile("Це звернення чекає на роботу")).check()
    for name, typed in {"surname": "Мельник", "substance": "Холодні батареї"}.items():
        andrii.fill(f"#field-{name}", typed)
    for name, chosen in {"source": "reception", "kind": "complaint", "topic": "heating"}.items():
        andrii.select_option(f"#field-{name}", chosen)
    andrii.locator("[data-register]").click()
    expect(andrii.locator("#appeal-card.appeal-done")).to_contain_text("чекає на роботу")
    number = andrii.locator(".appeal-number").inner_text()
    olena.goto(work)
    expect(olena.get_by_role("link", name=number)).to_be_visible()
    olena.locator("summary", has_text="Роботу завершено").click()
    olena.get_by_role("button", name="Роботу завершено").click()
    olena.fill("#field-answer", "Трубу замінено, опалення є.")
    asked = []
    olena.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    olena.get_by_role("button", name="Відповісти й закрити").click()
    expect(olena.get_by_text("відповідь дано").first).to_be_visible()
    assert ["1 звернення" in each for each in asked] == [True]
    andrii.goto(f"/appeals/{number}")
    expect(andrii.locator("main")).to_contain_text("Трубу замінено, опалення є.")
    andrii.goto("/appeals/new")
    chooses_the_house(andrii)
    expect(andrii.locator("#works-here")).not_to_contain_text(TEXT)


def test_another_address_puts_the_light_out_and_the_choice_outlives_a_reload(pair: tuple[Page, Page]) -> None:
    olena, andrii = pair
    enters_the_emergency(olena)
    andrii.goto("/appeals/new")
    chooses_the_house(andrii)
    waits = andrii.get_by_label(re.compile("Це звернення чекає на роботу"))
    chosen = f"work={waits.get_attribute('value')}"
    with andrii.expect_response(lambda each: "/appeals/draft" in each.url and chosen in (each.request.post_data or "")):
        waits.check()
    andrii.reload()
    expect(waits).to_be_checked()
    andrii.locator("#field-address").fill("вул. Соборна, 5")
    expect(andrii.locator("[data-works]")).to_have_count(0)
