"""The board in a browser shows what was told, also where it began to listen a moment too late."""

from datetime import UTC, datetime, timedelta

from fastapi import FastAPI
from playwright.sync_api import Browser, expect

from acd import service as desk
from acd.queues.model import OPERATORS_A_LEADER
from acd.queues.teams import service as teams
from db import EVERY_ORGANISATION, transaction
from run.development.pictures import signed_in
from staff.model import Role
from supervisor import board
from supervisor.teller import CHANNEL
from tests.centre import PASSWORD, Centre, person
from tests.town.browser import part
from tests.town.waiting import wait_for
from web import live

HIDDEN = """(hidden) => {
  const state = hidden ? "hidden" : "visible";
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_boards_that_nobody_sees_leave_the_server_to_other_pages(browser: Browser, url: str, centre: Centre) -> None:
    """A browser has six connections to a server: the seventh page would never come."""
    with signed_in(browser, url, "iryna", PASSWORD) as first:
        behind = first.context.new_page()
        behind.add_init_script("Object.defineProperty(document, 'visibilityState', {get: () => 'hidden'})")
        asked: list[str] = []
        behind.on("request", lambda request: asked.append(request.url))
        behind.goto("/board")
        for page in [first, *(first.context.new_page() for _ in range(6))]:
            page.goto("/board")
            expect(part(page, "freshness")).to_have_attribute("data-lamp", "on")
            page.evaluate(HIDDEN, True)
        assert not [url for url in asked if "/board/live" in url], "a tab opened behind another"
        first.evaluate(HIDDEN, False)
        expect(part(first, "freshness")).to_have_attribute("data-lamp", "on")


def test_desks_that_nobody_sees_and_without_the_phone_do_so_too(browser: Browser, url: str, centre: Centre) -> None:
    """A tenth tab of the desk, opened by mistake, must not keep the one with the phone from the server."""
    with signed_in(browser, url, "olena", PASSWORD) as first:
        for page in [first, *(first.context.new_page() for _ in range(7))]:
            page.goto("/desk")
            expect(part(page, "start-shift")).to_be_visible()
            page.evaluate(HIDDEN, True)
        with first.expect_response("**/desk/live*"):
            first.evaluate(HIDDEN, False)


def test_a_page_that_missed_the_figures_asks_for_them(browser: Browser, url: str, app: FastAPI, centre: Centre) -> None:
    khm = centre.organisations["khm"].id
    with signed_in(browser, url, "iryna", PASSWORD) as page:
        page.goto("/board")
        expect(part(page, "freshness")).to_have_attribute("data-lamp", "on")
        told_at = (datetime.now(UTC) + timedelta(seconds=5)).isoformat()
        missed = board.figures(khm) | {"at": told_at, "channels": {"used": 7, "capacity": 300}}

        def is_shown() -> bool:
            """The process tells its own figures every second; ours may be overtaken, and are told again."""
            board.keep(khm, missed)
            live.publish(app.state.redis, f"{CHANNEL}{khm}", {"kind": "fresh", "at": told_at, "of": told_at})
            return "7 / 300" in part(page, "channels").inner_text()

        wait_for("the figures that were missed", is_shown, every=0.3)


def test_a_team_too_large_for_its_leader_is_told_on_the_board_and_on_the_status_page(
    browser: Browser, url: str, centre: Centre
) -> None:
    """Z-22: the twenty-first operator on a shift."""
    with transaction(EVERY_ORGANISATION) as session:
        khm = centre.organisations["khm"]
        team = teams.add_team(session, "Перша", by=centre.people["iryna"])
        crew = [person(session, khm, f"crew{number}", Role.OPERATOR) for number in range(OPERATORS_A_LEADER + 1)]
        teams.change_team(
            session,
            team,
            leader=centre.people["iryna"].id,
            people=[each.id for each in crew],
            by=centre.people["iryna"],
        )
        for each in crew[:OPERATORS_A_LEADER]:
            desk.start_shift(session, each, "a-seat-of-tests")
    with signed_in(browser, url, "iryna", PASSWORD) as page:
        page.goto("/board")
        expect(part(page, "agents-number")).to_have_text(str(OPERATORS_A_LEADER))
        expect(part(page, "crowded")).to_be_hidden()
        with transaction(EVERY_ORGANISATION) as session:
            desk.start_shift(session, crew[-1], "a-seat-of-tests")
        page.goto("/board")
        expect(part(page, "crowded")).to_contain_text("«Перша»")
        expect(part(page, "crowded")).to_contain_text("21")
        page.goto("/status")
        expect(page.locator("main")).to_contain_text("Команда «Перша»")
