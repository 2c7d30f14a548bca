"""A citizen without a telephone: the public page calls, an operator answers."""

from tests.town import audio, evidence
from tests.town.citizen import UNDERSTOOD
from tests.town.town import Town


def test_a_visitor_calls_and_bobur_answers(town: Town) -> None:
    """The same way through menu, queue, talk and recording, with WebRTC on both sides."""
    bobur = town.agent("bobur").signs_in().goes_ready()
    visitor = town.visitor("uz")
    visitor.calls("dtm")
    visitor.hears("dtm-welcome", "uz").presses("1")
    visitor.hears("dtm-topics", "uz").presses("3")
    bobur.phone_rings()
    call = bobur.sees_card()
    assert call == str(visitor.call["id"])
    bobur.answers()
    visitor.talks_with(bobur, seconds=15)
    visitor.hangs_up()
    ended = visitor.ends_as("answered")
    assert ended["source"] == "browser"
    assert ended["queue"] == "dtm-appeals"

    recording = town.recording_of(visitor)
    left, right = audio.read_channels(evidence.recording_as_played(town, "dilnoza", call, recording))
    assert audio.share_heard(left[audio.RATE :], audio.repeated(visitor.voice)) >= UNDERSTOOD
    assert audio.share_heard(right[audio.RATE :], audio.repeated(bobur.voice)) >= UNDERSTOOD
    bobur.is_in("wrap_up").wraps_up("explained").ends_shift()
    visitor.leaves()
