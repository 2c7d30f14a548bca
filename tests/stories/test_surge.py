"""An incident begun on the page: the next caller hears it and may be called back, the operator sees what to answer."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from ivr.tables import Emergency
from supervisor.surge.model import End
from supervisor.surge.tables import Incident
from tests.town.town import Town
from tests.town.waiting import wait_for

WORDS = {
    "uk": "У Заріччі немає води до вечора. Бригада вже працює.",
    "ru": "В Заречье нет воды до вечера. Бригада уже работает.",
    "en": "There is no water in Zarichchia until the evening. People are at work.",
}
SCRIPT = "Води немає до 18:00. Адреси не записуємо."


@pytest.fixture
def iryna(town: Town) -> Iterator[Page]:
    """A supervisor at the page of incidents; afterwards there is none."""
    yield town.agent("iryna").signs_in(to="/surge").page
    with town.product.office("khm") as (session, _):
        now = datetime.now(UTC)
        session.execute(update(Emergency).where(Emergency.ended_at.is_(None)).values(ended_at=now))
        over = update(Incident).where(Incident.ended_at.is_(None))
        session.execute(over.values(ended_at=now, ended_because=End.BY_HAND))


def heard_by_the_next(town: Town, *, urgent: bool) -> None:
    """The AGI server has taken what was changed; nobody reloads anything."""
    kept = town.product.settings.data / "agi" / "menus.json"
    wait_for(
        "the menus to follow",
        lambda: urgent == any(each["urgent"] for each in json.loads(kept.read_text())),
        seconds=10,
    )


def test_an_incident_is_heard_shown_and_over(town: Town, iryna: Page) -> None:
    olena = town.agent("olena").signs_in().goes_ready()
    expect(olena.page.locator("[data-part=incident]")).to_be_hidden()
    iryna.fill("#field-topic", "Немає води в Заріччі")
    iryna.fill("#field-script", SCRIPT)
    for language, words in WORDS.items():
        iryna.fill(f"#field-{language}", words)
    iryna.check("#field-offers_callback")
    iryna.locator("form[action='/surge'] button.btn-primary").click()
    expect(iryna.locator("#now-title")).to_contain_text("Немає води в Заріччі")
    expect(olena.page.locator("[data-part=incident]")).to_contain_text(SCRIPT, timeout=3_000)
    heard_by_the_next(town, urgent=True)
    (row,) = town.product.rows("SELECT prompt FROM emergency WHERE ended_at IS NULL")

    called_back = town.caller("uk").dials("1580").hears("khm-welcome", "uk").presses("1")
    called_back.hears(row["prompt"], "uk_khm").hears("khm-topics", "uk", seconds=20).presses("1").hears(
        "khm-water", "uk"
    )
    called_back.presses("2").hears("callback-at-once", "uk").presses("1").hears("callback-accepted", "uk")
    called_back.ends_as("callback_asked")
    number = called_back.call["caller"]
    assert called_back.call["trunk"] in town.product.settings.trunk_addresses
    owed = "SELECT queue FROM owed_call WHERE right(number, 7) = right(%s, 7)"
    wait_for("the queue to owe the call", lambda: town.product.rows(owed, number), seconds=10)
    assert [each["queue"] for each in town.product.rows(owed, number)] == ["khm-water"]

    iryna.locator("form[action$='/end'] button").click()
    expect(iryna).to_have_url(re.compile("/surge$"))
    expect(iryna.locator("#now-title")).to_have_count(0)
    expect(olena.page.locator("[data-part=incident]")).to_be_hidden(timeout=3_000)
    heard_by_the_next(town, urgent=False)
    after = town.caller("uk").hears_the_topics_of("khm")
    after.does_not_hear(row["prompt"], "uk_khm")
    after.hangs_up()
    after.ends_as("abandoned_in_menu")
    olena.ends_shift()
