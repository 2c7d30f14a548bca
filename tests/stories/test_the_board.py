"""The supervisor's board during calls: figures that follow, ears and a voice in a talk, the hand on the shift."""

import re
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from staff import tables as staff
from staff.model import Role
from supervisor.supervision import service as supervision
from supervisor.supervision.tables import SupervisionRules
from tests.town import audio
from tests.town.exchange import ADDRESS
from tests.town.operators import Operator
from tests.town.people import Person
from tests.town.supervisors import Supervisor
from tests.town.town import TRUNK_CHANNELS, Town
from tests.town.waiting import wait_for

TALK = 5  # seconds
UNDERSTOOD, UNHEARD = 0.6, 0.15
QUEUE = "khm-heating"


def test_the_board_follows_a_call(town: Town) -> None:
    """A caller waits, is answered and hangs up: the card and the operator's row say so, and how fresh they are."""
    olena = town.agent("olena").signs_in().goes_ready()
    iryna = Supervisor(town, "iryna")
    expect(iryna.row(olena)).to_have_attribute("data-state", "ready")
    expect(iryna.part("freshness")).to_have_attribute("data-lamp", "on")
    expect(iryna.part("asterisk")).to_have_attribute("data-lamp", "on", timeout=10_000)
    card = iryna.card(QUEUE)
    before = int(card.locator('[data-part="answered"]').inner_text())
    caller = town.caller("uk").asks_for(QUEUE)
    olena.phone_rings()
    expect(card.locator('[data-part="waiting"]')).to_have_text("1", timeout=3000)
    expect(card.locator('[data-part="longest"]')).to_have_text(re.compile(r"\d\d:\d\d"))
    expect(iryna.row(olena)).to_have_attribute("data-state", "ringing")
    olena.answers()
    expect(iryna.row(olena)).to_have_attribute("data-state", "talking", timeout=3000)
    expect(iryna.part("channels")).to_have_text(re.compile(r"^1 / "))
    expect(iryna.part("trunks")).to_have_text(f"{ADDRESS}1 / {TRUNK_CHANNELS}")
    caller.hangs_up()
    expect(card.locator('[data-part="answered"]')).to_have_text(str(before + 1), timeout=3000)
    ended = caller.ends_as("answered")
    expect(iryna.part("trunks")).to_have_text(f"{ADDRESS}0 / {TRUNK_CHANNELS}", timeout=3000)
    card.locator('[data-part="answered"]').click()
    expect(iryna.page.locator(f'tbody a[href^="/calls/{ended["id"]}"]').first).to_be_visible()
    olena.wraps_up().ends_shift()


def test_listen_whisper_and_barge(town: Town) -> None:
    """Each hears whom they should and nobody else; the operator sees it; the recording holds the talk as ever."""
    olena, caller = town.talk("olena", QUEUE)
    iryna = Supervisor(town, "iryna")
    iryna.opens(olena)
    iryna.page.keyboard.press("1")
    expect(iryna.part("drawer-problem")).to_be_visible()
    iryna.says_what_for().takes_part("1", "listen")
    wait_for("the supervisor to hear the caller", lambda: _hears_both(town, iryna, olena, caller), seconds=3 * TALK)
    before = iryna.mark()
    _seconds_pass(caller)
    alone = audio.seconds_of(audio.repeated(olena.voice), iryna.heard_since(before))
    assert alone >= 0.5 * TALK, f"the supervisor hears the operator for {alone:g} s only"
    olena.mutes()  # two voices at once are hard to tell apart by ear
    _hear_her(iryna, olena=olena, caller=caller, operator_hears=False, caller_hears=False)
    iryna.takes_part("2", "whisper")
    _hear_her(iryna, olena=olena, caller=caller, operator_hears=True, caller_hears=False)
    iryna.takes_part("3", "barge")
    _hear_her(iryna, olena=olena, caller=caller, operator_hears=True, caller_hears=True)
    iryna.page.keyboard.press("0")
    expect(iryna.part("drawer-stop")).to_be_hidden()
    olena.unmutes()
    said = caller.talks_with(olena, town.speech("uk"), seconds=TALK)
    caller.hangs_up()
    caller.ends_as("answered")
    olena.wraps_up().ends_shift()
    sound = town.call_page("iryna", caller.call["id"]).listens()
    assert audio.share_heard(said, sound.caller) >= UNDERSTOOD, "what came after the supervisor is not recorded"
    deeds = [row["deed"] for row in town.product.rows(DEEDS, str(caller.call["id"]))]
    assert deeds == ["supervision.listen", "supervision.whisper", "supervision.barge", "supervision.ended"]


DEEDS = "SELECT deed FROM audit WHERE details->>'call' = %s ORDER BY id"
DIRECTED = (
    "SELECT deed, details->>'purpose' AS purpose FROM audit"
    " WHERE deed LIKE 'agent.%%' AND subject = %s AND at >= %s ORDER BY id"
)


def _seconds_pass(caller: Person) -> None:
    begun = caller.line.position
    wait_for("some seconds of the line", lambda: caller.line.position - begun >= TALK * audio.RATE, seconds=TALK + 5)


def _hears_both(town: Town, iryna: Supervisor, olena: Operator, caller: Person) -> bool:
    """Whether she understands the caller while both of them speak."""
    before = iryna.mark()
    said = caller.talks_with(olena, town.speech("uk"), seconds=TALK)
    return audio.share_heard(said, iryna.heard_since(before)) >= UNDERSTOOD


def _hear_her(iryna: Supervisor, *, olena: Operator, caller: Person, operator_hears: bool, caller_hears: bool) -> None:
    """Whether the supervisor's voice reaches the operator, and the caller, in the next seconds."""
    at_olena, at_caller = olena.mark(), caller.line.position
    _seconds_pass(caller)
    for name, heard, should in (
        ("the operator", olena.heard_since(at_olena), operator_hears),
        ("the caller", caller.line.heard(at_caller), caller_hears),
    ):
        share = audio.seconds_of(audio.repeated(iryna.voice), heard) / TALK
        if should:
            assert share >= 0.3, f"{name} does not hear the supervisor: {share:.0%}"
        else:
            assert share <= UNHEARD, f"{name} hears the supervisor: {share:.0%}"


def test_a_message_and_the_end_of_the_shift(town: Town) -> None:
    """Olena sees the message in her talk and that somebody listens; her shift ends after the call and its wrap-up."""
    olena, caller = town.talk("olena", QUEUE)
    iryna = Supervisor(town, "iryna").opens(olena)
    iryna.page.locator("#drawer-text").fill("Спитайте про другий під’їзд")
    iryna.part("drawer-message").locator("button").click()
    expect(iryna.part("direct-problem")).to_be_visible()
    iryna.directs_for("guidance").part("drawer-message").locator("button").click()
    message = olena.page.locator(".supervised-message")
    expect(message).to_contain_text("другий під’їзд")
    message.locator("button").click()
    expect(message).to_have_count(0)
    expect(iryna.part("drawer-read")).to_contain_text(re.compile(r"\d\d:\d\d"))
    iryna.says_what_for().takes_part("1", "listen")
    expect(olena.page.locator(".supervised-beside")).to_be_visible()
    iryna.page.keyboard.press("0")
    expect(olena.page.locator(".supervised-beside")).to_have_count(0)
    iryna.page.once("dialog", lambda question: question.accept())
    iryna.directs_for("rest").part("sign-out").click()
    olena.is_in("talking")
    caller.hangs_up()
    caller.ends_as("answered")
    olena.is_in("wrap_up").wraps_up()
    olena.is_in("offline")
    expect(iryna.row(olena)).to_have_count(0)
    said = town.product.rows(DIRECTED, f"person:{olena.interface.removeprefix('PJSIP/agent')}", town.began_at)
    assert [(row["deed"], row["purpose"]) for row in said] == [
        ("agent.messaged", "guidance"),
        ("agent.signed_out", "rest"),
    ]


def test_a_call_is_taken_over(town: Town) -> None:
    """The caller goes on with Iryna, the talk is recorded as a part of its own, Olena has her wrap-up."""
    olena, caller = town.talk("olena", QUEUE)
    iryna = Supervisor(town, "iryna").opens(olena).says_what_for("help")
    iryna.takes_part("1", "listen")
    iryna.part("take-over").click()
    olena.is_in("wrap_up")
    said = caller.talks_with(iryna, town.speech("uk"), seconds=TALK)
    caller.hangs_up()
    ended = caller.ends_as("answered")
    assert ended["agent"] == town.agent("iryna").interface
    olena.wraps_up("passed_on").ends_shift()
    sound = town.call_page("iryna", caller.call["id"]).listens(2)
    assert audio.share_heard(said, sound.caller) >= UNDERSTOOD, "the talk with the supervisor is not recorded"
    deeds = [row["deed"] for row in town.product.rows(DEEDS, str(caller.call["id"]))]
    assert deeds == ["supervision.listen", "supervision.ended", "supervision.take_over", "supervision.ended"]


@pytest.fixture
def short_limit(town: Town) -> Iterator[timedelta]:
    """The organisation lets nobody take part for longer than a few seconds."""
    limit = timedelta(seconds=12)
    with town.product.office("khm") as (session, organisation):
        session.merge(SupervisionRules(organisation_id=organisation.id, shown=True, limit=limit))
    yield limit
    with town.product.office("khm") as (session, organisation):
        session.delete(session.get_one(SupervisionRules, organisation.id))


def test_listening_ends_by_itself_when_its_time_is_over(town: Town, short_limit: timedelta) -> None:
    """Nobody presses anything: the exchange cuts the supervisor off, and the talk goes on."""
    olena, caller = town.talk("olena", QUEUE)
    iryna = Supervisor(town, "iryna").opens(olena).says_what_for()
    iryna.takes_part("1", "listen")
    expect(iryna.part("drawer-stop")).to_be_hidden(timeout=(short_limit.total_seconds() + 4) * 1000)
    ended = "SELECT ended_at - asked_at AS lasted, outcome FROM supervision WHERE call = %s"
    wait_for("the end to be written down", lambda: town.product.rows(ended, caller.call["id"])[0]["outcome"])
    row = town.product.rows(ended, caller.call["id"])[0]
    assert row["outcome"] == "over"
    assert short_limit - timedelta(seconds=2) <= row["lasted"] <= short_limit + timedelta(seconds=3)
    before = iryna.mark()
    said = caller.talks_with(olena, town.speech("uk"), seconds=TALK)
    assert audio.share_heard(said, iryna.heard_since(before)) <= UNHEARD, "the supervisor still hears the caller"
    caller.hangs_up()
    caller.ends_as("answered")
    olena.wraps_up().ends_shift()


def test_who_may_listen_no_longer_is_taken_out_of_the_talk(town: Town) -> None:
    """Nobody tells her page, which would hang up by itself: the exchange does, and the talk goes on without her."""
    olena, caller = town.talk("olena", QUEUE)
    iryna = Supervisor(town, "iryna").opens(olena).says_what_for()
    iryna.takes_part("1", "listen")
    wait_for("the supervisor to hear the caller", lambda: _hears_both(town, iryna, olena, caller), seconds=3 * TALK)
    with town.product.office("khm") as (session, _):
        named = select(staff.Person).where(staff.Person.login == "iryna")
        supervision.take_phone_back(session, session.scalars(named).one())
    expect(iryna.part("drawer-stop")).to_be_hidden(timeout=10_000)
    before = iryna.mark()
    said = caller.talks_with(olena, town.speech("uk"), seconds=TALK)
    assert audio.share_heard(said, iryna.heard_since(before)) <= UNHEARD, "the supervisor still hears the caller"
    caller.hangs_up()
    caller.ends_as("answered")
    olena.wraps_up().ends_shift()


@pytest.fixture
def second_supervisor(town: Town) -> Iterator[str]:
    """Mykola is a supervisor as well; his login."""
    named = select(staff.Person).where(staff.Person.login == "mykola")
    with town.product.office("khm") as (session, _):
        mykola = session.scalars(named).one()
        before, mykola.roles = mykola.roles, [*mykola.roles, Role.SUPERVISOR.value]
    yield "mykola"
    with town.product.office("khm") as (session, _):
        session.scalars(named).one().roles = before


def test_two_supervisors_are_in_one_talk(town: Town, second_supervisor: str) -> None:
    """Both hear, each speaks to both sides: neither ends the other's part, and all see who is there."""
    olena, caller = town.talk("olena", QUEUE)
    iryna = Supervisor(town, "iryna").opens(olena).says_what_for()
    mykola = Supervisor(town, second_supervisor).opens(olena).says_what_for("quality")
    for listener in (iryna, mykola):
        listener.takes_part("1", "listen")
    expect(mykola.part("drawer-heard")).to_contain_text(town.name_of("iryna"))
    expect(olena.page.locator(".supervised-beside", has_text=town.name_of("mykola"))).to_be_visible()
    marks = [iryna.mark(), mykola.mark()]
    olena.mutes()  # two voices at once are hard to tell apart by ear
    said = caller.says(np.resize(town.speech("uk"), TALK * audio.RATE))
    _seconds_pass(caller)
    for listener, mark in zip((iryna, mykola), marks, strict=True):
        heard = audio.share_heard(said, listener.heard_since(mark))
        assert heard >= UNDERSTOOD, f"{listener.login} does not hear the caller: {heard:.0%}"
    for speaker, other in ((iryna, mykola), (mykola, iryna)):
        speaker.takes_part("3", "barge")
        _hear_her(speaker, olena=olena, caller=caller, operator_hears=True, caller_hears=True)
        expect(other.part("drawer-stop")).to_be_visible()
        speaker.takes_part("1", "listen")
    for speaker in (iryna, mykola):
        speaker.takes_part("3", "barge")
    iryna.page.keyboard.press("0")
    expect(iryna.part("drawer-stop")).to_be_hidden()
    expect(mykola.part("drawer-stop")).to_be_visible()
    _hear_her(mykola, olena=olena, caller=caller, operator_hears=True, caller_hears=True)
    mykola.page.keyboard.press("0")
    expect(mykola.part("drawer-stop")).to_be_hidden()
    caller.hangs_up()
    caller.ends_as("answered")
    olena.wraps_up().ends_shift()
