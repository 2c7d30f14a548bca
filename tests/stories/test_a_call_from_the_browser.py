"""A citizen without a telephone: the public page calls, an operator answers."""

import time
from contextlib import closing

from playwright.sync_api import expect

from tests.town import audio
from tests.town.sound_cable import SoundCable
from tests.town.town import Town

TALK = 10  # seconds
SOON = 10  # seconds from the hang-up to the first second heard by whoever may listen


def test_a_visitor_calls_and_bobur_answers(town: Town) -> None:
    """The same way through menu, queue, talk and recording, with WebRTC on both sides."""
    bobur = town.agent("bobur").signs_in().goes_ready()
    visitor = town.visitor("uz")
    visitor.calls("dtm")
    visitor.hears("dtm-welcome", "uz").presses("1")
    visitor.hears("dtm-topics", "uz").presses("3")
    bobur.phone_rings()
    call = bobur.sees_card()
    assert call == str(visitor.call["id"]), "the card belongs to another call"
    assert visitor.call["answered_at"] is None, "the card came only after the answer"
    assert "1 → 3" in bobur.card, "the way through the menu is not on the card"
    bobur.answers()
    page = town.call_page("dilnoza", call)
    visitor.talks_with(bobur, seconds=TALK)
    hung_up = time.monotonic()
    visitor.hangs_up()
    sound = page.listens(by=hung_up + SOON)
    ended = visitor.ends_as("answered")
    assert ended["source"] == "browser"
    assert ended["queue"] == "dtm-appeals"

    sound.hold(caller=audio.repeated(visitor.voice), operator=bobur.voice, seconds=TALK)
    assert page.ears() == (page.words("Caller"), town.name_of("bobur"))
    bobur.is_in("wrap_up").wraps_up("explained").ends_shift()
    visitor.leaves()


def test_the_page_says_where_the_call_stands(town: Town) -> None:
    """Menu, place in the queue, an operator, hold, the end; the number they gave is marked as only their word."""
    bobur = town.agent("bobur").signs_in().starts_shift()
    visitor = town.visitor("uz").calls("dtm", gives="90 123 45 67")
    visitor.is_told("menu").hears("dtm-welcome", "uz").presses("1")
    visitor.is_told("menu", "Keys pressed: 1").hears("dtm-topics", "uz").presses("3")
    visitor.is_told("waiting", "You are number 1 in the queue")
    bobur.goes_ready().phone_rings().sees_card(of="901234567")
    expect(bobur.part("call-declared")).to_be_visible()
    expect(bobur.part("card").locator(".caller-declared")).to_be_visible()
    bobur.answers()
    visitor.is_told("talking")
    bobur.holds()
    visitor.is_told("hold")
    bobur.resumes()
    visitor.is_told("talking")
    bobur.hangs_up()
    visitor.is_told_the_end("The operator ended the call. Thank you.")
    assert visitor.ends_as("answered")["caller"] == "+998901234567"
    bobur.is_in("wrap_up").wraps_up("explained").ends_shift()
    visitor.leaves()


def test_who_gave_a_number_may_ask_to_be_called_back(town: Town) -> None:
    """A wrong one is refused beside the field before anything rings."""
    visitor = town.visitor("uk")
    visitor.page.goto("/call/khm")
    visitor.part("own-number").fill("1580")
    visitor.part("call").click()
    expect(visitor.part("own-problem")).to_be_visible()
    expect(visitor.page.locator("[data-visitor]")).to_have_attribute("data-stage", "idle")
    visitor.calls("khm", gives="067 123 45 67").hears("khm-welcome", "uk").presses("1")
    visitor.hears("khm-topics", "uk").presses("3").is_told("waiting")
    visitor.presses("1")
    visitor.is_told_the_end("We will call you back: +380\u00a067\u00a0123\u00a04567")
    visitor.ends_as("callback_asked")
    visitor.leaves()


def test_the_operators_page_is_loaded_anew(town: Town) -> None:
    """The visitor is told so, then the place as everybody in the queue is, then who answers."""
    bobur = town.agent("bobur").signs_in().goes_ready()
    visitor = town.visitor("uz").calls("dtm").hears("dtm-welcome", "uz").presses("1")
    visitor.hears("dtm-topics", "uz").presses("3")
    bobur.phone_rings().answers()
    visitor.is_told("talking")
    bobur.reloads()
    visitor.is_told("waiting", "The operator's line was lost. You are in the queue again.")
    visitor.is_told("waiting", "You are number 1 in the queue")
    bobur.starts_shift()
    if bobur.state == "wrap_up":
        bobur.wraps_up("unresolved")
    bobur.goes_ready().phone_rings(seconds=20)
    visitor.is_told("waiting", "An operator's telephone rings for you")
    bobur.answers()
    visitor.is_told("talking", "An operator is speaking with you")
    visitor.hangs_up()
    visitor.ends_as("answered")
    bobur.is_in("wrap_up").wraps_up("explained").ends_shift()
    visitor.leaves()


def test_no_sound_comes_through(town: Town) -> None:
    """The page says so in words, and what to do; with the sound the words go."""
    visitor = town.visitor("uz")
    problem = visitor.part("problem")
    with closing(SoundCable()) as cable:
        visitor.page.add_init_script(cable.script)
        cable.cut()
        visitor.calls("dtm")
        expect(problem).to_contain_text("No sound comes through this network.")
        expect(problem).to_contain_text("or dial 1414 from any telephone", ignore_case=True)
        cable.mend()
        expect(problem).to_be_hidden()
        visitor.presses("1").hears("dtm-topics", "uz", seconds=20)
        cable.cut()
        expect(problem).to_be_visible()
        visitor.hangs_up()
        expect(problem).to_be_visible()
    visitor.ends_as("abandoned_in_menu")
    visitor.leaves()
