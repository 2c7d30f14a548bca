"""Three signs of life of an operator, at the desk and on the board; what is over its time is said once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import update

from acd.model import AgentStateName
from acd.tables import AgentState, PauseReason, Queue, QueueMember, Shift
from db import EVERY_ORGANISATION, transaction
from run.development.pictures import signed_in
from staff.tables import Person
from tests.centre import PASSWORD, Centre
from tests.pages.telephone import NO_FAREWELL
from tests.pages.test_desk import on_shift
from tests.town.browser import part

MINUTE = timedelta(minutes=1)
TONES = """
window.tones = 0;
const made = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { window.tones += 1; return made.call(this); };
"""


@pytest.fixture
def water(centre: Centre) -> Centre:
    """Olena and Andrii are in the city's queue; lunch lasts half an hour."""
    khm = centre.organisations["khm"].id
    with transaction(EVERY_ORGANISATION) as session:
        queue = Queue(organisation_id=khm, code="water", asterisk_name="khm-water", name={"uk": "Вода"})
        lunch = PauseReason(organisation_id=khm, code="lunch", name={"uk": "Обід"}, lasts=30 * MINUTE)
        session.add_all([queue, lunch])
        session.flush()
        for login in ("olena", "andrii"):
            session.add(QueueMember(organisation_id=khm, queue_id=queue.id, person_id=centre.people[login].id))
    return centre


@pytest.fixture
def desk(browser: Browser, url: str, water: Centre) -> Iterator[Page]:
    """Olena's desk, whose clock goes on when the test says so."""
    with signed_in(browser, url, "olena", PASSWORD) as page:
        page.add_init_script(NO_FAREWELL)
        page.add_init_script(TONES)
        page.clock.install()
        yield page


def changed(whose: Person, **values: object) -> None:
    """The operator's shift, as the listener would change it."""
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Shift).where(Shift.person_id == whose.id).values(**values))


def test_the_desk_shows_three_signs_to_the_keyboard(desk: Page, water: Centre) -> None:
    olena = water.people["olena"]
    on_shift(desk, water)
    changed(olena, phone_reachable=True, queues_joined=1)
    desk.goto("/desk")
    part(desk, "phone-lamp").focus()
    desk.keyboard.press("Enter")
    signs = part(desk, "signs").locator("li")
    expect(part(desk, "signs")).to_be_visible()
    expect(signs).to_have_count(3)
    expect(signs.nth(0)).to_contain_text("Сторінка: центр чув її")
    expect(signs.nth(1)).to_have_text("Телефон: зареєстровано")
    expect(signs.nth(2)).to_have_text("Черги: Asterisk має вас у 1 з 1")
    assert [signs.nth(at).get_attribute("data-sign") for at in range(3)] == ["well"] * 3
    changed(olena, phone_reachable=False, queues_joined=0)
    desk.clock.run_for(20_000)
    expect(signs.nth(1)).to_have_text("Телефон: не зареєстровано")
    expect(signs.nth(2)).to_have_text("Черги: Asterisk має вас у 0 з 1")
    desk.route("**/desk/seen", lambda route: route.abort())
    desk.clock.run_for(65_000)
    expect(signs.nth(0)).to_contain_text("Сторінка: центр не чує її з")
    assert [signs.nth(at).get_attribute("data-sign") for at in range(3)] == ["ill"] * 3
    expect(part(desk, "phone-lamp")).to_have_attribute("data-ill", "")
    desk.keyboard.press("Escape")
    expect(part(desk, "signs")).to_be_hidden()


def test_a_pause_over_its_time_is_said_once_with_a_tone(desk: Page, water: Centre) -> None:
    on_shift(desk, water)
    expect(part(desk, "state")).not_to_have_attribute("data-overdue", "")
    assert desk.evaluate("window.tones") == 0
    over = {"reason": "lunch", "since": datetime.now(UTC) - 31 * MINUTE, "due_at": datetime.now(UTC) - MINUTE}
    with transaction(EVERY_ORGANISATION) as session:
        hers = AgentState.person_id == water.people["olena"].id, AgentState.until.is_(None)
        session.execute(update(AgentState).where(*hers).values(**over))
    desk.clock.run_for(20_000)
    expect(desk.locator("#live")).to_contain_text("Ваша пауза мала скінчитися о")
    expect(desk.locator("#live")).to_contain_text("Обід")
    assert desk.evaluate("window.tones") == 1
    desk.clock.run_for(60_000)
    assert desk.evaluate("window.tones") == 1, "once"
    desk.goto("/desk")
    expect(part(desk, "state")).to_have_attribute("data-overdue", "")
    assert desk.evaluate("window.tones") == 0, "nor after a reload"


def test_the_board_shows_three_signs_and_how_long_a_pause_may_last(browser: Browser, url: str, water: Centre) -> None:
    now = datetime.now(UTC)
    shifts = {
        "olena": {"seen_at": now, "phone_reachable": True, "queues_joined": 1},
        "andrii": {"seen_at": now - 3 * MINUTE, "phone_reachable": False, "queues_joined": 0},
    }
    lunches = {"olena": now - 10 * MINUTE, "andrii": now - 40 * MINUTE}
    with transaction(EVERY_ORGANISATION) as session:
        for login, shift in shifts.items():
            of = {"organisation_id": water.people[login].organisation_id, "person_id": water.people[login].id}
            session.add(Shift(phone_secret="-", seat=uuid4().hex, **of, **shift))
            lunch = {"reason": "lunch", "since": lunches[login], "due_at": lunches[login] + 30 * MINUTE}
            session.add(AgentState(state=AgentStateName.PAUSED, **lunch, **of))
    with signed_in(browser, url, "iryna", PASSWORD) as page:
        page.goto("/board")
        olena, andrii = (page.locator(f'tr[data-agent="{water.people[login].id}"]') for login in shifts)
        expect(part_of(olena, "agent-signs")).to_have_text("сторінка відкритателефон зареєстрованоу 1 з 1 черг")
        expect(part_of(andrii, "agent-signs")).to_contain_text("сторінка мовчить з")
        expect(part_of(andrii, "agent-signs")).to_contain_text("у 0 з 1 черг")
        expect(part_of(andrii, "agent-signs").locator("[data-sign=ill]")).to_have_count(3)
        expect(part_of(olena, "agent-signs").locator("[data-sign=well]")).to_have_count(3)
        expect(part_of(olena, "agent-about")).to_contain_text("Обід, до")
        expect(part_of(andrii, "agent-about")).to_contain_text("Обід: мала скінчитися о")
        expect(olena).to_have_attribute("data-heat", "good")
        expect(andrii).to_have_attribute("data-heat", "bad")
        andrii.locator("button").click()
        expect(part(page, "drawer-signs").locator("[data-sign=ill]")).to_have_count(3)


def part_of(row: Locator, name: str) -> Locator:
    """A part of a row."""
    return row.locator(f'[data-part="{name}"]')
