"""From a press on "New appeal" to the card's form on the screen: Chromium, with nothing kept and with what it kept."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from bench import databases, typed
from bench.figures import Measured, milliseconds, percentile
from run.development.pictures import CHROMIUM, QUIET
from staff.access import COOKIE

LOADS: Final = 20
GOAL: Final = 1.0  # seconds, for 95 of a hundred
BUDGET: Final = 200_000  # bytes of the first load
PAGE: Final = "/appeals/new"
FORM: Final = "[name=substance]"
LOOKED_AT: Final = """
() => ({
  painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? performance.now(),
  seen: performance.now(),
  bytes: performance.getEntries().reduce((sum, each) => sum + (each.transferSize || 0), 0),
})
"""


def form() -> list[Measured]:
    """Loads of both kinds."""
    columns = ("first paint", "form to type in", "bytes over the wire", "goal")
    found = Measured("form", "The card's form on the screen", columns=columns)
    with _city() as (url, cookie), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        _load(_reader(browser, url, cookie))  # the process has read its templates
        for what, is_cold in (("the first time", True), ("again", False)):
            context = _reader(browser, url, cookie)
            looks = []
            for number in range(LOADS + 1):
                looks.append(_load(context))
                if is_cold:
                    context.close()
                    context = _reader(browser, url, cookie)
                elif number == 0:
                    looks.clear()
            seen, weight = [each[1] for each in looks], max(each[2] for each in looks)
            met = percentile(seen, 0.95) < GOAL and weight < BUDGET
            cells = (milliseconds([each[0] for each in looks]), milliseconds(seen), f"{weight:,}".replace(",", " "))
            found.line(what, *cells, "p95 < 1 s, < 200 KB", met=met)
        browser.close()
    found.remarks += [
        f"Median / p99 of {LOADS} loads of {PAGE} from the beginning of the navigation, one after the other, browser",
        "and product on this machine; *the first time* in a browser that has kept nothing. The map, fetched for an",
        "address, is not in it.",
    ]
    return [found]


def _reader(browser: Browser, url: str, cookie: str) -> BrowserContext:
    context = browser.new_context(base_url=url, ignore_https_errors=True, viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": COOKIE, "value": cookie, "domain": urlsplit(url).hostname or "", "path": "/"}])
    return context


def _load(context: BrowserContext) -> tuple[float, float, int]:
    """Seconds until something is painted, and until the form is there; bytes so far."""
    page = context.new_page()
    page.goto(PAGE, wait_until="commit")
    page.locator(FORM).wait_for(state="visible")
    looked = page.evaluate(LOOKED_AT)
    page.close()
    return looked["painted"] / 1000, looked["seen"] / 1000, looked["bytes"]


@contextmanager
def _city() -> Iterator[tuple[str, str]]:
    """The web process; its address, and the operator's cookie."""
    with databases.city() as running:
        with running.office(typed.ORGANISATION) as (session, _organisation):
            cookie = typed.cookie_of_operator(session)
        running.begin("web")
        running.wait_until_ready("web", seconds=120)
        yield running.settings.public_url, cookie


if __name__ == "__main__":
    for measured in form():
        print(measured.text())
    sys.exit(0)
