"""What the public page's telephone sends to the exchange; the browser finds its addresses when the test says so."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute

from acd import visitors
from db import EVERY_ORGANISATION, transaction
from tests.centre import Centre
from tests.town.browser import part
from tests.town.waiting import wait_for

A_MICROPHONE = """
navigator.mediaDevices.getUserMedia = async () => new AudioContext().createMediaStreamDestination().stream;
"""
SECOND = "203.0.113.9"
# The browser finds its own address at once, and one more so many milliseconds later, or never comes to an end.
TWO_ADDRESSES = """
((late) => {
  const Native = window.RTCPeerConnection;
  const second = "candidate:9 1 udp 1 SECOND 54321 typ host";
  window.RTCPeerConnection = class extends Native {
    complete = false;
    get iceGatheringState() {
      return this.complete ? "complete" : "gathering";
    }
    get localDescription() {
      const { type, sdp } = super.localDescription;
      return { type, sdp: this.complete ? `${sdp}a=${second}\\r\\n` : sdp };
    }
    addEventListener(kind, heard, ...more) {
      if (kind !== "icecandidate") return super.addEventListener(kind, heard, ...more);
      let begun = false;
      const ends = () => {
        this.complete = true;
        heard({ candidate: { candidate: second } });
        heard({ candidate: null });
      };
      super.addEventListener(kind, (event) => {
        if (!event.candidate) return;
        if (!begun && late !== null) setTimeout(ends, late);
        begun = true;
        heard(event);
      });
    }
  };
})(LATE);
""".replace("SECOND", SECOND)


@pytest.fixture
def page(browser: Browser, url: str, published: Centre) -> Iterator[Page]:
    """A citizen's browser; phones are there to be lent."""
    with transaction(EVERY_ORGANISATION) as session:
        visitors.make_phones(session)
    context = browser.new_context(base_url=url, locale="en")
    context.add_init_script(A_MICROPHONE)
    context.add_init_script("navigator.sendBeacon = () => true")  # the test is over, and the tables are emptied
    yield context.new_page()
    context.close()


def addresses_offered(page: Page) -> set[str]:
    """Calls; the addresses at which the INVITE says that the browser can be heard."""
    said: list[str] = []

    def listens(socket: WebSocketRoute) -> None:
        socket.on_message(lambda message: said.append(str(message)))

    page.route_web_socket(re.compile("^ws"), listens)
    page.goto("/call/khm")
    part(page, "call").click()
    wait_for("the INVITE", lambda: page.evaluate("null") or said, seconds=15)
    assert said[0].startswith("INVITE sip:1580@")
    return set(re.findall(r"^a=candidate:\S+ \d \S+ \d+ (\S+)", said[0], re.MULTILINE))


def test_an_offer_names_every_address_of_the_browser(page: Page):
    """Asterisk hears a browser at none that its offer lacks: a later one is waited for."""
    page.add_init_script(TWO_ADDRESSES.replace("LATE", "200"))
    offered = addresses_offered(page)
    assert SECOND in offered
    assert len(offered) > 1, "the first one was lost"


def test_addresses_are_not_waited_for_without_end(page: Page):
    page.add_init_script(TWO_ADDRESSES.replace("LATE", "null"))
    offered = addresses_offered(page)
    assert offered
    assert SECOND not in offered
