"""What is said while the recording is paused is in it on neither side."""

from tests.town import audio
from tests.town.operators import Operator
from tests.town.people import Person
from tests.town.town import Town

PART = 5  # seconds within and after the pause


def test_sensitive_data_stay_out_of_the_recording(town: Town) -> None:
    """Olena pauses with F3 while the caller tells a secret; the desk shows since when; then the talk goes on."""
    olena, caller = town.talk("olena", "khm-heating")
    _pauses(olena, True)  # in the talk's first moment: the server may not have heard of it yet
    secret = _tells_a_secret(town, caller, olena)
    assert olena.part("recording-clock").inner_text() >= "00:04", "how long it is paused"
    _pauses(olena, False)
    said = caller.talks_with(olena, town.speech("uk"), seconds=PART)
    caller.hangs_up()
    caller.ends_as("answered")
    olena.wraps_up("explained").ends_shift()

    page = town.call_page("iryna", caller.call["id"])
    for message in ("Recording paused, to keep sensitive data out of it", "Recording goes on"):
        assert page.words(message) in page.events
        assert page.page.locator(f'.timeline-mark[title="{page.words(message)}"]').count() == 1
    sound = page.listens()
    assert audio.share_heard(said, sound.caller) >= 0.6, "the talk itself is not recorded"
    assert audio.share_heard(secret, sound.caller) <= 0.1, "the secret is in the caller's channel"
    _is_silent_on_both_sides(sound)


def _pauses(olena: Operator, paused: bool) -> None:
    """F3, and the desk says that it is done."""
    olena.page.keyboard.press("F3")
    banner = olena.part("recording-paused")
    banner.wait_for(state="visible" if paused else "hidden")


def _tells_a_secret(town: Town, caller: Person, olena: Operator) -> audio.Sound:
    """The operator hears it, so that it is the pause and not the line that keeps it out."""
    before = olena.mark()
    secret = caller.says(audio.read(audio.speech(town.here, "secret", "uk+m5", SECRET)))
    assert audio.share_heard(secret, olena.heard_since(before)) >= 0.6, "the operator did not hear the secret"
    return secret


def _is_silent_on_both_sides(sound: audio.Channels) -> None:
    """The operator's microphone speaks without an end, so silence of both, seconds long, is the pause."""
    half = audio.RATE // 2
    pieces = [
        (sound.operator[at : at + half], sound.caller[at : at + half]) for at in range(0, sound.caller.size, half)
    ]
    silent = "".join("x" if all(map(audio.is_silent, both)) else " " for both in pieces)
    longest = max(len(run) for run in silent.split(" ")) / 2
    assert longest >= PART - 1, f"both are silent for {longest:g} s only"
    assert sound.caller.size >= (2 * PART - 1) * audio.RATE, "the recording has lost the length of the pause"


SECRET = "Номер моєї картки сорок чотири дванадцять, двадцять вісім тридцять, сімнадцять п'ятдесят, шістнадцять."
