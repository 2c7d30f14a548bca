"""An operator in Chromium who answers, hangs up and wraps up by themselves, while the page notes when cards appear."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench import processor
from calls.model import interface_of
from tests.town.operators import Operator
from tests.town.product import Product

LOGIN = "anna"  # the only one who answers for certificates

AUTOPILOT = """
() => {
  window.painted = {};
  performance.setResourceTimingBufferSize(10000);
  const part = (name) => document.querySelector(`[data-part="${name}"]`);
  const seen = (element) => element && element.offsetParent !== null;
  const talk = { call: "", since: 0, over: "" };
  new MutationObserver(() => {
    const card = part("card");
    const { call, paintedAt } = card.dataset;
    if (!call || !paintedAt || window.painted[call]) return;
    const requests = performance.getEntriesByType("resource");
    const asked = requests.filter((entry) => entry.name.includes(`${call}/card`)).at(-1);
    const at = (moment) => performance.timeOrigin + moment;
    window.painted[call] = { asked: at(asked.startTime), told: at(asked.responseEnd), painted: Number(paintedAt) };
  }).observe(part("card"), { attributes: true });
  setInterval(() => {
    const state = document.querySelector("[data-desk]").dataset.state;
    if (seen(part("call-ringing"))) part("answer").click();
    else if (state === "talking" && part("card").dataset.call !== talk.over) {
      const call = part("card").dataset.call;
      if (talk.call !== call) Object.assign(talk, { call, since: Date.now() });
      else if (Date.now() - talk.since > 2000) { talk.over = call; part("hang-up").click(); }
    } else if (seen(part("panel-wrap-up"))) {
      part("panel-wrap-up").querySelector("input[value=explained]").click();
      part("finish").click();
    } else if (seen(part("panel-callback"))) part("callback-decline").click();
  }, 250);
}
"""


@dataclass(frozen=True, slots=True)
class Card:
    """Seconds since Asterisk's stamp of the offer."""

    asked: float  # the page asks the server
    told: float  # it has the answer
    painted: float  # the second frame after drawing it


class Screen:
    """The page, and what it noted."""

    def __init__(self, product: Product, operator: Operator) -> None:
        self._product, self._operator = product, operator

    def cards(self) -> list[Card]:
        """Every offer's card, by the same machine's clock."""
        painted = self._operator.page.evaluate("() => window.painted")
        offers = self._product.rows(
            "SELECT call::text AS call, extract(epoch FROM min(offered_at))::float AS at FROM call_leg "
            "WHERE agent = %s GROUP BY call",
            self._operator.interface,
        )
        at = {offer["call"]: offer["at"] for offer in offers}
        return [
            Card(*(after / 1000 - at[call] for after in (it["asked"], it["told"], it["painted"])))
            for call, it in painted.items()
            if call in at
        ]


@contextmanager
def screen(product: Product, here: Path) -> Iterator[Screen]:
    """A signed-in operator in a browser, ready, on their own."""
    found = product.rows("SELECT id FROM person WHERE login = %s", LOGIN)[0]["id"]
    password = product.settings.demo_password.get_secret_value()
    with sync_playwright() as playwright:
        operator = Operator(
            playwright,
            here,
            login=LOGIN,
            interface=interface_of(found),
            password=password,
            url=product.settings.public_url,
            language="uz",
        )
        operator.signs_in().goes_ready()
        operator.page.evaluate(AUTOPILOT)
        processor.hurry(os.getpid(), "chrom")  # no operator's computer carries Asterisk and three hundred callers
        yield Screen(product, operator)
        operator.leaves()
