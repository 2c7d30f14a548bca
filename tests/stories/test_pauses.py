"""A pause over its time reminds of itself; a pause or an end of the shift by a supervisor waits for the call."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from acd.tables import PauseReason
from tests.town import evidence
from tests.town.supervisors import Supervisor
from tests.town.town import Town
from tests.town.waiting import wait_for

QUEUE = "khm-heating"
SHORT = timedelta(seconds=5)
TALK = 3  # seconds
COUNTS_TONES = """() => {
  window.tones = 0;
  const made = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () {
    window.tones += 1;
    return made.call(this);
  };
}"""
TWO_TICKS = "() => new Promise((done) => setTimeout(done, 2500))"  # of the desk's clock


@pytest.fixture
def short_break(town: Town) -> Iterator[timedelta]:
    """The city's break should last a few seconds."""
    named = select(PauseReason).where(PauseReason.code == "break")
    with town.product.office("khm") as (session, _):
        reason = session.scalars(named).one()
        before, reason.lasts = reason.lasts, SHORT
    yield SHORT
    with town.product.office("khm") as (session, _):
        session.scalars(named).one().lasts = before


@pytest.mark.usefixtures("short_break")
def test_a_pause_over_its_time_reminds_once_and_the_board_shows_it(town: Town) -> None:
    olena = town.agent("olena").signs_in().goes_ready()
    iryna = Supervisor(town, "iryna")
    olena.page.evaluate(COUNTS_TONES)
    olena.page.keyboard.press("F9")
    olena.page.locator("[data-pause=break]").click()
    olena.is_in("paused")
    state, row = olena.part("state"), iryna.row(olena)
    expect(state).to_have_attribute("data-overdue", "", timeout=(SHORT.total_seconds() + 5) * 1000)
    over = olena.in_their_language("{reason}: over since {time}").partition("{time}")[0].replace("{reason}", "")
    expect(olena.part("state-reason")).to_contain_text(over.strip())
    assert olena.page.evaluate("() => window.tones") == 1, "a soft tone"
    expect(row).to_have_attribute("data-heat", "bad")
    expect(row.locator("[data-part=agent-about]")).to_have_text(re.compile(r"\d\d:\d\d$"))
    olena.page.evaluate(TWO_TICKS)
    assert olena.page.evaluate("() => window.tones") == 1, "it is said once"
    expect(state).to_have_attribute("data-overdue", "")
    olena.goes_ready()
    expect(state).not_to_have_attribute("data-overdue", "")
    olena.ends_shift()


def test_a_forced_pause_lets_the_running_call_and_its_wrap_up_be_finished(town: Town) -> None:
    """Who waits meanwhile is not offered to her, and is as soon as she says that she is ready."""
    olena, caller = town.talk("olena", QUEUE)
    waiting = town.caller("uk").asks_for(QUEUE).waits_in(QUEUE)
    iryna = Supervisor(town, "iryna").opens(olena).directs_for("rest")
    iryna.part("force-pause").click()
    expect(olena.part("pause-after")).to_be_visible()
    expect(iryna.row(olena).locator("[data-part=agent-about]")).not_to_have_text("")
    caller.talks_with(olena, town.speech("uk"), seconds=TALK)
    olena.is_in("talking")
    caller.hangs_up()
    caller.ends_as("answered")
    olena.is_in("wrap_up").wraps_up()
    olena.is_in("paused")
    expect(iryna.row(olena)).to_have_attribute("data-state", "paused")
    evidence.queued_in_asterisk(town.product, QUEUE, 1)
    offers = town.product.rows("SELECT 1 AS one FROM call_leg WHERE call = %s", waiting.call["id"])
    assert not offers, "her phone rang in the pause"
    olena.goes_ready().phone_rings().answers()
    waiting.hangs_up()
    waiting.ends_as("answered")
    olena.wraps_up().ends_shift()


def test_a_forced_end_of_the_shift_lets_them_be_finished_and_who_waits_stays(town: Town) -> None:
    """The caller who waits keeps the place until somebody else is there."""
    olena, caller = town.talk("olena", QUEUE)
    waiting = town.caller("uk").asks_for(QUEUE).waits_in(QUEUE)
    iryna = Supervisor(town, "iryna").opens(olena).directs_for("rest")
    iryna.page.once("dialog", lambda question: question.accept())
    iryna.part("sign-out").click()
    deeds = "SELECT 1 AS one FROM audit WHERE deed = 'agent.signed_out' AND at >= %s"
    wait_for("the deed to be written down", lambda: town.product.rows(deeds, town.began_at))
    caller.talks_with(olena, town.speech("uk"), seconds=TALK)
    olena.is_in("talking")
    caller.hangs_up()
    caller.ends_as("answered")
    olena.is_in("wrap_up").wraps_up()
    olena.is_in("offline")
    expect(iryna.row(olena)).to_have_count(0)
    evidence.queued_in_asterisk(town.product, QUEUE, 1)
    olena.goes_ready().phone_rings().answers()
    waiting.hangs_up()
    waiting.ends_as("answered")
    olena.wraps_up().ends_shift()
