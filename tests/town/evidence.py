"""What the product gives back to those who may ask: a recording as a supervisor's browser plays it."""

from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.town.product import Product
from tests.town.town import Town
from tests.town.waiting import wait_for

PLAYS = "() => { const sound = document.querySelector('audio[data-sound]'); return sound && sound.currentTime > 1.5; }"


def recording_as_played(town: Town, login: str, call: str, recording: dict[str, Any]) -> Path:
    """The sound of the recording: somebody opens the call's recordings, says why, and it plays."""
    supervisor = town.agent(login).signs_in(to=f"/recordings/of?call={call}")
    page = supervisor.page
    page.locator("input[name=why]").first.check(force=True)
    page.locator("form.why button[hx-post]").click()
    sound = page.locator("audio[data-sound]")
    expect(sound).to_have_count(1)
    wait_for("the recording to play", lambda: page.evaluate(PLAYS), seconds=8)
    source = sound.get_attribute("src") or ""
    answer = page.request.get(source)
    assert answer.status in {200, 206}, f"{source}: {answer.status}"
    assert len(answer.body()) == recording["size"]
    kept = town.here / f"{call}.webm"
    kept.write_bytes(answer.body())
    town.goes_home(supervisor)
    return kept


def queued_in_asterisk(product: Product, queue: str, callers: int) -> None:
    """So many wait in a queue, as Asterisk itself has it."""
    shown = f"{queue} has {callers} calls"
    wait_for(f"{callers} to wait in {queue}", lambda: shown in product.says(f"queue show {queue}"), seconds=10)
