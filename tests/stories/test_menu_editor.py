"""The menu editor beside a running centre: what is published, typed, recorded or announced is heard next."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from ivr import document, queries, service
from ivr.tables import Emergency
from tests.town.people import Person
from tests.town.town import Town
from tests.town.waiting import wait_for

INFORMATION = "khm-information"  # what key 6 says
WORDS = {
    "uk": "Вулицю Прибузьку перекрито до вечора через ремонт водогону. Просимо об'їжджати сусідніми вулицями.",
    "ru": "Улица Прибужская перекрыта до вечера из-за ремонта водопровода. Просим объезжать по соседним улицам.",
    "en": "Prybuzka street is closed until the evening because of repairs. Take the streets beside it.",
}


@pytest.fixture
def admin(town: Town) -> Iterator[Page]:
    """An administrator of the city at the menus; afterwards everything is heard as before."""
    with town.product.office("khm") as (session, _):
        usual = queries.documents(session)[0].document
    yield town.agent("admin.khm").signs_in(to="/menus/draft").page
    with town.product.office("khm") as (session, organisation):
        session.execute(update(Emergency).where(Emergency.ended_at.is_(None)).values(ended_at=datetime.now(UTC)))
        if queries.documents(session)[0].document != usual:
            service.publish(session, organisation.id, document.read(usual))


def asks_for_information(town: Town) -> Person:
    return town.caller("uk").hears_the_topics_of("khm").presses("6")


def loaded(town: Town, words: str) -> None:
    """The AGI server has taken what was changed; nobody reloads anything."""
    kept = town.product.settings.data / "agi" / "menus.json"
    wait_for(f"{words} in the menus", lambda: words in json.dumps(json.loads(kept.read_text())), seconds=10)


def writes_a_prompt(page: Page, name: str) -> None:
    page.goto("/menus/prompts/new")
    page.fill("#field-name", name)
    for language, words in WORDS.items():
        page.fill(f"#field-{language}", words)
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url(re.compile(f"/menus/prompts/{name}$"))


def test_what_is_published_is_heard_by_the_next_caller_and_can_be_taken_back(town: Town, admin: Page) -> None:
    under_way = town.caller("uk").hears_the_topics_of("khm")
    writes_a_prompt(admin, "street-closed")

    admin.goto("/menus/draft")
    admin.locator("#key-topics-6 a.change").click()
    admin.select_option("#key-topics-6 #field-kind", "say")
    admin.select_option("#key-topics-6 #field-prompts_0", "street-closed")
    expect(admin.locator("#key-topics-6 #field-queue")).to_be_hidden()
    admin.locator("#key-topics-6 button.btn-primary").click()
    expect(admin.locator("#key-topics-6")).to_contain_text(WORDS["uk"])
    draft = asks_for_information(town).hears(INFORMATION, "uk")
    draft.hangs_up()

    admin.fill("#field-note", "The street is closed")
    admin.locator("form.publish button").click()
    expect(admin).to_have_url(re.compile("/menus$"))
    loaded(town, "street-closed")
    following = asks_for_information(town).hears("street-closed", "uk_khm")
    following.hangs_up()
    under_way.presses("6").hears(INFORMATION, "uk")
    under_way.hangs_up()

    admin.goto("/menus/versions")
    admin.locator("tbody tr").nth(1).locator("a").click()
    admin.locator("form[action$='/restore'] button").click()
    expect(admin).to_have_url(re.compile("/menus/versions$"))
    wait_for("the first menus to be back", lambda: _restored(town))
    last = asks_for_information(town).hears(INFORMATION, "uk")
    last.hangs_up()
    for caller in (draft, following, under_way, last):
        caller.ends_as("abandoned_in_menu")


def _restored(town: Town) -> bool:
    kept = json.loads((town.product.settings.data / "agi" / "menus.json").read_text())
    return "street-closed" not in json.dumps([entry["document"] for entry in kept])


def test_an_emergency_is_heard_first_and_ends_with_one_button(town: Town, admin: Page) -> None:
    admin.goto("/menus/emergency")
    for language, words in WORDS.items():
        admin.fill(f"#field-{language}", words)
    admin.locator("form[action='/menus/emergency'] button.btn-primary").click()
    expect(admin.locator("#now-title")).to_be_visible()
    loaded(town, "emergency-")
    (row,) = town.product.rows("SELECT prompt, until_at - since_at AS lasts FROM emergency WHERE ended_at IS NULL")
    assert row["lasts"].total_seconds() == 4 * 3600

    caller = town.caller("uk").dials("1580").hears("khm-welcome", "uk").presses("2")
    caller.hears(row["prompt"], "ru_khm").hears("khm-topics", "ru", seconds=20)
    caller.hangs_up()
    admin.locator("form[action$='/end'] button").click()
    expect(admin.locator("#now-title")).to_have_count(0)
    kept = town.product.settings.data / "agi" / "menus.json"
    wait_for("the announcement to be gone", lambda: not any(e["urgent"] for e in json.loads(kept.read_text())))
    after = town.caller("uk").hears_the_topics_of("khm")
    after.does_not_hear(row["prompt"], "uk_khm")
    after.hangs_up()
    for each in (caller, after):
        each.ends_as("abandoned_in_menu")


def test_a_prompt_recorded_in_the_browser_is_heard_and_undone(town: Town, admin: Page) -> None:
    admin.goto(f"/menus/prompts/{INFORMATION}")
    ukrainian = admin.locator("section[aria-labelledby=voice-uk]")
    ukrainian.locator("[data-record]").click()
    expect(ukrainian.locator("[data-seconds]")).to_have_text("4 s", timeout=10_000)
    ukrainian.locator("[data-stop]").click()
    expect(ukrainian.locator("[data-heard]")).to_be_visible()
    ukrainian.locator("form[data-recorder] button:not([type=button])").click()
    expect(ukrainian.locator("audio:not([data-heard])")).to_be_visible()
    expect(ukrainian).to_contain_text("microphone.webm")

    sound = town.product.settings.sounds / "uk_khm" / f"{INFORMATION}.alaw"
    wait_for("the recording to be where Asterisk plays it", sound.exists, seconds=10)
    caller = asks_for_information(town).hears(INFORMATION, "uk_khm")
    caller.hangs_up()
    ukrainian.locator("form[action$='/undo'] button").first.click()
    wait_for("the recording to be gone", lambda: not sound.exists(), seconds=10)
    again = asks_for_information(town).hears(INFORMATION, "uk")
    again.hangs_up()
    for each in (caller, again):
        each.ends_as("abandoned_in_menu")
