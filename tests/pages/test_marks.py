"""The citizen's mark on a telephone: one thumb, five keys, no sign-in (U-06)."""

from playwright.sync_api import Browser, expect

from appeals.feedback.tables import Feedback
from tests.appeals.conftest import topics as topics
from tests.appeals.feedback.test_feedback import answered, asked, link, said
from tests.appeals.feedback.test_feedback import asking as asking
from tests.appeals.workflow.conftest import City
from tests.appeals.workflow.conftest import city as city
from tests.town.browser import PATIENCE

THUMB = 44  # pixels that a thumb needs


def test_a_mark_is_given_with_one_thumb(browser: Browser, url: str, asking: City) -> None:
    appeal = answered(asking)
    asked()
    context = browser.new_context(
        base_url=url, locale="uk-UA", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(link())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing is moved sideways"
    keys = [*page.locator(".vote").all(), page.locator(".vote-form .btn-primary")]
    sizes = [each.bounding_box() for each in keys]
    assert len(sizes) == 9
    assert all(each is not None and min(each["width"], each["height"]) >= THUMB for each in sizes), sizes
    send = page.locator(".vote-form .btn-primary")
    send.tap()
    expect(page).to_have_url(f"{url}{link()}")  # the browser asks for what is missing
    expect(page.locator(".vote-form")).to_be_visible()
    page.locator(".votes-settled .vote").first.tap()
    page.locator(".votes-mark .vote").nth(3).tap()
    expect(page.locator("input[name=mark][value='4']")).to_be_checked()
    send.tap()
    expect(page.locator(".vote-said")).to_contain_text("4 із 5")
    row: Feedback = said(appeal)
    assert (row.mark, row.settled, row.way) == (4, "yes", "link")
    context.close()
