"""The desk's telephone in a real browser: what it says while somebody is on the line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import update

from acd.model import AgentStateName
from acd.tables import AgentState, Shift
from calls import events
from calls.model import interface_of
from db import EVERY_ORGANISATION, transaction
from run.development.pictures import signed_in
from tests.centre import PASSWORD, Centre
from tests.pages.a_call import answered_call, happen
from tests.pages.telephone import A_MICROPHONE, Exchange
from tests.pages.test_desk import on_shift, unfinished
from tests.town.browser import part
from web.languages import catalogue

SIGN_OF_LIFE = 20_000  # milliseconds between two questions of the page
CONNECTED = "window.connections?.length === 2 && window.connections.every((it) => it.connectionState === 'connected')"
CONNECTIONS = """
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...settings) {
    super(...settings);
    (window.connections ??= []).push(this);
  }
};
"""
PACKETS = """
async () => {
  let came = 0;
  for (const each of window.connections) {
    (await each.getStats()).forEach((it) => {
      if (it.type === "inbound-rtp" && each !== window.far) came += it.packetsReceived;
    });
  }
  return came;
}
"""


@dataclass
class Desk:
    """Olena's desk, and the exchange behind it."""

    page: Page
    exchange: Exchange

    def part(self, name: str) -> Locator:
        """A part of the page."""
        return part(self.page, name)

    def answers(self, caller: str, **headers: str) -> None:
        """The phone rings, and she answers."""
        call = self.exchange.calls(caller, **headers)
        expect(self.part("call-ringing")).to_be_visible()
        self.page.keyboard.press("F2")
        assert self.exchange.is_answered(call) == 200

    def says(self, words: str, **values: str) -> None:
        """The phone says in her language where the call stands, once the page has asked the server."""
        self.page.clock.run_for(SIGN_OF_LIFE)
        expect(self.part("call-state")).to_have_text(catalogue("uk").gettext(words).format(**values))


@pytest.fixture
def desk(browser: Browser, url: str, centre: Centre) -> Iterator[Desk]:
    """On a shift, with an earlier talk without a result and time that goes on when the test says so."""
    unfinished(centre)
    with signed_in(browser, url, "olena", PASSWORD) as page:
        exchange = Exchange(page)
        page.route_web_socket(re.compile("^ws"), exchange.listens)
        page.context.grant_permissions(["microphone"])  # else the browser hides its addresses
        page.add_init_script(A_MICROPHONE)
        page.add_init_script(CONNECTIONS)
        page.clock.install()
        on_shift(page, centre)
        expect(part(page, "phone-lamp")).to_have_attribute("data-lamp", "on")
        yield Desk(page, exchange)


def test_a_caller_who_sends_no_sound_is_no_line_without_sound(desk: Desk) -> None:
    """Some send nothing while they are silent: the connection stands, and nobody is sent to look for a cable."""
    desk.answers("+380671234567")
    desk.exchange.waits_for("the two to be connected", lambda: desk.page.evaluate(CONNECTED))
    assert desk.page.evaluate(PACKETS) == 0
    desk.page.clock.run_for(SIGN_OF_LIFE)
    expect(desk.part("hang-up")).to_be_visible()
    expect(desk.part("call-silent")).to_be_hidden()


def test_what_was_said_of_the_last_call_goes_when_the_next_one_rings(desk: Desk) -> None:
    desk.part("ready").click(force=True)
    expect(desk.part("notice")).to_contain_text("Спершу вкажіть")
    desk.exchange.calls("+380671234567")
    expect(desk.part("call-ringing")).to_be_visible()
    expect(desk.part("notice")).to_be_hidden(timeout=3000)  # sooner than by itself


def test_whoever_is_asked_reads_whether_the_caller_hears(desk: Desk, centre: Centre) -> None:
    """Andrii asks Olena about his caller, then lets the two hear each other; the recording is his."""
    olena, andrii = centre.people["olena"], centre.people["andrii"]
    call, now = answered_call(andrii, over=False), datetime.now(UTC)
    of = {"organisation_id": andrii.organisation_id, "person_id": andrii.id}
    with transaction(EVERY_ORGANISATION) as session:
        session.add(Shift(phone_secret="-", seat=uuid4().hex, **of))
        session.add(AgentState(state=AgentStateName.HOLD, call=call, since=now, **of))
        hers = update(AgentState).where(AgentState.person_id == olena.id, AgentState.until.is_(None))
        session.execute(hers.values(state=AgentStateName.CONSULTING, reason=None, call=call))
    desk.answers(f"agent{andrii.id}", **{"X-Call-Id": str(call)})
    desk.says("{name} asks you; the caller does not hear you", name=andrii.name)
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url))
    expect(desk.part("pause-recording")).to_be_hidden()
    expect(desk.part("off-record")).to_be_hidden()
    desk.page.keyboard.press("F3")
    both = {"agent": interface_of(andrii.id), "to": interface_of(olena.id)}
    happen(olena.organisation_id, [events.ConferenceBegan(call=call, at=datetime.now(UTC), **both)])
    desk.says("all three hear each other")
    assert not [url for url in asked if url.endswith("/desk/recording")]
    happen(olena.organisation_id, [events.ConferenceEnded(call=call, at=datetime.now(UTC), **both)])
    desk.says("{name} asks you; the caller does not hear you", name=andrii.name)
