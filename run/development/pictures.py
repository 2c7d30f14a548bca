"""python -m run.development.pictures: screenshots of the pages of a running installation.

Each page in both themes, 1440 and 390 pixels wide, into docs/pictures. They stand in the README and the manuals and are
looked at after each change of the interface.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from run.host.release import SOURCE
from run.settings import Settings

PICTURES = SOURCE / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = {1440: 900, 390: 844}  # pixels: height by width


@dataclass(frozen=True, slots=True)
class Screen:
    """A page worth a picture, and who sees it; nobody signed in where `login` is empty."""

    name: str
    login: str
    url: str
    through: str = ""  # a selector: the picture is of the page this link of `url` leads to


SCREENS = (
    Screen("home", "", "/"),
    Screen("call-whom", "", "/call"),
    Screen("call", "", "/call/khm"),
    Screen("sign-in", "", "/sign-in"),
    Screen("not-known", "", "/nothing-here"),
    Screen("desk", "olena", "/desk"),
    Screen("calls", "iryna", "/calls"),
    Screen("call-page", "iryna", "/calls?fate=answered", through="tbody a"),
    Screen("appeals", "iryna", "/appeals"),
    Screen("new-appeal", "iryna", "/appeals/new"),
    Screen("storing", "iryna", "/recordings/backlog"),
    Screen("menus", "admin.khm", "/menus"),
    Screen("prompts", "admin.khm", "/menus/prompts"),
    Screen("status", "admin.khm", "/status"),
    Screen("me", "olena", "/me"),
    Screen("people", "admin.khm", "/people"),
    Screen("person", "admin.khm", "/people", through="tbody a"),
    Screen("new-person", "admin.khm", "/people/new"),
)


def take(url: str, password: str, folder: Path) -> list[Path]:
    """All pictures of the installation at `url`; their files."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        for login in sorted({screen.login for screen in SCREENS}):
            for theme in THEMES:
                with signed_in(browser, url, login, password, theme=theme) as page:
                    for screen in (each for each in SCREENS if each.login == login):
                        taken += [_shot(page, screen, folder, theme, width) for width in WIDTHS]
        browser.close()
    return taken


@contextmanager
def signed_in(
    browser: Browser, url: str, login: str, password: str, *, theme: Literal["light", "dark"] = "light"
) -> Iterator[Page]:
    """A page of a fresh browser profile in which that person is signed in."""
    context = browser.new_context(base_url=url, color_scheme=theme, locale="uk-UA", reduced_motion="reduce")
    context.set_default_timeout(15_000)
    page = context.new_page()
    if login:
        page.goto("/sign-in")
        page.fill("#field-login", login)
        page.fill("#field-password", password)
        page.press("#field-password", "Enter")
        page.wait_for_selector("body.shell")
    try:
        yield page
    finally:
        context.close()


def _shot(page: Page, screen: Screen, folder: Path, theme: str, width: int) -> Path:
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    page.goto(screen.url)
    if screen.through:
        page.locator(screen.through).first.click()
        page.wait_for_load_state()
    page.evaluate("document.fonts.ready.then(() => true)")
    path = folder / f"{screen.name}-{theme}-{width}.png"
    page.screenshot(path=path)
    return path


def main() -> int:
    """Takes the pictures of the installation on this machine."""
    settings = Settings()
    taken = take(settings.public_url, settings.demo_password.get_secret_value(), PICTURES)
    print(f"{len(taken)} pictures in {PICTURES}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
