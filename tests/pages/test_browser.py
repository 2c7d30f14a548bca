"""In a real browser: paper, keys, drafts, a session that ends, the theme, no script at all."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from sqlalchemy import update

from db import EVERY_ORGANISATION, transaction
from run.development.pictures import SCREENS, Screen, show, signed_in
from staff.tables import SignIn
from tests.centre import PASSWORD, Centre

MOMENTS = """[...document.querySelectorAll("main time[data-fresh]")].filter((each) =>
  getComputedStyle(each).fontSize === "0px" && getComputedStyle(each, "::after").content.includes("20")).length"""

KEPT = "Object.keys(localStorage).filter((name) => name.startsWith('holos.kept.'))"


@pytest.fixture
def administrator(browser: Browser, url: str, centre: Centre) -> Iterator[Page]:
    """The administrator's browser."""
    with signed_in(browser, url, "admin.khm", PASSWORD) as page:
        yield page


def test_a_way_that_is_not_there_is_no_picture(administrator: Page):
    astray = Screen("astray", "admin.khm", "/people", "staff/person.html", ("a[href='/nowhere']",))
    with pytest.raises(PlaywrightTimeout):
        show(administrator, astray)


def test_paper_has_the_page_without_the_shell(browser: Browser, url: str, lived_in: str):
    """The call and the appeal on paper: moments instead of ages, no rail, no buttons, dark on white."""
    with signed_in(browser, url, "iryna", PASSWORD, theme="dark") as page:
        for screen in (each for each in SCREENS if each.name in {"call-page", "appeal"}):
            show(page, screen)
            ages = page.locator("main time[data-fresh]").count()
            page.emulate_media(media="print")
            assert ages > 0
            assert page.evaluate(MOMENTS) == ages
            for gone in page.locator(".rail, .top, .btn, form, .way-back").all():
                expect(gone).to_be_hidden()
            assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
            assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
            page.emulate_media(media="screen")


COLUMNS = """tables => tables.map((table) => ["thead", "tbody"].map((part) =>
  [...table.querySelector(part + " tr").cells].filter((cell) => cell.checkVisibility()).length))"""


def test_a_table_on_paper_has_a_head_for_each_column(browser: Browser, url: str, lived_in: str):
    """A page is as narrow as a phone, where the table is cards; paper has the whole table."""
    with signed_in(browser, url, "iryna", PASSWORD) as page:
        page.set_viewport_size({"width": 680, "height": 960})
        page.emulate_media(media="print")
        for address in ("/calls", "/appeals", "/queues"):
            page.goto(address)
            [[heads, cells]] = page.locator("table").evaluate_all(COLUMNS)
            assert heads == cells, address


def test_a_file_is_asked_for_in_the_pages_language(browser: Browser, url: str, centre: Centre, tmp_path: Path):
    """Without JavaScript, in a browser that speaks English: not a word of its own, and the name of the file chosen."""
    sound = tmp_path / "привітання.wav"
    sound.write_bytes(b"RIFF")
    with signed_in(browser, url, "admin.khm", PASSWORD) as signed:
        kept = signed.context.storage_state()
    page = browser.new_page(base_url=url, java_script_enabled=False, storage_state=kept, locale="en-US")
    page.goto("/menus/prompts/goodbye")
    part = page.locator("section[aria-labelledby=voice-uk] .file")
    field = part.locator("input")
    expect(part.locator(".btn")).to_have_text("Виберіть файл")
    expect(part.locator(".file-none")).to_be_visible()
    assert field.evaluate("it => getComputedStyle(it).color") == "rgba(0, 0, 0, 0)"
    assert field.evaluate("it => getComputedStyle(it, '::file-selector-button').display") == "none"

    field.focus()
    assert part.evaluate("it => getComputedStyle(it).outlineStyle") == "solid"
    with page.expect_file_chooser() as asked:
        part.locator(".btn").click()
    asked.value.set_files(sound)
    expect(part.locator(".file-none")).to_be_hidden()
    assert field.evaluate("it => getComputedStyle(it).color") != "rgba(0, 0, 0, 0)"
    page.close()


def test_a_field_that_has_to_be_filled_says_so_in_the_readers_language(administrator: Page):
    """Not in the language of the browser, which is English here; once filled by a script it says nothing more."""
    administrator.goto("/people/new")
    field, send = administrator.locator("main [required]").first, administrator.locator("main form button").last
    field.fill("")
    send.click()
    assert field.evaluate("field => field.validationMessage") == "Це поле треба заповнити."
    field.evaluate("field => field.value = 'x'")
    send.click()
    assert field.evaluate("field => field.validity.customError") is False


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("type=email", "не-пошта", "Це не адреса електронної пошти."),
        ("type=number max=120", "121", "Не більше ніж 120."),
        ("type=number min=1", "0", "Не менше ніж 1."),
    ],
)
def test_a_field_that_the_browser_refuses_says_why_in_the_readers_language(
    administrator: Page, kind: str, value: str, words: str
) -> None:
    administrator.goto("/people/new")
    field = f"<form><input {kind} value='{value}'><button>–</button></form>"
    administrator.locator("main").evaluate("(main, html) => main.insertAdjacentHTML('beforeend', html)", field)
    administrator.locator("main > form button").last.click()
    assert administrator.locator("main > form input").last.evaluate("field => field.validationMessage") == words


def test_a_wrong_date_is_marked_as_soon_as_the_field_is_left(administrator: Page) -> None:
    """U-33: and no longer once it is right; what is still empty is told when the form is sent."""
    administrator.goto("/people/new")
    fields = "<div class=field><input type=date id=day required></div><div class=field><input type=email id=mail></div>"
    administrator.locator("main").evaluate("(main, html) => main.insertAdjacentHTML('beforeend', html)", fields)
    day, mail = administrator.locator("#day"), administrator.locator("#mail")
    errors = administrator.locator("main .field-error")
    day.focus()
    mail.focus()
    expect(errors).to_have_count(0)
    day.press_sequentially("02302026")
    mail.press_sequentially("не-пошта")
    expect(day).to_have_attribute("aria-invalid", "true")
    day.focus()
    expect(errors).to_have_count(2)
    expect(errors.last).to_have_text("Це не адреса електронної пошти.")
    mail.fill("m@example.org")
    day.fill("2026-02-28")
    mail.focus()
    expect(errors).to_have_count(0)


def test_keys_lead_about(administrator: Page):
    administrator.goto("/people")
    administrator.keyboard.press("?")
    expect(administrator.locator("#keys")).to_be_visible()
    administrator.keyboard.press("Escape")
    expect(administrator.locator("#keys")).to_be_hidden()
    administrator.locator("tbody a").first.focus()
    administrator.keyboard.press("ArrowDown")
    expect(administrator.locator("tbody tr:nth-child(2) a")).to_be_focused()
    administrator.keyboard.press("Enter")
    administrator.wait_for_url("**/people/*")


def test_what_was_typed_survives_a_reload_and_goes_when_saved(administrator: Page):
    administrator.goto("/people/new")
    administrator.fill("#field-name", "Марія Коваль")
    administrator.check("input[value=manager]")
    administrator.reload()
    expect(administrator.locator("#field-name")).to_have_value("Марія Коваль")
    expect(administrator.locator("input[value=manager]")).to_be_checked()
    administrator.fill("#field-login", "maria")
    administrator.press("#field-login", "Enter")
    administrator.wait_for_selector(".secret")
    administrator.goto("/people/new")
    expect(administrator.locator("#field-name")).to_have_value("")


def _bad_gateway(route: Route) -> None:
    route.fulfill(status=502, content_type="text/html", body="<h1>Bad gateway</h1>")


def _broken_off(route: Route) -> None:
    route.abort()


@pytest.mark.parametrize("fails", [_bad_gateway, _broken_off])
def test_what_was_typed_outlives_a_send_that_failed(administrator: Page, fails: Callable[[Route], None]):
    """A proxy's own page, or none at all; afterwards the form is opened again, by Back or anew, and sent."""
    administrator.goto("/people/new")
    administrator.fill("#field-name", "Марія Коваль")
    administrator.fill("#field-login", "maria")
    administrator.route("**/people", fails)
    with administrator.expect_request("**/people") as sent:
        administrator.press("#field-login", "Enter")
    assert sent.value.method == "POST"
    expect(administrator.locator("#field-name")).to_have_count(0)
    administrator.unroute("**/people")
    administrator.go_back()
    expect(administrator.locator("#field-name")).to_have_value("Марія Коваль")
    administrator.goto("/people/new")
    expect(administrator.locator("#field-name")).to_have_value("Марія Коваль")
    administrator.press("#field-login", "Enter")
    administrator.wait_for_selector(".secret")
    administrator.goto("/people/new")
    expect(administrator.locator("#field-name")).to_have_value("")


def test_the_server_that_answers_again_is_no_longer_said_not_to(browser: Browser, url: str, centre: Centre):
    with signed_in(browser, url, "iryna", PASSWORD) as page:
        page.goto("/calls")
        page.route("**/calls?*", lambda route: route.abort())
        search, told = page.locator("form.call-filters"), page.locator("#notices [data-notice]")
        search.evaluate("form => form.requestSubmit()")
        expect(told).to_have_count(1)
        page.unroute_all()
        search.evaluate("form => form.requestSubmit()")
        expect(told).to_have_count(0)


def test_what_cannot_be_read_of_what_was_kept_is_forgotten(administrator: Page):
    """The shell's scripts go on: the form keeps what is typed, keys work."""
    administrator.goto("/people/new")
    administrator.fill("#field-name", "Марія")
    (name,) = administrator.evaluate(KEPT)
    administrator.evaluate("name => localStorage.setItem(name, '{broken')", name)
    administrator.reload()
    assert administrator.evaluate(KEPT) == []
    administrator.fill("#field-name", "Марія Коваль")
    administrator.reload()
    expect(administrator.locator("#field-name")).to_have_value("Марія Коваль")


def test_what_was_typed_does_not_outlive_the_sign_out(administrator: Page):
    administrator.goto("/people/new")
    administrator.fill("#field-name", "Марія Коваль")
    (name,) = administrator.evaluate(KEPT)
    number = administrator.locator("html").get_attribute("data-person")
    assert name == f"holos.kept.{number}.form.person-new"
    administrator.evaluate("localStorage.setItem('holos.kept.0.desk.note', '{}')")
    administrator.reload()
    assert administrator.evaluate(KEPT) == [name], "what somebody else left here is gone"
    administrator.goto("/people")
    administrator.locator("form[action='/sign-out'] button").evaluate("button => button.click()")
    administrator.wait_for_url("**/sign-in")
    assert administrator.evaluate(KEPT) == []


def test_the_first_wrong_field_has_the_focus(administrator: Page):
    administrator.goto("/people/new")
    administrator.fill("#field-name", "Марія")
    administrator.fill("#field-login", "марія")
    administrator.press("#field-login", "Enter")
    expect(administrator.locator("#field-login")).to_be_focused()
    expect(administrator.locator("#field-name")).to_have_value("Марія")
    expect(administrator.locator(".error-summary")).to_be_visible()


def test_a_session_that_ends_keeps_what_was_typed(administrator: Page):
    administrator.goto("/people/new")
    administrator.fill("#field-name", "Марія Коваль")
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(SignIn).values(expires_at=datetime.now(UTC)))
    administrator.evaluate("window.htmx.ajax('GET', '/people', {target: '#link-bar'})")
    dialog = administrator.locator("#session-ended")
    expect(dialog).to_be_visible()
    dialog.locator("a").click()
    administrator.fill("#field-login", "admin.khm")
    administrator.fill("#field-password", PASSWORD)
    administrator.press("#field-password", "Enter")
    administrator.wait_for_url("**/people/new")
    expect(administrator.locator("#field-name")).to_have_value("Марія Коваль")


def test_the_theme_follows_the_system_until_chosen(browser: Browser, url: str, centre: Centre):
    with signed_in(browser, url, "admin.khm", PASSWORD, theme="dark") as page:
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        page.locator("[data-theme-switch] button").click()
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
        page.reload()
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")


def test_pages_work_without_script(browser: Browser, url: str, centre: Centre):
    context = browser.new_context(base_url=url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("#field-login", "admin.khm")
    page.fill("#field-password", PASSWORD)
    page.press("#field-password", "Enter")
    page.goto("/people/new")
    page.fill("#field-name", "Марія")
    page.fill("#field-login", "maria")
    page.press("#field-login", "Enter")
    expect(page.locator(".secret")).to_be_visible()
    context.close()
