"""Who speaks the caller's language answers, whoever came first; and the page of the call says why it was them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from acd.queues.tables import Skill
from acd.queues.words import LEVEL_WORDS
from calls import words
from calls.model import Language
from db import notify
from db.notices import ASTERISK_CONFIG, MEMBERS
from tests.town.operators import Operator
from tests.town.people import NUMBERS, TOPICS, Person
from tests.town.town import Town
from tests.town.waiting import wait_for
from web.languages import LANGUAGES

QUEUE = "dtm-certificates"
RUSSIAN_KEY = "2"
EXCELLENT = 3


@pytest.fixture
def no_skills_afterwards(town: Town) -> Iterator[None]:
    """The next story knows nothing of them."""
    yield
    with town.product.office("dtm") as (session, organisation):
        session.execute(delete(Skill).where(Skill.organisation_id == organisation.id))
        notify(session, ASTERISK_CONFIG, "skills")
        notify(session, MEMBERS, "every")
    wait_for("the lanes to be gone", lambda: not _has(town, f"{QUEUE}.ru"))


@pytest.mark.usefixtures("no_skills_afterwards")
def test_anna_who_speaks_russian_gets_the_russian_caller(town: Town) -> None:
    """The administrator gives Anna the skill; an Uzbek waits longer than a Russian, and she answers the Russian."""
    administrator = town.agent("admin.dtm").signs_in(to="/queues/skills")
    for language in (Language.UZBEK, Language.RUSSIAN):
        _adds_language(administrator.page, language)
    _gives(administrator.page, town.name_of("anna"), Language.RUSSIAN, EXCELLENT)
    wait_for("the queue to have its lanes", lambda: _has(town, f"{QUEUE}.uz") and _has(town, f"{QUEUE}.ru"))

    uzbek = town.caller().asks_for(QUEUE).waits_in(QUEUE)
    russian = _asks_in_russian(town.caller()).waits_in(QUEUE)
    anna = town.agent("anna").signs_in().goes_ready()
    anna.phone_rings()
    assert anna.sees_card(of=russian.number) == str(russian.call["id"])
    anna.answers()
    assert uzbek.call["state"] == "queued", "who came first waits for somebody who speaks Uzbek"
    russian.hangs_up()
    uzbek.hangs_up()
    answered = russian.ends_as("answered")
    uzbek.ends_as("abandoned_in_queue")
    anna.wraps_up().ends_shift()
    _is_told_why(town, town.agent("dilnoza"), answered["id"])


def _asks_in_russian(caller: Person) -> Person:
    number, language = NUMBERS["dtm"]
    caller.dials(number).hears("dtm-welcome", language).presses(RUSSIAN_KEY)
    return caller.hears("dtm-topics", Language.RUSSIAN).presses(TOPICS[QUEUE])


def _has(town: Town, lane: str) -> bool:
    return f"{lane} has " in town.product.says(f"queue show {lane}")


def _adds_language(page: Page, language: Language) -> None:
    page.locator(f'form[action="/queues/skills"] button[name=code][value={language}]').click()
    expect(page.locator("thead th", has_text=LANGUAGES[language])).to_be_visible()


def _gives(page: Page, name: str, language: Language, level: int) -> None:
    choice = page.get_by_label(f"{name}: {LANGUAGES[language]}")
    choice.select_option(index=level)
    page.locator('form[action="/queues/skills/levels"] button[type=submit]').click()
    page.wait_for_load_state()
    expect(choice.locator("option:checked")).to_have_attribute(
        "value", f"{choice.locator('option').first.get_attribute('value')}{level}"
    )


def _is_told_why(town: Town, reader: Operator, call: object) -> None:
    """The page of the call names the operator, the language and how well they speak it."""
    shown = town.call_page(reader.login, call)
    main = shown.page.locator("main")
    expect(main).to_contain_text(shown.words("Why these operators"))
    told = f"{shown.words(words.LANGUAGES[Language.RUSSIAN])}: {shown.words(LEVEL_WORDS[EXCELLENT])}"
    expect(main.locator("li", has_text=told)).to_contain_text(town.name_of("anna"), timeout=15_000)
