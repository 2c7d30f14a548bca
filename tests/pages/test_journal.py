"""The journal of appeals in a real browser: rows marked and undone, a file that is told as it is made, a live board."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import redis
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from appeals import asking
from appeals.executors import service as executors
from appeals.executors.service import Said
from appeals.journal import export_routes, jobs, sheet
from appeals.journal.teller import AppealsTeller
from appeals.tables import Appeal
from db import transaction
from run.development.pictures import signed_in
from run.host.servers import Servers
from run.settings import Settings
from run.storage import connect_store
from tests.appeals.journal.appeals import written
from tests.centre import PASSWORD, Centre
from tests.pages.a_call import topic
from web import workers


@pytest.fixture(autouse=True)
def appeals(centre: Centre) -> None:
    """The city has sixty; five of those in work are late."""
    olena, now = centre.people["olena"], datetime.now(UTC)
    topic(olena.organisation_id)
    with transaction(olena.organisation_id) as session:
        for appeal in written(session, olena, list(range(1, 61))):
            late = appeal.state == "in_work" and appeal.id % 2
            appeal.due_at = now + timedelta(days=-3 if late else 30)
            appeal.attention_at = appeal.due_at - timedelta(days=1)


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    """Iryna's browser."""
    with signed_in(browser, url, "iryna", PASSWORD) as page:
        yield page


def test_rows_are_marked_with_shift_changed_and_back_again(page: Page) -> None:
    page.goto("/appeals?state=registered")
    marks = page.locator("[data-mark]")
    expect(page.locator("[data-bulk] button").first).to_be_disabled()
    marks.nth(1).click()
    marks.nth(4).click(modifiers=["Shift"])
    expect(page.locator("[data-marked]")).to_contain_text("4")
    page.fill("#bulk-reason", "Доручення голови")
    page.locator("button[value=long_on]").click()
    expect(page.locator(".undo-bar")).to_be_visible()
    page.goto("/appeals?long=yes&state=registered")
    changed = page.locator("tbody tr").count()
    page.go_back()
    page.locator(".undo-bar button").click()
    expect(page.locator(".undo-bar")).to_have_count(0)
    page.goto("/appeals?long=yes&state=registered")
    assert page.locator("tbody tr").count() < changed


def test_an_executor_is_named_given_many_counted_and_they_are_taken_back(page: Page, centre: Centre) -> None:
    iryna = centre.people["iryna"]
    with transaction(iryna.organisation_id) as session:
        said = Said(name="Водоканал", connected=True)
        executors.add(session, iryna.organisation_id, "ВК", said, by=centre.people["admin.khm"])
    page.goto("/appeals?state=registered")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(12)
    named = page.locator("#appeals-executor")
    named.click()
    expect(page.locator("#executors-asked option")).to_have_count(2)
    named.fill("Ніхто такий")
    named.press("Tab")
    expect(page.locator("#nonsense-executor")).to_contain_text("Ніхто такий")
    expect(page.locator(".not-understood")).to_contain_text("Ніхто такий")
    expect(rows).to_have_count(12)
    named.fill("без виконавця")
    named.press("Tab")
    expect(page.locator("#nonsense-executor")).to_be_hidden()
    expect(page.locator(".chip")).to_have_count(2)
    for place in range(3):
        page.locator("[data-mark]").nth(place).click()
    page.get_by_role("button", name="Передати виконавцю").click()
    assert page.evaluate("document.activeElement.id") == "bulk-executor", "it needs an executor, and no reason"
    page.locator("#bulk-executor").fill("ВК · Водоканал")
    page.get_by_role("button", name="Передати виконавцю").click()
    expect(page.locator(".undo-bar")).to_contain_text("3 звернення: передано виконавцю: Водоканал")
    expect(rows).to_have_count(9)
    page.goto("/appeals/board/executors")
    figure = page.locator("[data-figure='state=assigned&executor=%D0%92%D0%9A&sort=due']")
    expect(figure).to_have_text("3")
    figure.click()
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("Водоканал")
    page.go_back()
    page.go_back()
    page.locator(".undo-bar button").click()
    expect(rows).to_have_count(12)


def test_rows_are_walked_and_marked_by_keys(page: Page) -> None:
    page.goto("/appeals")
    page.locator("tbody tr a").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    expect(page.locator("[data-mark]").nth(1)).to_be_checked()
    address = page.locator("tbody tr").nth(1).get_attribute("data-href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")


def test_a_filter_changes_the_list_and_the_address(page: Page) -> None:
    page.goto("/appeals")
    page.select_option("#appeals-state", "closed")
    expect(page.locator(".chip")).to_have_count(1)
    assert "state=closed" in page.url
    page.locator(".chip a").click()
    expect(page.locator(".chip")).to_have_count(0)


def test_a_late_appeal_is_marked_by_more_than_colour(page: Page) -> None:
    page.goto("/appeals?standing=overdue&sort=due")
    row = page.locator("tbody tr").first
    expect(row).to_contain_text("прострочено")
    expect(row.locator(".badge .icon").first).to_be_visible()
    expect(row).to_contain_text("3 дн")


def test_a_long_file_shows_its_progress_and_its_link(
    page: Page, servers: Servers, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers.start("s3")
    connect_store(settings)
    workers.connect(settings.redis_url.get_secret_value())
    monkeypatch.setattr(export_routes, "AT_ONCE", 10)
    monkeypatch.setattr(sheet, "AT_ONCE", 30)
    page.goto("/appeals?sort=name")
    page.locator(".export button:not([value=xml])").click()
    page.wait_for_url("**/appeals/exports/*")
    expect(page.locator(".file-asked")).to_contain_text("чекає")
    number = int(page.url.rpartition("/")[2])
    asking.queue().empty()
    jobs.make_file(number)
    link = page.locator(".file-asked a.btn-primary")
    expect(link).to_be_visible()
    with page.expect_download() as taken:
        link.click()
    assert taken.value.suggested_filename.endswith(".xlsx")


def test_the_board_changes_by_itself(page: Page, centre: Centre, settings: Settings) -> None:
    olena = centre.people["olena"]
    teller = AppealsTeller(redis.Redis.from_url(settings.redis_url.get_secret_value()))
    teller.start()
    try:
        page.goto("/appeals/board")
        figure = page.locator("[data-figure='state=to_be_verified'] strong")
        expect(figure).to_have_text("12")
        with transaction(olena.organisation_id) as session:
            session.execute(update(Appeal).where(Appeal.state == "registered").values(state="to_be_verified"))
        expect(figure).to_have_text("24", timeout=20_000)
        page.locator("[data-figure='state=to_be_verified']").click()
        expect(page.locator("tbody tr")).to_have_count(24)
    finally:
        teller.stop()
        teller.join(5)


def test_on_a_telephone_each_appeal_is_a_card(browser: Browser, url: str) -> None:
    with signed_in(browser, url, "iryna", PASSWORD) as page:
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto("/appeals")
        card = page.locator("tbody tr").first.bounding_box()
        assert card is not None
        assert card["x"] >= 0
        assert card["x"] + card["width"] <= 390
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
