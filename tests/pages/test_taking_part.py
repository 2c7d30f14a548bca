"""A supervisor goes from talk to talk at the board; the exchange speaks on the telephone's own socket."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from acd.model import AgentStateName
from acd.tables import AgentState, Shift
from db import EVERY_ORGANISATION, transaction
from run.development.pictures import signed_in
from supervisor.board import figures
from supervisor.supervision.tables import Supervision
from supervisor.teller import CHANNEL
from tests.centre import PASSWORD, Centre
from tests.pages.telephone import A_MICROPHONE, NO_FAREWELL, Exchange
from tests.town.browser import part
from tests.town.waiting import wait_for
from web import live


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

    def rings(self, supervision: str) -> int:
        """The exchange calls with this number; the status with which the phone answers."""
        return self.exchange.is_answered(self.exchange.calls(supervision))

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
    assert board.rings(board.asked_for("andrii")) == 200
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
    assert board.rings(board.asked_for("olena")) == 486
    assert board.rings(board.asked_for("andrii")) == 200


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


def test_nobody_hangs_up_on_a_citizen_by_choosing_another_talk(board: Board) -> None:
    """Iryna has taken over Olena's caller; what she presses at Andrii's talk is refused in words, at any page."""
    board.chooses("olena")
    expect(part(board.page, "drawer-stop")).to_be_visible()
    part(board.page, "take-over").click()
    expect(part(board.page, "take-over")).to_be_enabled()
    taken = board.asked_for("olena")
    with transaction(EVERY_ORGANISATION) as session:
        session.get_one(Supervision, int(taken)).wished = False  # the exchange was asked
    assert board.rings(taken) == 200
    before = board.exchange.farewells
    for mode in ("listen", "whisper", "barge"):
        board.page.locator(f'tr[data-agent="{board.centre.people["andrii"].id}"] button').first.click()
        board.page.locator(f"[data-mode={mode}]").click()
        expect(part(board.page, "drawer-problem")).to_contain_text("Спершу завершіть цю розмову")
    elsewhere = board.page.request.post(
        "/board/phone",
        headers={"X-CSRF-Token": board.page.locator('meta[name="csrf-token"]').get_attribute("content") or ""},
    )
    assert elsewhere.status == 423
    assert board.exchange.farewells == before
    with transaction(EVERY_ORGANISATION) as session:
        assert session.get_one(Supervision, int(taken)).ended_at is None
        assert board.asked_for("andrii") == "None"
