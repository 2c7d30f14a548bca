"""The desk itself during calls: the keyboard alone, no barrier in any state, two places, a call declined."""

from functools import partial

import redis
from playwright.sync_api import Page, Response, Route, expect
from sqlalchemy import delete, select

from staff.tables import Person, SignIn
from tests.pages.barriers import AXE, CHECK
from tests.town.browser import part
from tests.town.operators import Operator
from tests.town.town import Town
from tests.town.waiting import wait_for
from web import live

THEME = """async (theme) => {
  document.documentElement.dataset.bsTheme = theme;
  const moving = () => document.getAnimations().some((each) => each instanceof CSSTransition);
  for (let frame = 0, still = 0; still < 5 && frame < 120; frame++) {
    await new Promise(requestAnimationFrame);
    still = moving() ? 0 : still + 1;
  }
}"""


def test_the_keyboard_alone(town: Town) -> None:
    """F2 answers, F4 holds, F6 mutes, F7 shows the key pad, digits choose the result, F9 pauses: no mouse."""
    olena = town.agent("olena").signs_in().goes_ready()
    keyboard, page = olena.page.keyboard, olena.page
    caller = town.caller("uk").asks_for("khm-heating")
    olena.phone_rings()
    expect(part(page, "answer")).to_be_focused()
    keyboard.press("F2")
    olena.is_in("talking")
    expect(page.locator("[name=substance]")).to_be_focused()
    keyboard.press("F6")
    expect(part(page, "mute")).to_have_attribute("aria-pressed", "true")
    keyboard.press("F6")
    keyboard.press("F4")
    olena.is_in("hold")
    keyboard.press("F4")
    olena.is_in("talking")
    keyboard.press("F7")
    expect(part(page, "keypad")).to_be_visible()
    keyboard.press("Control+Shift+H")
    olena.is_in("wrap_up")
    keyboard.press("Enter")
    expect(part(page, "wrap-up-problem")).to_be_visible()
    keyboard.press("2")
    page.reload()
    expect(page.locator("[name=result][value=explained]")).to_be_checked()
    page.locator("[name=result][value=explained]").focus()
    keyboard.press("Enter")
    olena.is_in("ready")
    assert caller.ends_as("answered")["result"] == "explained"
    keyboard.press("F9")
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    olena.is_in("paused")
    keyboard.press("F9")
    olena.is_in("ready").ends_shift()


def test_no_state_of_the_desk_has_a_barrier(town: Town) -> None:
    """axe finds nothing serious while it rings, in talk, in the pick list of transfers, in the wrap-up; both themes."""
    olena = town.agent("olena").signs_in().goes_ready()
    barriers = _barriers(olena, "ready")
    caller = town.caller("uk").asks_for("khm-heating")
    olena.phone_rings().sees_card()
    expect(olena.page.locator("[name=substance]")).to_be_visible()
    barriers += _barriers(olena, "ringing")
    olena.answers()
    barriers += _barriers(olena, "talking")
    olena.part("keys").click()
    barriers += _barriers(olena, "key pad")
    olena.part("transfer").click()
    expect(olena.page.locator(".target").first).to_be_visible()
    barriers += _barriers(olena, "transfer")
    olena.page.keyboard.press("Escape")
    caller.hangs_up()
    olena.is_in("wrap_up")
    barriers += _barriers(olena, "wrap-up")
    olena.wraps_up().ends_shift()
    assert not barriers, "\n".join(barriers)


def _barriers(operator: Operator, state: str) -> list[str]:
    found = []
    page = operator.page
    page.evaluate(AXE.read_text("utf-8"))
    for theme in ("dark", "light"):
        page.evaluate(THEME, theme)
        found += [f"{state}, {theme}: {barrier}" for barrier in page.evaluate(CHECK)]
    return found


def test_another_place_takes_the_phone(town: Town) -> None:
    """The shift moves to the newer page; the older one says so and rings no more."""
    olena = town.agent("olena").signs_in().goes_ready()
    elsewhere = olena.new_page()
    elsewhere.goto("/desk")
    part(elsewhere, "start-shift").click()
    expect(part(elsewhere, "phone-lamp")).to_have_attribute("data-lamp", "on", timeout=15_000)
    expect(olena.part("panel-shift")).to_be_visible()
    expect(olena.part("phone-lamp")).to_have_attribute("data-lamp", "off")
    expect(part(elsewhere, "state")).to_have_attribute("data-state", "ready")
    caller = town.caller("uk").asks_for("khm-heating")
    expect(part(elsewhere, "call-ringing")).to_be_visible(timeout=15_000)
    assert not olena.part("call-ringing").is_visible()
    caller.hangs_up()
    caller.ends_as("abandoned_in_queue")
    part(elsewhere, "end-shift").click()
    expect(part(elsewhere, "state")).to_have_attribute("data-state", "offline")


def test_a_tab_opened_from_the_desk_ends_no_talk(town: Town) -> None:
    """It begins with a copy of what the desk's tab remembers, as a duplicate does; the talk stays where it is."""
    olena, caller = town.talk("olena", "khm-heating")
    asked = partial(_first_sign_of_another, olena.page)
    with olena.page.expect_popup() as opened, olena.page.context.expect_event("response", asked) as answer:
        olena.page.evaluate("void window.open('/desk')")
    assert answer.value.json()["here"] is False
    expect(part(opened.value, "start-shift")).to_be_visible()
    olena.is_in("talking")
    opened.value.close()
    caller.hangs_up()
    caller.ends_as("answered")
    olena.wraps_up().ends_shift()


def test_a_talk_ends_while_nobody_is_signed_in(town: Town) -> None:
    """The desk hears from its own phone that the talk is over; the wrap-up is there after signing in beside it."""
    olena, caller = town.talk("olena", "khm-heating")
    _session_ends(town, olena)
    expect(olena.part("notice").locator("a")).to_be_visible(timeout=30_000)  # a sign of life was refused
    caller.hangs_up()
    _says_that_the_talk_is_over(olena)
    olena.signs_in_beside(olena.part("idle-sign-in")).is_in("wrap_up").wraps_up().is_in("ready")

    caller = town.caller("uk").asks_for("khm-heating")
    olena.phone_rings().answers().is_in("talking")
    _session_ends(town, olena)
    caller.hangs_up()
    _says_that_the_talk_is_over(olena)
    olena.signs_in_beside(olena.part("notice").locator("a")).is_in("wrap_up").wraps_up().ends_shift()


def _session_ends(town: Town, operator: Operator) -> None:
    with town.product.archive() as session:
        whose = select(Person.id).where(Person.login == operator.login)
        session.execute(delete(SignIn).where(SignIn.person_id.in_(whose)))


def _says_that_the_talk_is_over(operator: Operator) -> None:
    over = operator.in_their_language("The talk is over")
    expect(operator.part("idle-title")).to_have_text(over)
    expect(operator.part("state-text")).to_have_text(over)
    expect(operator.part("notice")).to_contain_text(over)
    expect(operator.part("card")).to_be_visible()


def _first_sign_of_another(desk: Page, response: Response) -> bool:
    return response.url.endswith("/desk/seen") and response.frame.page != desk


def test_a_declined_call_waits_for_somebody_else(town: Town) -> None:
    """Esc declines: the agent is paused and sees why, the caller waits on and is answered after all."""
    olena = town.agent("olena").signs_in().goes_ready()
    caller = town.caller("uk").asks_for("khm-heating")
    olena.phone_rings()
    olena.page.keyboard.press("Escape")
    olena.is_in("paused")
    expect(olena.part("state-reason")).not_to_be_empty()
    caller.waits_in("khm-heating")
    expect(olena.part("waiting")).to_have_text("1")
    olena.part("ready").click()
    olena.phone_rings(seconds=20).answers()
    wait_for("the talk", lambda: olena.state == "talking")
    expect(olena.part("waiting")).to_have_text("0")
    caller.hangs_up()
    caller.ends_as("answered")
    olena.wraps_up().ends_shift()


COUNTED = """() => {
  const media = navigator.mediaDevices;
  const open = media.getUserMedia.bind(media);
  window.opened = [];
  media.getUserMedia = async (asked) => {
    const stream = await open(asked);
    window.opened.push(stream);
    return stream;
  };
}"""


def test_f2_pressed_again_and_again_answers_once(town: Town) -> None:
    """While the microphone opens, and while the exchange is told: one stream, one answer, no word of a failure."""
    olena = town.agent("olena").signs_in().goes_ready()
    olena.page.evaluate(COUNTED)
    caller = town.caller("uk").asks_for("khm-heating")
    olena.phone_rings()
    olena.page.evaluate(
        "() => { const press = () => document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'F2', code: 'F2', bubbles: true, cancelable: true}));"
        "press(); press(); window.presses = setInterval(press, 5); }"
    )
    olena.is_in("talking")
    olena.page.evaluate("clearInterval(window.presses)")
    expect(part(olena.page, "notice")).to_be_hidden()
    assert olena.page.evaluate("window.opened.length") == 1
    caller.hangs_up()
    olena.wraps_up()
    assert olena.page.evaluate("window.opened.every((each) => each.getTracks().every((t) => t.readyState === 'ended'))")
    olena.ends_shift()


def test_an_answer_overtaken_by_a_newer_one_changes_nothing(town: Town) -> None:
    """A sign of life that was long under way says "ready"; the agent has paused since."""
    olena = town.agent("olena").signs_in().goes_ready()

    def stale(route: Route) -> None:
        said = {**route.fetch().json(), "now": "2026-01-01T00:00:00+00:00", "state": "ready", "state_text": "stale"}
        route.fulfill(json=said)

    olena.page.route("**/desk/seen", stale)
    with olena.page.expect_response("**/desk/seen"):
        olena.part("pause").click()
        olena.page.locator("[data-pause]").first.click()
        _nudged(town, "olena")
    olena.is_in("paused")
    assert "stale" not in olena.part("state").inner_text()
    olena.page.unroute_all(behavior="wait")  # a sign of life may be under way
    olena.ends_shift()


def _nudged(town: Town, login: str) -> None:
    """Their desk hears that something is new, and asks."""
    with town.product.office("khm") as (session, _):
        person = session.scalars(select(Person.id).where(Person.login == login)).one()
    with redis.Redis.from_url(town.product.settings.redis_url.get_secret_value()) as client:
        live.publish(client, f"desk:{person}", {"kind": "state"})
