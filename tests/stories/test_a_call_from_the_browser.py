"""A citizen without a telephone: the public page calls, an operator answers."""

import time

from tests.town import audio
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
