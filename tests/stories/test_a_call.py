"""One citizen's call, whole: from the ring to the playable recording."""

from tests.town import audio, evidence
from tests.town.town import Town

MINUTE = 60  # seconds of speech


def test_a_citizen_calls_and_anna_answers(town: Town) -> None:
    """The great story: menu in Uzbek, two keys, the card before the answer, a minute of talk, the recording."""
    anna = town.agent("anna").signs_in()
    caller = town.caller("uz")
    caller.dials("1414")
    caller.hears("dtm-welcome", "uz")
    caller.presses("1")
    caller.hears("dtm-topics", "uz")
    caller.presses("2")
    caller.hears("recording-notice", "uz")
    caller.waits_in("dtm-certificates")

    anna.goes_ready()
    anna.phone_rings()
    call = anna.sees_card(of=caller.number)
    assert call == str(caller.call["id"]), "the card belongs to another call"
    assert caller.call["answered_at"] is None, "the card came only after the answer"

    anna.answers()
    said = caller.talks_with(anna, town.speech("uz"), seconds=MINUTE)
    caller.hangs_up()
    anna.is_in("wrap_up")
    ended = caller.ends_as("answered")
    assert ended["agent"] == anna.interface
    assert ended["menu_path"] == ["language:1", "topics:2"]
    assert ended["topic"] == "certificates"
    assert ended["talked"].total_seconds() >= MINUTE

    recording = town.recording_of(caller, seconds=10)
    assert recording["notice_heard"]
    assert recording["duration"].total_seconds() >= MINUTE
    played = evidence.recording_as_played(town, "dilnoza", call, recording)
    left, right = audio.read_channels(played)
    assert audio.share_heard(said, left) >= 0.7, "the left channel is not what the caller said"
    assert audio.share_heard(right[audio.RATE :], audio.repeated(anna.voice)) >= 0.7, "the right channel is not Anna"
    assert audio.share_heard(said[: 20 * audio.RATE], right) <= 0.3, "the caller is heard in the operator's channel"

    anna.wraps_up("explained", note="Sertifikat haqida tushuntirildi")
    anna.is_in("ready")
    assert caller.call["result"] == "explained"
    anna.ends_shift()
