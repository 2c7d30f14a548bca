"""The desk in a real browser, without a call: a session that ended, an old wrap-up, long words in the top line."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete, select, update

from acd.directories import service as directories
from acd.directories.model import Directory
from acd.tables import AgentState, CallNote, PauseReason, Queue, QueueMember, WrapUp
from calls import events
from db import EVERY_ORGANISATION, transaction
from run.development.pictures import signed_in
from staff.tables import SignIn
from tests.centre import PASSWORD, Centre
from tests.pages.a_call import answered_call, happen
from tests.pages.barriers import speaks
from tests.town.browser import part
from web.languages import catalogue

ANEW = "The page was loaded anew during a call. The caller hears an apology and is first in the queue."
LONG = "Обідня перерва за графіком, узгодженим із керівником зміни на весь тиждень"
SEAT = "seat-of-this-test-page"
ASKED = "/desk/"


@pytest.fixture
def desk(browser: Browser, url: str, centre: Centre) -> Iterator[Page]:
    """Olena's desk, with time that goes when the test says so."""
    khm, olena = centre.organisations["khm"], centre.people["olena"]
    with transaction(EVERY_ORGANISATION) as session:
        queue = Queue(organisation_id=khm.id, code="general", asterisk_name="khm-general", name={"uk": "Загальні"})
        session.add_all([queue, PauseReason(organisation_id=khm.id, code="lunch", name={"uk": LONG, "en": LONG})])
        session.flush()
        session.add(QueueMember(organisation_id=khm.id, queue_id=queue.id, person_id=olena.id))
    with signed_in(browser, url, "olena", PASSWORD) as page:
        page.set_viewport_size({"width": 1440, "height": 900})
        yield page


def on_shift(page: Page, centre: Centre) -> None:
    """The desk of a shift that began at this page."""
    page.goto("/me")
    page.evaluate("seat => sessionStorage.setItem('holos.seat', seat)", SEAT)
    token = page.locator("meta[name='csrf-token']").get_attribute("content") or ""
    begun = page.request.post("/desk/shift", form={"seat": SEAT}, headers={"X-CSRF-Token": token})
    assert begun.ok
    page.goto("/desk")
    expect(part(page, "ready")).to_be_visible()


def expires(centre: Centre) -> None:
    """Olena's sessions end."""
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(delete(SignIn).where(SignIn.person_id == centre.people["olena"].id))


def test_a_desk_without_a_session_asks_ever_less_often_and_goes_on_after_signing_in(desk: Page, centre: Centre):
    desk.clock.install()
    with desk.expect_response("**/desk/seen"):
        desk.goto("/desk")
    expires(centre)
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url) if ASKED in request.url else None)
    with desk.expect_response(lambda answer: answer.url.endswith("/desk/seen") and answer.status == 401):
        desk.clock.run_for(20_000)
    expect(part(desk, "notice")).to_contain_text("Сеанс завершено")
    asked.clear()
    for _ in range(120):
        desk.clock.run_for(1000)
    assert 3 <= len(asked) <= 10, f"{len(asked)} questions in two minutes: 1, 2, 4, 8, 16, 30, 30 seconds apart"

    with desk.expect_popup() as opened:
        desk.locator("#session-ended a, [data-part=notice] a").last.click()
    beside = opened.value
    beside.fill("#field-login", "olena")
    beside.fill("#field-password", PASSWORD)
    beside.press("#field-password", "Enter")
    expect(part(desk, "notice")).to_contain_text("Ви знову ввійшли")
    assert desk.url.endswith("/desk"), "the desk has stayed where it was"


def unfinished(centre: Centre, call: UUID | None = None) -> None:
    """A talk of yesterday lacks its result."""
    olena, yesterday = centre.people["olena"], datetime.now(UTC) - timedelta(days=1)
    with transaction(EVERY_ORGANISATION) as session:
        session.add(
            WrapUp(
                organisation_id=olena.organisation_id,
                call=call or uuid4(),
                person_id=olena.id,
                started_at=yesterday,
                due_at=yesterday,
            )
        )


def test_ready_is_grey_beside_an_old_wrap_up_and_says_why(desk: Page, centre: Centre):
    unfinished(centre)
    on_shift(desk, centre)
    expect(part(desk, "wrap-up-title")).to_have_text("Попередній дзвінок не завершено")
    expect(part(desk, "wrap-up-call")).to_contain_text("тому")
    expect(part(desk, "ready")).to_have_attribute("aria-disabled", "true")
    expect(part(desk, "ready-waits")).to_contain_text("Спершу вкажіть")
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url) if request.url.endswith("/desk/ready") else None)
    part(desk, "ready").click(force=True)
    expect(part(desk, "notice")).to_contain_text("Спершу вкажіть")
    desk.keyboard.press("F9")
    assert not asked, "what would be refused is not asked for"
    expect(part(desk, "finish")).to_contain_text("пауза триває")
    desk.locator("[name=result][value=explained]").check(force=True)
    part(desk, "finish").click()
    expect(part(desk, "panel-wrap-up")).to_be_hidden()
    expect(part(desk, "notice")).to_contain_text("Ви на паузі")
    expect(part(desk, "ready")).to_have_attribute("aria-disabled", "false")
    expect(part(desk, "ready")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(part(desk, "state")).to_have_attribute("data-state", "ready")


def test_a_begun_card_is_told_of_at_done_and_waits_between_calls(desk: Page, centre: Centre):
    """The note that was typed and not kept is kept with the result; the card opens again as it was."""
    call = answered_call(centre.people["olena"])
    unfinished(centre, call)
    on_shift(desk, centre)
    desk.fill("#appeal-card [name=surname]", "Мельник")
    desk.fill("#appeal-card [name=substance]", "Недописане про ліхтар")
    desk.fill("#note-call", "Передзвонить увечері")
    expect(part(desk, "finish")).to_be_in_viewport(ratio=1)
    expect(part(desk, "wrap-up-begun")).to_be_hidden()
    desk.locator("[name=result]").first.focus()
    desk.keyboard.press("1")
    desk.keyboard.press("Enter")
    expect(part(desk, "wrap-up-begun")).to_contain_text("не зареєстровано")
    expect(part(desk, "panel-wrap-up")).to_be_visible()
    expect(part(desk, "finish")).to_be_focused()
    expect(part(desk, "finish")).to_be_in_viewport(ratio=1)
    desk.keyboard.press("Enter")
    expect(part(desk, "panel-wrap-up")).to_be_hidden()
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalars(select(CallNote.text)).all() == ["Передзвонить увечері"]
    with desk.expect_popup() as opened:
        part(desk, "begun").get_by_role("link", name="Мельник").click()
    expect(opened.value.locator("[name=substance]")).to_have_value("Недописане про ліхтар")


def test_what_is_said_of_a_call_that_broke_off_goes_with_it(desk: Page, centre: Centre):
    """The page was loaded anew in a talk; somebody else takes its caller from the queue, and they hang up."""
    olena = centre.people["olena"]
    on_shift(desk, centre)
    call = answered_call(olena, over=False)
    with transaction(EVERY_ORGANISATION) as session:
        running = update(AgentState).where(AgentState.person_id == olena.id, AgentState.until.is_(None))
        session.execute(running.values(state="talking", reason=None, call=call))
    desk.route_web_socket("**", lambda phone: None)  # its own notice would take the place
    desk.clock.install()
    desk.goto("/desk")
    expect(part(desk, "notice")).to_contain_text(catalogue("uk").gettext(ANEW))
    happen(olena.organisation_id, [events.CallEnded(call=call, at=datetime.now(UTC), cause=16, by_caller=True)])
    with desk.expect_response("**/desk/seen"):
        desk.clock.run_for(20_000)
    expect(part(desk, "notice")).to_be_hidden()


@pytest.mark.parametrize("language", ["uk", "ru", "uz", "en"])
def test_the_top_line_keeps_one_row_with_a_long_reason(desk: Page, centre: Centre, language: str):
    unfinished(centre)
    on_shift(desk, centre)
    speaks(desk, language)
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(AgentState).where(AgentState.until.is_(None)).values(reason="lunch"))
    desk.goto("/desk")
    expect(part(desk, "ready-waits")).to_be_visible()
    rows = desk.evaluate(
        "[...document.querySelectorAll('.desk-top > *')].filter((each) => each.offsetWidth)"
        ".map((each) => { const box = each.getBoundingClientRect(); return (box.top + box.bottom) / 2; })"
    )
    assert max(rows) - min(rows) < 12, rows
    assert desk.evaluate("document.querySelector('.desk-top').offsetHeight") < 70
    assert not desk.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert part(desk, "state-reason").get_attribute("title") == LONG


def test_a_new_reason_and_a_new_topic_are_on_an_open_desk_at_once(desk: Page, centre: Centre):
    """Nobody reloads a desk in the middle of a shift."""
    on_shift(desk, centre)
    part(desk, "ready").click()
    admin, names = centre.people["admin.khm"], {"uk": "Чай", "en": "Tea"}
    with transaction(EVERY_ORGANISATION) as session:
        directories.add(session, Directory.PAUSES, "tea", names, lasts=timedelta(minutes=15), by=admin)
        directories.add(session, Directory.TOPICS, "light", {"uk": "Світло", "en": "Light"}, by=admin)
    expect(part(desk, "topics").locator("option[value=light]")).to_have_text("Світло")
    part(desk, "pause").click()
    desk.locator('[data-pause="tea"]').click()
    expect(part(desk, "state-reason")).to_contain_text("Чай")
