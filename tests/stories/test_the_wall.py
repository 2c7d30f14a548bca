"""The board on a television: who waits and for how long, turn by turn, and what everybody does."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.town import browser
from tests.town.town import Town
from tests.town.waiting import wait_for

QUEUE = "khm-heating"
ROUND = 60  # seconds: each of four queues is shown for twelve
SOON = 5_000  # ms
PARTS = """() => Object.fromEntries(
  [...document.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part.textContent])
)"""

Shown = dict[str, str]  # by the name of the part


def in_its_turn(wall: Page, queue: str, shows: Callable[[Shown], bool]) -> Shown:
    """What is on the wall at one moment, when the queue is shown large and so."""

    def seen() -> Shown | None:
        shown: Shown = wall.evaluate(PARTS)
        return shown if shown["queue-name"] == queue and shows(shown) else None

    return wait_for(f"the turn of {queue}", seen, seconds=ROUND, every=0.3) or {}


def test_the_wall_follows_a_call_and_shows_each_queue_in_turn(town: Town) -> None:
    olena = town.agent("olena").signs_in().starts_shift()
    wall = town.agent("iryna").signs_in(to="/board/wall").page
    (heating,) = town.product.rows("SELECT name->>'uk' AS name FROM queue WHERE asterisk_name = %s", QUEUE)
    turns = browser.part(wall, "turns").locator("li")
    expect(turns).to_have_count(4)
    waiting = turns.filter(has_text=heating["name"]).locator("strong")
    expect(waiting).to_have_text("0")
    expect(browser.part(wall, "ready")).to_have_text("0")

    caller = town.caller("uk").asks_for(QUEUE).waits_in(QUEUE)
    expect(waiting).to_have_text("1", timeout=SOON)
    large = in_its_turn(wall, heating["name"], lambda shown: shown["waiting"] == "1")
    assert re.fullmatch(r"\d\d:\d\d", large["longest"])

    olena.goes_ready().phone_rings().answers()
    expect(browser.part(wall, "talking")).to_have_text("1", timeout=SOON)
    expect(waiting).to_have_text("0")
    expect(browser.part(wall, "channels")).to_have_text(re.compile(r"^1 / "))
    caller.hangs_up()
    caller.ends_as("answered")
    expect(browser.part(wall, "wrap-up")).to_have_text("1", timeout=SOON)
    olena.wraps_up()
    expect(browser.part(wall, "ready")).to_have_text("1", timeout=SOON)
    answered = str(int(large["answered"]) + 1)
    in_its_turn(wall, heating["name"], lambda shown: shown["answered"] == answered and shown["longest"] == "–")
    expect(browser.part(wall, "trouble")).to_be_hidden()
    olena.ends_shift()
