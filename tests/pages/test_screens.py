"""Every page of lived-in organisations in every language: no serious barrier, no word of another language (U-37).

The browser itself finds nothing wrong with any of them either: nothing that our policy forbids, no script that fails.

A language has one browser, so that it reads scripts and styles once. The shell is looked at once for each person; later
pages are looked at without it, and ask for nothing in it. The first language follows the links that lead to a page; the
others open what they led to.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from db import EVERY_ORGANISATION, transaction
from run.development import scenes
from run.development.pictures import SCREENS, Screen, show
from staff import service, sign_in
from staff.access import COOKIE
from staff.queries import find_by_login
from tests.pages.barriers import AXE, LOOKS, PHONE, SHELL, barriers_at_each_width
from tests.pages.foreign_words import foreign_on, foreign_words
from tests.town.browser import PATIENCE
from web import languages

LOGIN = attrgetter("login")
NOT_THERE = {"not-known"}  # a page that is told as a failure to the console
RESTS = f"""document.addEventListener("htmx:beforeRequest", (event) =>
  event.target.closest("{", ".join(SHELL)}") && event.preventDefault())"""


@contextmanager
def _reader(browser: Browser, url: str, language: str) -> Iterator[BrowserContext]:
    """A browser with the theme and the width in which the language is looked at."""
    look = LOOKS[language]
    theme, width = look or ("light", PHONE)
    context = browser.new_context(
        base_url=url, color_scheme=theme, viewport={"width": width, "height": 900}, locale="uk-UA",
        reduced_motion="reduce",
    )  # fmt: skip
    context.set_default_timeout(PATIENCE)
    if look:
        context.add_init_script(path=AXE)
    context.add_cookies([{"name": languages.COOKIE, "value": language, "url": url}])
    yield context
    context.close()


def _sign_in(context: BrowserContext, url: str, login: str, language: str) -> None:
    """Somebody of the staff, or a citizen in their cabinet."""
    context.clear_cookies(name=COOKIE)
    if login in scenes.COOKIES:
        name, value = scenes.COOKIES[login]()
        context.add_cookies([{"name": name, "value": value, "url": url}])
        return
    with transaction(EVERY_ORGANISATION) as session:
        person = find_by_login(session, login)
        assert person is not None
        service.choose(session, person.id, language=language)
        token = sign_in.open_session(session, person)
    context.add_cookies([{"name": COOKIE, "value": token, "url": url}])


@pytest.fixture(scope="module")
def led() -> dict[str, str]:
    """Where the links to a page led, by its name."""
    return {}


class Complaints:
    """What the browser finds wrong with a page."""

    def __init__(self, page: Page) -> None:
        self._told: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._told.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._told.append(f"{message.text} ({message.location.get('url', '')})")

    def taken(self) -> list[str]:
        """Those since it was asked last."""
        told, self._told[:] = list(self._told), []
        return told


def _open(page: Page, screen: Screen, led: dict[str, str], complaints: Complaints) -> None:
    """Where the links led before; by the links where nobody has been yet, or what they led to is gone."""
    if screen.name in led:
        answer = page.goto(led[screen.name], wait_until="load")
        expect(page.locator(".htmx-request")).to_have_count(0)
        if answer is not None and answer.ok:
            return
        complaints.taken()
    show(page, screen)
    if screen.through and "button" not in screen.through[-1]:  # what a form answers has no address
        led[screen.name] = page.url


@pytest.mark.timeout(900)  # a hundred and thirty pages, each at two or three widths
@pytest.mark.parametrize("language", LOOKS)
def test_every_page(browser: Browser, url: str, lived_in: str, led: dict[str, str], language: str) -> None:
    foreign, wrong = foreign_words(language), list[str]()
    with _reader(browser, url, language) as context:
        for login, screens in groupby(sorted(SCREENS, key=LOGIN), key=LOGIN):
            if login:
                _sign_in(context, url, login, language)
            page, seen = context.new_page(), ()
            complaints = Complaints(page)
            for screen in screens:
                _open(page, screen, led, complaints)
                wrong += (f"{screen.name} {language}: {each}" for each in foreign_on(page, foreign))
                wrong += barriers_at_each_width(page, screen.name, language, but=seen)
                if not seen and page.locator("body.shell").count():
                    seen = SHELL
                    page.add_init_script(RESTS)
                told = complaints.taken()
                wrong += (f"{screen.name} {language}: {each}" for each in told if screen.name not in NOT_THERE)
            page.close()
    assert not wrong, "\n".join(wrong)
