"""An operator in Chromium who answers, hangs up and wraps up by themselves, while the page notes when cards appear."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.town.operators import Operator
from tests.town.product import Product

LOGIN = "anna"  # the only one who answers for certificates

AUTOPILOT = """
() => {
  window.painted = {};
  const part = (name) => document.querySelector(`[data-part="${name}"]`);
  const seen = (element) => element && element.offsetParent !== null;
  let answered = 0;
  new MutationObserver(() => {
    const card = part("card");
    const { call, paintedAt } = card.dataset;
    if (call && paintedAt) window.painted[call] ??= Number(paintedAt);
  }).observe(part("card"), { attributes: true });
  setInterval(() => {
    const state = document.querySelector("[data-desk]").dataset.state;
    if (seen(part("call-ringing"))) part("answer").click();
    else if (state === "talking") {
      answered ||= Date.now();
      if (Date.now() - answered > 1500) { answered = 0; part("hang-up").click(); }
    } else if (seen(part("panel-wrap-up"))) {
      part("panel-wrap-up").querySelector("input[value=explained]").click();
      part("finish").click();
    }
  }, 250);
}
"""


class Screen:
    """The page, and what it noted."""

    def __init__(self, product: Product, operator: Operator) -> None:
        self._product, self._operator = product, operator

    def delays(self) -> list[float]:
        """Seconds from each offer to its card, by the same machine's clock."""
        painted = self._operator.page.evaluate("() => window.painted")
        offers = self._product.rows(
            "SELECT call::text AS call, extract(epoch FROM min(offered_at))::float AS at FROM call_leg "
            "WHERE agent = %s GROUP BY call",
            self._operator.interface,
        )
        at = {offer["call"]: offer["at"] for offer in offers}
        return [milliseconds / 1000 - at[call] for call, milliseconds in painted.items() if call in at]


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
            interface=f"PJSIP/agent{found}",
            password=password,
            url=product.settings.public_url,
            language="uz",
        )
        operator.signs_in().goes_ready()
        operator.page.evaluate(AUTOPILOT)
        yield Screen(product, operator)
        operator.leaves()
