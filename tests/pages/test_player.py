"""The player in a real browser: it plays, seeks, skips silence and draws both voices."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, Route

from db import EVERY_ORGANISATION, transaction
from recordings import jobs
from run.host.servers import Servers
from run.settings import Settings
from run.storage import connect_store
from staff import sign_in
from staff.access import COOKIE
from tests.centre import Centre
from tests.pages.a_call import answered_call, topic
from tests.pages.barriers import AXE, CHECK
from tests.pages.test_recordings import listenings, recording_of
from tests.recordings.speech import conversation, write_leg
from tests.town.waiting import wait_for

NOW = "document.querySelector('[data-sound]')?.currentTime"


def until(page: Page, expression: str) -> None:
    """Waits until the page says so. Playwright's own waiting would need a looser Content Security Policy."""
    wait_for(expression, lambda: page.evaluate(expression))


@pytest.fixture
def unstored(servers: Servers, settings: Settings, centre: Centre, tmp_path: Path) -> UUID:
    """A call that is over and whose recording waits to be stored."""
    servers.start("s3")
    jobs.connect(settings.redis_url.get_secret_value(), spool=tmp_path)
    connect_store(settings)
    topic(centre.organisations["khm"].id)
    made = answered_call(centre.people["olena"])
    caller, operator = conversation()
    write_leg(tmp_path / f"{made}.1.rx.wav", caller)
    write_leg(tmp_path / f"{made}.1.tx.wav", operator)
    return made


@pytest.fixture
def call(unstored: UUID) -> UUID:
    """A call with a stored recording."""
    jobs.store_recording(recording_of(unstored).id)
    return unstored


@pytest.fixture
def page(browser: Browser, url: str, centre: Centre) -> Iterator[Page]:
    """Iryna's browser."""
    context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
    with transaction(EVERY_ORGANISATION) as session:
        token = sign_in.open_session(session, centre.people["iryna"])
    context.add_cookies([{"name": COOKIE, "value": token, "url": url}])
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    yield opened
    context.close()


def test_the_recording_plays_where_one_points(page: Page, call: UUID) -> None:
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"/calls/{call}")
    page.wait_for_selector("[data-wave] canvas")
    assert page.locator("[data-sound]").count() == 0
    page.locator(".why-choice:has([value=quality])").click()
    page.locator(".why button.btn-primary").click()
    until(page, f"{NOW} > 0.3")  # it plays by itself once the reason is given
    assert len(listenings()) == 1
    assert "Iryna" in page.locator("#listenings").inner_text()
    sound = page.locator("[data-sound]")
    seconds = float(sound.evaluate("each => each.duration"))
    assert seconds == pytest.approx(float(page.locator("[data-player]").get_attribute("data-seconds") or 0), abs=0.1)

    page.keyboard.press(" ")
    until(page, "document.querySelector('[data-sound]').paused")
    before = float(page.evaluate(NOW))
    page.keyboard.press("ArrowRight")
    until(page, f"{NOW} > {before + 4.5}")
    page.keyboard.press("ArrowLeft")
    until(page, f"{NOW} < {before + 1}")

    wave = page.locator("[data-wave]").bounding_box()
    assert wave is not None
    page.mouse.click(wave["x"] + wave["width"] * 0.75, wave["y"] + wave["height"] / 4)
    until(page, f"Math.abs({NOW} - {seconds * 0.75}) < 0.5")

    page.locator("[data-speed]").select_option("2")
    assert sound.evaluate("each => each.playbackRate") == 2
    assert problems == []


def test_a_failed_answer_does_not_end_the_asking(page: Page, unstored: UUID) -> None:
    """The server is away for a moment at the first question for each part of the page."""
    failed: set[str] = set()

    def away_once(route: Route) -> None:
        if route.request.url in failed:
            route.continue_()
        else:
            failed.add(route.request.url)
            route.fulfill(status=503, body="")

    page.route(re.compile(r"/(recordings|wrap-ups)/|/appeals/of-call"), away_once)
    page.goto(f"/calls/{unstored}")
    until(page, "document.querySelector('.recording-wait')")
    until(page, f"!document.querySelector('[hx-get*=\"call={unstored}\"]')")
    recording = recording_of(unstored).id
    page.wait_for_event("response", lambda answer: answer.url.endswith(f"/recordings/{recording}"))
    jobs.store_recording(recording)
    until(page, "document.querySelector('[data-player]')")
    assert {urlsplit(address).path for address in failed} == {
        "/recordings/of", "/wrap-ups/of", "/appeals/of-call", f"/recordings/{recording}",
    }  # fmt: skip
    assert page.locator("[data-notice]").count() == 1, "one trouble is told once"


def test_silence_is_skipped_when_wished(page: Page, call: UUID) -> None:
    page.goto(f"/calls/{call}")
    page.locator(".why-choice:has([value=training])").click()
    page.locator(".why button.btn-primary").click()
    until(page, f"{NOW} > 0.1")
    page.locator("[data-skip]").check()
    begins, ends = page.evaluate("JSON.parse(document.querySelector('[data-player]').dataset.pauses)[0]")
    page.evaluate(
        "([begins]) => { window.jumps = []; const sound = document.querySelector('[data-sound]');"
        " sound.addEventListener('seeked', () => window.jumps.push(sound.currentTime));"
        " sound.currentTime = begins - 0.3; }",
        [begins],
    )
    until(page, f"{NOW} >= {ends}")
    assert any(abs(float(jump) - ends) < 0.3 for jump in page.evaluate("window.jumps"))


def test_the_timeline_is_a_way_to_seek(page: Page, call: UUID) -> None:
    page.goto(f"/calls/{call}")
    page.locator(".why-choice:has([value=training])").click()
    page.locator(".why button.btn-primary").click()
    until(page, f"{NOW} > 0.1")
    line = page.locator("[data-timeline]").bounding_box()
    assert line is not None
    page.mouse.click(line["x"] + line["width"] * 45 / 52, line["y"] + 4)  # seven seconds after the answer
    until(page, f"Math.abs({NOW} - 7) < 0.8")
    assert page.locator("[data-cursor]").is_visible()


def test_another_theme_draws_the_waves_again_and_nothing_else(page: Page, call: UUID) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(f"/calls/{call}")
    page.locator(".why-choice:has([value=training])").click()
    page.locator(".why button.btn-primary").click()
    until(page, f"{NOW} > 0.1")
    page.keyboard.press(" ")
    until(page, "document.querySelector('[data-sound]').paused")
    for scheme in ("dark", "light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        until(page, f"document.documentElement.dataset.bsTheme === '{scheme}'")
        page.wait_for_selector("[data-wave] canvas")
    assert page.locator("[data-wave] > div").count() == 1
    before = float(page.evaluate(NOW))
    page.keyboard.press("ArrowRight")
    until(page, f"{NOW} > {before + 4.5}")
    assert float(page.evaluate(NOW)) == pytest.approx(before + 5, abs=0.5), "one press, one step"
    assert page.evaluate("document.querySelector('[data-sound]').paused"), "a theme starts no sound"
    page.keyboard.press(" ")
    until(page, f"{NOW} > {before + 5.2}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_open_player_has_no_serious_barrier(page: Page, call: UUID, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"/calls/{call}")
        page.wait_for_selector("[data-wave] canvas")
        page.evaluate(AXE.read_text("utf-8"))
        assert page.evaluate(CHECK) == []
        page.locator(".why-choice:has([value=quality])").click()
        page.locator(".why button.btn-primary").click()
        until(page, f"{NOW} > 0.1")
        assert page.evaluate(CHECK) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
