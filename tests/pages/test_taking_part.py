"""A supervisor goes from talk to talk at the board; the exchange speaks on the telephone's own socket."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, expect
from sqlalchemy import select

from acd.model import AgentStateName
from acd.tables import AgentState, Shift
from db import EVERY_ORGANISATION, transaction
from run.development.pictures import signed_in
from supervisor.board import figures
from supervisor.supervision.tables import Supervision
from supervisor.teller import CHANNEL
from tests.centre import PASSWORD, Centre
from tests.town.browser import part
from tests.town.waiting import wait_for
from web import live

A_MICROPHONE = """
navigator.mediaDevices.getUserMedia = async () => new AudioContext().createMediaStreamDestination().stream;
"""
NO_FAREWELL = "navigator.sendBeacon = () => true"  # the test is over, and the tables are emptied meanwhile
AN_OFFER = """
async () => {
  const far = new RTCPeerConnection();
  far.addTransceiver("audio");
  const { sdp } = await far.createOffer();
  far.close();
  return sdp;
}
"""


@dataclass
class Exchange:
    """The other end of the telephone's socket: registers whoever asks, and calls."""

    page: Page
    contact: str = ""
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)  # what the phone said: status and headers
    farewells: int = 0

    def listens(self, socket: WebSocketRoute) -> None:
        """A telephone has come."""
        self._socket = socket
        socket.on_message(lambda message: self._heard(str(message)))

    def rings(self, caller: str) -> int:
        """The phone rings; the status with which it answers in the end."""
        call = uuid4().hex
        asked = {"From": f"<sip:{caller}@holos>;tag={call[:8]}", "To": "<sip:supervisor@holos>", "Call-ID": call}
        self._says(f"INVITE {self.contact} SIP/2.0", {**asked, "CSeq": "1 INVITE"}, self.page.evaluate(AN_OFFER))
        self.waits_for("the phone to answer", lambda: self._final(call))
        status, said = self._final(call)[0]
        self._says(f"ACK {self.contact} SIP/2.0", {**asked, "To": said["To"], "CSeq": "1 ACK"})
        return status

    def waits_for(self, what: str, evidence: Callable[[], object]) -> None:
        """Until it is so; what the page sends meanwhile is heard."""
        wait_for(what, lambda: self.page.evaluate("null") or evidence())

    def _final(self, call: str) -> list[tuple[int, dict[str, str]]]:
        return [(status, said) for status, said in self.answers if said["Call-ID"] == call and status >= 200]

    def _says(self, first: str, headers: dict[str, str], offer: str = "") -> None:
        own = {
            "Via": f"SIP/2.0/WS exchange.invalid;branch=z9hG4bK{uuid4().hex}",
            "Max-Forwards": "70",
            "Contact": "<sip:exchange@exchange.invalid;transport=ws>",
            "Content-Length": str(len(offer.encode())),
        } | ({"Content-Type": "application/sdp"} if offer else {})
        self._send(first, own | headers, offer)

    def _send(self, first: str, headers: dict[str, str], body: str = "") -> None:
        lines = [first, *(f"{name}: {value}" for name, value in headers.items())]
        self._socket.send("\r\n".join(lines) + "\r\n\r\n" + body)

    def _heard(self, message: str) -> None:
        first = message.partition("\r\n")[0]
        said = dict(re.findall(r"^([\w-]+): (.*?)\r$", message, re.MULTILINE))
        if first.startswith("SIP/2.0 "):
            self.answers.append((int(first.split()[1]), said))
        elif first and not first.startswith("ACK"):
            if first.startswith("REGISTER"):
                self.contact = re.findall(r"<([^>]*)>", said["Contact"])[0]
            self.farewells += first.startswith("BYE")
            echoed = {name: said[name] for name in ("Via", "From", "Call-ID", "CSeq", "Contact") if name in said}
            self._send("SIP/2.0 200 OK", echoed | {"To": said["To"] + ";tag=far", "Content-Length": "0"})


@dataclass
class Board:
    """Iryna's board, and the exchange behind it."""

    page: Page
    exchange: Exchange
    centre: Centre

    def chooses(self, login: str) -> None:
        """Opens the operator's panel and listens."""
        self.page.locator(f'tr[data-agent="{self.centre.people[login].id}"] button').first.click()
        self.page.locator("[name=purpose][value=quality]").check(force=True)
        self.page.locator("[data-mode=listen]").click()

    def asked_for(self, login: str) -> str:
        """The number of the supervision in this operator's talk, as the exchange calls with it."""
        with transaction(EVERY_ORGANISATION) as session:
            of_this = select(Supervision.id).where(Supervision.agent_id == self.centre.people[login].id)
            return str(session.scalars(of_this.order_by(Supervision.id.desc())).first())


@pytest.fixture
def board(browser: Browser, url: str, centre: Centre) -> Iterator[Board]:
    """Olena and Andrii talk; Iryna sees it, with time that goes on when the test says so."""
    with transaction(EVERY_ORGANISATION) as session:
        for person in (centre.people["olena"], centre.people["andrii"]):
            of = {"organisation_id": person.organisation_id, "person_id": person.id}
            session.add(Shift(phone_secret="-", seat="seat", **of))
            session.add(AgentState(state=AgentStateName.TALKING, call=uuid4(), since=datetime.now(UTC), **of))
    with signed_in(browser, url, "iryna", PASSWORD) as page:
        exchange = Exchange(page)
        page.route_web_socket(re.compile("^ws"), exchange.listens)
        page.add_init_script(A_MICROPHONE)
        page.add_init_script(NO_FAREWELL)
        page.clock.install()
        page.goto("/board")
        yield Board(page, exchange, centre)


def test_another_talk_is_not_ended_by_the_patience_for_the_first(board: Board) -> None:
    """The first line never rang; the second one is up when the time for the first is over."""
    board.chooses("olena")
    expect(part(board.page, "drawer-stop")).to_be_visible()
    board.page.clock.fast_forward(10_000)
    board.chooses("andrii")
    expect(part(board.page, "drawer-stop")).to_be_visible()
    assert board.exchange.rings(board.asked_for("andrii")) == 200
    board.page.clock.fast_forward(25_000)
    expect(part(board.page, "drawer-stop")).to_be_visible()
    assert board.exchange.farewells == 0
    board.page.keyboard.press("0")
    expect(part(board.page, "drawer-stop")).to_be_hidden()
    board.exchange.waits_for("the phone to hang up", lambda: board.exchange.farewells)


def test_a_line_that_does_not_ring_is_given_up(board: Board) -> None:
    board.chooses("olena")
    expect(part(board.page, "drawer-stop")).to_be_visible()
    board.page.clock.fast_forward(21_000)
    expect(part(board.page, "drawer-stop")).to_be_hidden()
    expect(part(board.page, "drawer-problem")).to_be_visible()


def test_whoever_was_left_rings_in_vain(board: Board, app: FastAPI, centre: Centre) -> None:
    """That the first talk was left is told before the second one's answer is there: the phone waits for the second."""
    page, khm = board.page, centre.organisations["khm"].id

    def once_told(route: Route) -> None:
        answer = route.fetch()
        told_at = (datetime.now(UTC) + timedelta(seconds=5)).isoformat()
        later = figures(khm) | {"at": told_at, "channels": {"used": 7, "capacity": 300}}
        live.publish(app.state.redis, f"{CHANNEL}{khm}", later)
        wait_for("the news behind it", lambda: "7 / 300" in part(page, "channels").inner_text())
        route.fulfill(response=answer)

    board.chooses("olena")
    expect(part(page, "drawer-stop")).to_be_visible()
    page.route("**/board/supervisions", once_told)
    board.chooses("andrii")
    expect(part(page, "drawer-stop")).to_be_visible()
    assert board.exchange.rings(board.asked_for("olena")) == 486
    assert board.exchange.rings(board.asked_for("andrii")) == 200


def test_one_choice_at_a_time(board: Board) -> None:
    asked: list[Route] = []

    def is_asked(route: Route) -> None:
        asked.append(route)

    board.page.route("**/board/supervisions", is_asked)
    board.chooses("olena")
    expect(board.page.locator("[data-mode=whisper]")).to_be_disabled()
    board.page.keyboard.press("2")
    board.exchange.waits_for("the question", lambda: asked)
    board.page.keyboard.press("3")
    assert len(asked) == 1
    asked[0].continue_()
    expect(board.page.locator("[data-mode=whisper]")).to_be_enabled()
    expect(board.page.locator("[data-mode=listen]")).to_have_attribute("aria-pressed", "true")
    expect(board.page.locator("[data-mode=listen]")).to_be_focused()
