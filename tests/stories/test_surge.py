"""An incident begun on the page, or by its threshold: who calls and who waits hears it, operators see it."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from db import notify
from db.notices import ASTERISK_CONFIG, MENUS
from ivr.tables import Emergency
from supervisor.surge.model import End
from supervisor.surge.tables import Incident, IncidentPlan
from tests.town import browser, evidence
from tests.town.town import Town
from tests.town.waiting import wait_for

WORDS = {
    "uk": "У Заріччі немає води до вечора. Бригада вже працює.",
    "ru": "В Заречье нет воды до вечера. Бригада уже работает.",
    "en": "There is no water in Zarichchia until the evening. People are at work.",
}
TOLD_WITHIN = 20  # seconds, to who waits
CALM = timedelta(seconds=10)
SCRIPT = "Води немає до 18:00. Адреси не записуємо."


@pytest.fixture
def iryna(town: Town) -> Iterator[Page]:
    """A supervisor at the page of incidents; afterwards there is none, prepared or not."""
    yield town.agent("iryna").signs_in(to="/surge").page
    with town.product.office("khm") as (session, _):
        now = datetime.now(UTC)
        session.execute(update(Emergency).where(Emergency.ended_at.is_(None)).values(ended_at=now))
        over = update(Incident).where(Incident.ended_at.is_(None))
        session.execute(over.values(ended_at=now, ended_because=End.BY_HAND))
        session.execute(update(IncidentPlan).values(removed_at=now))
        for channel in (MENUS, ASTERISK_CONFIG):
            notify(session, channel)


def heard_by_the_next(town: Town, *, urgent: bool) -> None:
    """The AGI server has taken what was changed; nobody reloads anything."""
    kept = town.product.settings.data / "agi" / "menus.json"
    wait_for(
        "the menus to follow",
        lambda: urgent == any(each["urgent"] for each in json.loads(kept.read_text())),
        seconds=10,
    )


def says(page: Page) -> None:
    """Types what the incident is, for callers and for operators."""
    page.fill("#field-topic", "Немає води в Заріччі")
    page.fill("#field-script", SCRIPT)
    for language, words in WORDS.items():
        page.fill(f"#field-{language}", words)


def announced(town: Town) -> str:
    """The prompt that callers hear."""
    (row,) = town.product.rows("SELECT prompt FROM emergency WHERE ended_at IS NULL")
    return str(row["prompt"])


def test_an_incident_is_heard_shown_and_over(town: Town, iryna: Page) -> None:
    olena = town.agent("olena").signs_in().goes_ready()
    expect(olena.page.locator("[data-part=incident]")).to_be_hidden()
    says(iryna)
    iryna.check("#field-offers_callback")
    iryna.locator("form[action='/surge'] button.btn-primary").click()
    expect(iryna.locator("#now-title")).to_contain_text("Немає води в Заріччі")
    expect(olena.page.locator("[data-part=incident]")).to_contain_text(SCRIPT, timeout=3_000)
    heard_by_the_next(town, urgent=True)
    prompt = announced(town)

    called_back = town.caller("uk").dials("1580").hears("khm-welcome", "uk").presses("1")
    called_back.hears(prompt, "uk_khm").hears("khm-topics", "uk", seconds=20).presses("1").hears("khm-water", "uk")
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
    after.does_not_hear(prompt, "uk_khm")
    after.hangs_up()
    after.ends_as("abandoned_in_menu")
    olena.ends_shift()


def test_who_waits_in_the_chosen_queue_hears_it_and_keeps_the_place(town: Town, iryna: Page) -> None:
    """Declared for heating: who waits there is told, who comes there too; callers of the roads hear nothing of it."""
    andrii = town.agent("andrii").signs_in().starts_shift()  # he answers for roads
    heating, behind = (town.caller("uk").asks_for("khm-heating").waits_in("khm-heating") for _ in range(2))
    roads = town.caller("uk").asks_for("khm-roads").waits_in("khm-roads")
    says(iryna)
    iryna.uncheck("#field-offers_callback")
    iryna.check("#field-queues [value=heating]")
    iryna.locator("form[action='/surge'] button.btn-primary").click()
    expect(iryna.locator("#now-title")).to_contain_text("Немає води в Заріччі")
    prompt = announced(town)
    for caller in (heating, behind):
        caller.hears(prompt, "uk_khm", seconds=TOLD_WITHIN)
    evidence.queued_in_asterisk(town.product, "khm-heating", 2)
    assert [len(town.product.rows(VISITS, each.call["id"])) for each in (heating, behind)] == [1, 1], (
        "nobody left the queue"
    )
    heard_by_the_next(town, urgent=True)
    late = town.caller("uk").asks_for("khm-heating").hears(prompt, "uk_khm", seconds=TOLD_WITHIN)
    late.waits_in("khm-heating", seconds=30)
    other = town.caller("uk").asks_for("khm-roads").waits_in("khm-roads")
    for caller in (roads, other):
        caller.does_not_hear(prompt, "uk_khm")
    expect(andrii.page.locator("[data-part=incident]")).to_be_hidden()
    iryna.locator("form[action$='/end'] button").click()
    expect(iryna.locator("#now-title")).to_have_count(0)
    for caller in (heating, behind, roads, late, other):
        caller.hangs_up()
    for caller in (heating, behind, roads, late, other):
        caller.ends_as("abandoned_in_queue")
    andrii.ends_shift()


VISITS = "SELECT joined_at FROM call_visit WHERE call = %s"


def test_a_threshold_begins_an_incident_and_calm_ends_it(town: Town, iryna: Page) -> None:
    """Prepared in the browser: two who wait for heating begin it, they hear it, the board says so; calm, it is over."""
    iryna.goto("/surge/plans")
    says(iryna)
    iryna.select_option("#field-measure", "waiting")
    iryna.select_option("#field-queue", label="Опалення")
    for field, value in (("at_least", "2"), ("begins_after", "5"), ("below", "2"), ("ends_after", "1")):
        iryna.fill(f"#field-{field}", value)
    iryna.locator("form[action='/surge/plans'] button.btn-primary").click()
    expect(iryna.locator("main h2", has_text="Немає води в Заріччі")).to_be_visible()
    with town.product.office("khm") as (session, _):  # the page's unit is a minute
        plan = session.scalars(select(IncidentPlan).where(IncidentPlan.removed_at.is_(None))).one()
        assert plan.ends_after == timedelta(minutes=1)
        plan.ends_after = CALM
    olena = town.agent("olena").signs_in().starts_shift()
    iryna.goto("/board")
    bar = iryna.locator("[data-incident]")
    expect(browser.part(iryna, "freshness")).to_have_attribute("data-lamp", "on")
    expect(bar).to_have_count(0)
    waiting = [town.caller("uk").asks_for("khm-heating").waits_in("khm-heating") for _ in range(2)]
    expect(bar).to_contain_text("Немає води в Заріччі", timeout=40_000)
    expect(olena.page.locator("[data-part=incident]")).to_contain_text(SCRIPT)
    prompt = announced(town)
    for caller in waiting:
        caller.hears(prompt, "uk_khm", seconds=TOLD_WITHIN)
        caller.hangs_up()
        caller.ends_as("abandoned_in_queue")
    (begun,) = town.product.rows("SELECT began_by, measured FROM incident WHERE ended_at IS NULL")
    assert (begun["began_by"], begun["measured"]) == (None, 2)
    expect(bar).to_have_count(0, timeout=40_000)
    assert not town.product.rows("SELECT 1 AS one FROM emergency WHERE ended_at IS NULL")
    olena.ends_shift()
