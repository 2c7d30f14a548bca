"""One citizen's call, whole: from the ring to the playable recording."""

import time

from recordings import words
from tests.town.call_page import CallPage
from tests.town.town import Town

MINUTE = 60  # seconds of speech
SOON = 10  # seconds from the hang-up to the first second heard by whoever may listen


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

    page = town.call_page("dilnoza", call)  # long before there is anything to hear
    anna.answers()
    said = caller.talks_with(anna, town.speech("uz"), seconds=MINUTE)
    hung_up = time.monotonic()
    caller.hangs_up()
    sound = page.listens(by=hung_up + SOON)
    sound.hold(caller=said, operator=anna.voice, seconds=MINUTE)
    assert page.ears() == (page.words("Caller"), town.name_of("anna"))
    anna.is_in("wrap_up")
    ended = caller.ends_as("answered")
    assert ended["agent"] == anna.interface
    assert ended["menu_path"] == ["language:1", "topics:2"]
    assert ended["topic"] == "certificates"
    assert ended["talked"].total_seconds() >= MINUTE
    recording = town.recording_of(caller)
    assert recording["notice_heard"]
    assert recording["duration"].total_seconds() >= MINUTE

    anna.wraps_up("explained", note="Sertifikat haqida tushuntirildi")
    anna.is_in("ready")
    assert caller.call["result"] == "explained"
    anna.ends_shift()


def test_the_manager_finds_and_hears_it_at_once(town: Town) -> None:
    """Karim looks for the number in the journal of calls and listens; who, when and why is written down (Z-35)."""
    karim = town.agent("karim").signs_in(to="/calls")
    anna, caller = town.talk("anna", "dtm-certificates")
    said = caller.talks_with(anna, town.speech("uz"), seconds=5)
    hung_up = time.monotonic()
    caller.hangs_up()

    karim.page.locator("#calls-q").fill(caller.number)
    karim.page.keyboard.press("Enter")
    karim.page.wait_for_url(f"**/calls?*{caller.number.removeprefix('+')}*")
    karim.page.locator("#calls tbody a").click()
    karim.page.wait_for_url(f"**/calls/{caller.call['id']}")
    page = CallPage(karim.page, town.here)
    sound = page.listens(why="complaint", by=hung_up + SOON)
    sound.hold(caller=said, operator=anna.voice, seconds=5)

    (line,) = page.listeners
    assert town.name_of("karim") in line
    assert page.words(words.WHYS["complaint"]) in line
    (noted,) = town.product.rows(
        "SELECT person.login, listening.why, listening.at FROM listening"
        " JOIN person ON person.id = listening.person_id JOIN recording ON recording.id = listening.recording_id"
        " WHERE recording.call = %s",
        caller.call["id"],
    )
    assert (noted["login"], noted["why"]) == ("karim", "complaint")
    assert noted["at"] > caller.call["ended_at"]
    anna.wraps_up().ends_shift()
