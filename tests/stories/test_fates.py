"""One story for each way a call can end. Then the manager reads the page of the call, and hears the talk."""

import time

from playwright.sync_api import expect

from tests.town import arranged
from tests.town.call_page import CallPage
from tests.town.citizen import Citizen
from tests.town.town import Town


def test_answered(town: Town) -> None:
    """Answered and ended by the operator."""
    andrii = town.agent("andrii").signs_in().goes_ready()
    caller = town.caller("uk")
    caller.dials("1580").hears("khm-welcome", "uk").presses("3").hears("khm-topics", "en").presses("3")
    andrii.phone_rings().answers()
    said = caller.talks_with(andrii, town.speech("uk"), seconds=5)
    andrii.hangs_up()
    caller.is_sent_away()
    assert caller.ends_as("answered")["agent"] == andrii.interface
    andrii.wraps_up("settled").ends_shift()
    page = _read(town, caller)
    page.tells("Key %(key)s in the menu “%(menu)s”", key="3", menu=page.words("choice of topic"))
    page.tells("Recording began, part %(number)s", number=1)
    assert page.words("settled") in page.sentence
    page.listens().hold(caller=said, operator=andrii.voice, seconds=5)


def test_abandoned_in_the_menu(town: Town) -> None:
    """Hung up before any queue."""
    caller = town.caller("uk")
    caller.dials("1580").hears("khm-welcome", "uk")
    caller.hangs_up()
    assert caller.ends_as("abandoned_in_menu")["queued_at"] is None
    _read(town, caller).tells("The caller hung up").says_that_there_is_none()


def test_abandoned_in_the_queue(town: Town) -> None:
    """Hung up while waiting."""
    caller = town.caller("uk").asks_for("khm-heating").waits_in("khm-heating")
    caller.hangs_up()
    assert caller.ends_as("abandoned_in_queue")["answered_at"] is None
    joined = "Joined the queue “%(queue)s” as number %(position)s"
    page = _read(town, caller).tells(joined, queue="Опалення", position=1)
    page.says_that_there_is_none()


def test_refused_for_want_of_room(town: Town) -> None:
    """Over the capacity: an apology is spoken, the refusal is counted."""
    inside, outside = town.caller("uk"), town.caller("uk")
    with arranged.capacity(town, "khm", 1):
        inside.dials("1580").hears("khm-welcome", "uk")
        outside.dials("1580").hears("all-lines-busy", "uk").is_sent_away()
        outside.ends_as("refused")
        inside.hangs_up()
        inside.ends_as("abandoned_in_menu")
    page = _read(town, outside).tells("All %(capacity)s lines were busy; an apology was spoken", capacity=1)
    page.says_that_there_is_none()


def test_out_of_hours(town: Town) -> None:
    """Told that nobody is there."""
    caller = town.caller("uk")
    with arranged.closed(town, "khm"):
        caller.dials("1580").hears("khm-welcome", "uk").presses("1").hears("closed", "uk", seconds=15)
        caller.hangs_up()
        caller.ends_as("out_of_hours")
    _read(town, caller).tells("Closed: %(reason)s", reason="").says_that_there_is_none()


def test_a_callback_is_asked_for_at_night(town: Town) -> None:
    """Leaves the own number instead of waiting for the morning."""
    caller = town.caller("uk")
    with arranged.closed(town, "khm"):
        caller.dials("1580").hears("khm-welcome", "uk").presses("1").hears("closed", "uk", seconds=15)
        caller.hears("night-menu", "uk", seconds=25).presses("2")
        caller.hears("callback-confirm", "uk").presses("1").hears("callback-accepted", "uk").is_sent_away()
        caller.ends_as("callback_asked")
    _read(town, caller).tells("The call was ended on our side").says_that_there_is_none()


def test_settled_by_self_service(town: Town) -> None:
    """Heard the information wanted, and was content."""
    caller = town.caller("uk").hears_the_topics_of("khm").presses("6")
    caller.hears("khm-information", "uk").hears("khm-topics", "uk", seconds=60)
    caller.hangs_up()
    caller.ends_as("self_service")
    page = _read(town, caller)
    page.tells("Self-service “%(service)s”", service=page.words("information"))
    page.says_that_there_is_none()


def test_lost(town: Town) -> None:
    """Asterisk died in the middle: nobody can say how the call ended."""
    caller = town.caller("uk").asks_for("khm-heating").waits_in("khm-heating")
    town.product.kill("asterisk")
    town.product.begin("asterisk")
    town.product.wait_until_ready("asterisk")
    caller.ends_as("lost", seconds=20)
    caller.hangs_up()
    _read(town, caller).says_that_there_is_none()


def test_lost_in_the_middle_of_a_talk(town: Town) -> None:
    """What was said until Asterisk died can be heard all the same, and its result is asked for."""
    olena, caller = town.talk("olena", "khm-heating")
    said = caller.talks_with(olena, town.speech("uk"), seconds=8)  # Asterisk writes two seconds at a time
    town.product.kill("asterisk")
    town.product.begin("asterisk")
    town.product.wait_until_ready("asterisk")
    caller.ends_as("lost", seconds=20)
    caller.hangs_up()
    olena.is_in("paused", seconds=20)
    expect(olena.part("hang-up")).to_be_hidden(timeout=30_000)  # nobody told the phone that the line is dead
    sound = _read(town, caller).listens(by=time.monotonic() + 40)  # a file that was cut off is waited for
    sound.hold(caller=said, operator=olena.voice, seconds=3)
    olena.wraps_up("unresolved").goes_ready()
    after = town.caller("uk").asks_for("khm-heating")
    olena.phone_rings().answers()
    after.hangs_up()
    after.ends_as("answered")
    olena.wraps_up().ends_shift()


def _read(town: Town, caller: Citizen) -> CallPage:
    """The page of the call as the manager reads it: its beginning and its end are told."""
    call = caller.call
    page = town.call_page("mykola", call["id"])
    return page.tells("Called %(dialled)s", dialled="1580").ends_as(call["fate"])
