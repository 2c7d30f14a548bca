"""Two web processes side by side: it makes no difference to which of them a browser speaks (U-22)."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from playwright.sync_api import expect

from tests.town.browser import part
from tests.town.town import Town

SOON = 10_000  # ms; a desk that hears no news looks by itself only every fifteen seconds

REGISTER = """([submission, substance]) => {
  const fields = { submission, substance, surname: "Мельник", kind: "application", topic: "general", source: "letter" };
  const headers = { "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content };
  window.answer = fetch("/appeals", { method: "POST", headers, body: new URLSearchParams(fields) });
}"""


def test_news_and_the_end_of_a_session_cross_over(town: Town) -> None:
    """What is done at a desk of one web is seen at once at a desk of the other."""
    with _second_web(town) as address:
        olena = town.agent("olena").signs_in().goes_ready()
        first, second = olena.page, olena.new_page()
        second.goto(f"{address}/desk")
        expect(part(second, "state")).to_have_attribute("data-state", "ready")

        part(second, "pause").click()
        second.locator("[data-pause]").first.click()
        expect(part(first, "state")).to_have_attribute("data-state", "paused", timeout=SOON)
        part(first, "ready").click()
        expect(part(second, "state")).to_have_attribute("data-state", "ready", timeout=SOON)

        caller = town.caller("uk")
        caller.asks_for("khm-heating")
        olena.phone_rings()
        expect(part(second, "state")).to_have_attribute("data-state", "ringing", timeout=SOON)
        caller.hangs_up()
        caller.ends_as("abandoned_in_queue")
        olena.is_in("ready")

        part(second, "start-shift").click()
        expect(part(first, "panel-shift")).to_be_visible(timeout=SOON)
        expect(part(second, "phone-lamp")).to_have_attribute("data-lamp", "on", timeout=15_000)
        part(second, "end-shift").click()
        expect(part(first, "state")).to_have_attribute("data-state", "offline", timeout=SOON)

        second.locator("form[action='/sign-out'] button").evaluate("button => button.click()")
        second.wait_for_url(f"{address}/sign-in")
        expect(first.locator("#session-ended")).to_be_visible(timeout=SOON)
        town.goes_home(olena)


def test_one_form_sent_through_both_is_one_appeal(town: Town) -> None:
    """Sent to both at the same moment, each form is registered once, under a number of its own."""
    with _second_web(town) as address:
        olena = town.agent("olena").signs_in(to="/appeals/new")
        pages = [olena.page, olena.new_page()]
        pages[1].goto(f"{address}/appeals/new")
        substances = [f"{uuid4()}" for _ in range(5)]
        for substance in substances:
            submission = str(uuid4())
            for page in pages:
                page.evaluate(REGISTER, [submission, substance])
            for page in pages:
                assert page.evaluate("window.answer.then((answer) => answer.ok)")
        found = town.product.rows("SELECT number, substance FROM appeal WHERE substance = ANY(%s)", substances)
        assert sorted(row["substance"] for row in found) == sorted(substances)
        assert len({row["number"] for row in found}) == len(substances)


@contextmanager
def _second_web(town: Town) -> Iterator[str]:
    try:
        yield town.product.begin_second_web()
    finally:
        town.product.kill("web-2")
