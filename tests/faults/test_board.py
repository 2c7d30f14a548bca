"""The scheduler tells the boards: while it stands still, each says how old its figures are, and the calls go on."""

import re

from playwright.sync_api import expect

from tests.town import browser
from tests.town.supervisors import Supervisor
from tests.town.town import Town

QUEUE = "khm-heating"
SECONDS = re.compile(r"\b([6-9]|[1-5]\d)\b")  # the lamp counts up to a minute in seconds; older than five are old
OLD_WITHIN = 20_000  # ms
FRESH_WITHIN = 60_000  # a process of Python begins slowly on a busy machine


def test_a_board_says_how_old_its_figures_are_while_nobody_tells_it(town: Town) -> None:
    product = town.product
    olena = town.agent("olena").signs_in().goes_ready()
    iryna = Supervisor(town, "iryna")
    wall = town.agent("iryna").new_page()
    wall.goto("/board/wall")
    lamp = iryna.part("freshness")
    expect(lamp).to_have_attribute("data-lamp", "on")
    expect(browser.part(wall, "trouble")).to_be_hidden()

    product.freeze("scheduler", True)
    expect(lamp).to_have_attribute("data-lamp", "lost", timeout=OLD_WITHIN)
    expect(iryna.part("freshness-words")).to_have_text(SECONDS)
    expect(browser.part(wall, "trouble")).to_be_visible()
    caller = town.caller("uk").asks_for(QUEUE)
    olena.phone_rings().answers()
    assert iryna.row(olena).get_attribute("data-state") == "ready", "the board shows what it was told, and its age"

    product.freeze("scheduler", False)
    expect(lamp).to_have_attribute("data-lamp", "on", timeout=FRESH_WITHIN)
    expect(iryna.row(olena)).to_have_attribute("data-state", "talking")
    expect(browser.part(wall, "trouble")).to_be_hidden()

    product.kill("scheduler")
    expect(lamp).to_have_attribute("data-lamp", "lost", timeout=OLD_WITHIN)
    caller.hangs_up()
    caller.ends_as("answered")
    product.begin("scheduler")
    expect(lamp).to_have_attribute("data-lamp", "on", timeout=FRESH_WITHIN)
    expect(iryna.row(olena)).to_have_attribute("data-state", "wrap_up")
    olena.wraps_up().ends_shift()
