"""A sensitive field keeps what is said out of the recording for as long as it has the cursor, and no longer."""

from tests.stories.test_recording_pause import PART, SECRET
from tests.town import audio
from tests.town.operators import Operator
from tests.town.people import Person
from tests.town.town import Town


def test_while_the_cursor_is_in_a_sensitive_field_nothing_is_recorded(town: Town) -> None:
    """The caller tells a secret that Olena writes off the record; leaving the field lets the recording go on."""
    olena, caller = town.talk("olena", "khm-heating")
    _enters(olena)
    secret = _tells_a_secret(town, caller, olena)
    olena.page.keyboard.type("4412 2830")
    olena.page.locator(".caller-number").click()
    _is_recorded(olena)
    said = caller.talks_with(olena, town.speech("uk"), seconds=PART)
    _enters(olena)
    olena.page.evaluate("document.querySelector('#off-record').remove()")  # a card painted anew takes the field along
    _is_recorded(olena)
    caller.hangs_up()
    caller.ends_as("answered")
    olena.wraps_up("explained").ends_shift()

    page = town.call_page("iryna", caller.call["id"])
    paused = page.words("Recording paused, to keep sensitive data out of it")
    assert page.page.locator(f'.timeline-mark[title="{paused}"]').count() == 2
    sound = page.listens()
    assert audio.share_heard(said, sound.caller) >= 0.6, "the talk itself is not recorded"
    assert audio.share_heard(secret, sound.caller) <= 0.1, "the secret is in the caller's channel"


def test_who_lets_the_recording_go_on_in_the_field_is_obeyed_and_the_next_call_begins_with_sound(town: Town) -> None:
    olena, caller = town.talk("olena", "khm-heating")
    _enters(olena)
    olena.page.keyboard.press("F3")
    _is_recorded(olena)
    said = caller.talks_with(olena, town.speech("uk"), seconds=PART)
    assert not olena.part("recording-paused").is_visible(), "the field paused it again against F3"
    caller.hangs_up()
    caller.ends_as("answered")
    olena.wraps_up("explained")
    sound = town.call_page("iryna", caller.call["id"]).listens()
    assert audio.share_heard(said, sound.caller) >= 0.6
    olena.ends_shift()


def _enters(olena: Operator) -> None:
    """The cursor in the field, and the desk says that nothing is recorded."""
    olena.page.locator("#off-record").focus()
    olena.part("recording-paused").wait_for(state="visible")


def _is_recorded(olena: Operator) -> None:
    olena.part("recording-paused").wait_for(state="hidden")


def _tells_a_secret(town: Town, caller: Person, olena: Operator) -> audio.Sound:
    before = olena.mark()
    secret = caller.says(audio.read(audio.speech(town.here, "secret", "uk+m5", SECRET)))
    assert audio.share_heard(secret, olena.heard_since(before)) >= 0.6, "the operator did not hear the secret"
    return secret
