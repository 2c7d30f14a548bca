"""Caller, operator and whoever was asked in one talk: each hears the other two, and everything is recorded."""

from urllib.parse import parse_qs

from playwright.sync_api import Response, expect

from tests.town import audio
from tests.town.citizen import UNDERSTOOD
from tests.town.operators import Operator
from tests.town.people import Person
from tests.town.town import Town
from tests.town.waiting import wait_for

TALK = 5  # seconds


def test_a_colleague_joins_and_stays(town: Town) -> None:
    """Anna brings Bobur into the talk, then leaves the two alone: her part and his are recorded, the call is one."""
    anna, bobur, caller = _anna_asks_bobur(town)
    _reads(bobur, "{name} asks you; the caller does not hear you", name=town.name_of("anna"))
    told = _told_of_three(anna)
    anna.joins_all_three()
    _reads(bobur, "all three hear each other")
    expect(bobur.part("pause-recording")).to_be_hidden()
    for of_anna in ("hold", "transfer"):
        expect(bobur.part(of_anna)).to_be_disabled()
    _colleagues_hear_each_other(anna, bobur)
    anna.mutes()
    said_to_bobur = caller.talks_with(bobur, town.speech("uz"), seconds=TALK)
    anna.unmutes()
    bobur.mutes()
    said_to_anna = caller.talks_with(anna, town.speech("uz"), seconds=TALK)
    bobur.unmutes()
    anna.page.keyboard.press("F8")
    anna.is_in("wrap_up")
    _reads(bobur, "in conversation")
    expect(bobur.part("pause-recording")).to_be_visible()
    for of_bobur in ("hold", "transfer"):
        expect(bobur.part(of_bobur)).to_be_enabled()
    said_at_last = caller.talks_with(bobur, town.speech("uz"), seconds=TALK)
    caller.hangs_up()

    call = caller.ends_as("answered")
    assert told == [("true", 200)], "the three end with the talk"
    assert (call["transfers"], call["agent"]) == (1, bobur.interface)
    page = town.call_page("dilnoza", call["id"])
    names = {"agent": town.name_of("anna"), "to": town.name_of("bobur")}
    page.tells("%(agent)s, the caller and %(to)s talk together", **names)
    first, second = page.listens(1), page.listens(2)
    for sound, said in ((first, said_to_bobur), (first, said_to_anna), (second, said_at_last)):
        assert audio.share_heard(said, sound.caller) >= UNDERSTOOD
    for operator in (anna, bobur):
        assert audio.seconds_of(audio.repeated(operator.voice), first.operator) >= 0.5 * TALK, operator.login
    for operator in (anna, bobur):
        operator.wraps_up("explained").ends_shift()


def test_the_third_is_taken_out_again(town: Town) -> None:
    """Bobur goes, Anna and the caller talk on: nobody was transferred, and Bobur owes no result."""
    anna, bobur, caller = _anna_asks_bobur(town)
    bobur.mutes()
    told = _told_of_three(anna)
    anna.joins_all_three().is_in("talking")
    caller.forgets_what_was_heard()
    caller.hears_voice(anna.voice)
    anna.page.keyboard.press("Shift+F8")
    expect(anna.part("notice"), "no longer do all three hear each other").to_be_hidden()
    bobur.is_in("ready")
    caller.talks_with(anna, town.speech("uz"), seconds=TALK)
    caller.hangs_up()
    call = caller.ends_as("answered")
    assert told == [("true", 200), ("false", 200)]
    assert (call["transfers"], call["agent"]) == (0, anna.interface)
    page = town.call_page("dilnoza", call["id"])
    page.tells("%(to)s is out of the talk of three", to=town.name_of("bobur"))
    assert audio.seconds_of(audio.repeated(anna.voice), page.listens().operator) >= 0.5 * TALK
    bobur.ends_shift()
    anna.wraps_up("explained").ends_shift()


def test_somebody_outside_joins_and_the_caller_rings_off(town: Town) -> None:
    """All hear each other; who hangs up first ends it for the others as in any talk."""
    outside = town.caller("uz")
    anna, caller = town.talk("anna", "dtm-certificates")
    anna.page.keyboard.press("F8")
    anna.page.keyboard.type(outside.number)
    anna.page.keyboard.press("Shift+Enter")
    outside.is_called().answers().hears("recording-notice", "uz")
    told = _told_of_three(anna)
    anna.joins_all_three().mutes()
    outside.is_understood_by(caller, town.speech("uz"), seconds=TALK)
    caller.is_understood_by(outside, town.speech("uz"), seconds=TALK)
    anna.unmutes()
    caller.forgets_what_was_heard()
    outside.forgets_what_was_heard()
    caller.hears_voice(anna.voice)
    outside.hears_voice(anna.voice)
    caller.hangs_up()
    outside.is_sent_away()
    assert caller.ends_as("answered")["transfers"] == 0
    assert outside.ends_as("answered")["direction"] == "out"
    assert told == [("true", 200)], "the three end with the talk"
    anna.wraps_up("explained").ends_shift()


def _anna_asks_bobur(town: Town) -> tuple[Operator, Operator, Person]:
    anna, caller = town.talk("anna", "dtm-certificates")
    bobur = town.agent("bobur").signs_in().goes_ready()
    anna.consults("Bobur")
    bobur.phone_rings().answers()
    return anna, bobur, caller


def _reads(operator: Operator, words: str, **values: str) -> None:
    """The phone says where the call stands."""
    expect(operator.part("call-state")).to_have_text(operator.in_their_language(words).format(**values))


def _told_of_three(operator: Operator) -> list[tuple[str, int]]:
    """What the desk tells the server of a talk of three from now on, and how that is answered."""
    told: list[tuple[str, int]] = []

    def hear(answer: Response) -> None:
        if answer.url.endswith("/desk/conference"):
            told.append((parse_qs(answer.request.post_data or "")["together"][0], answer.status))

    operator.page.on("response", hear)
    return told


def _colleagues_hear_each_other(anna: Operator, bobur: Operator) -> None:
    """One at a time: two voices at once are hard to tell apart."""
    for speaker, listener in ((anna, bobur), (bobur, anna)):
        listener.mutes()
        mark = listener.mark()
        wait_for(
            f"{listener.login} to hear {speaker.login}",
            lambda listener=listener, speaker=speaker, mark=mark: _hears(listener, speaker, mark),
            seconds=10,
            every=0.5,
        )
        listener.unmutes()


def _hears(listener: Operator, speaker: Operator, mark: int) -> bool:
    heard = listener.heard_since(mark)
    if heard.size < 3 * audio.RATE or audio.is_silent(heard):
        return False
    return audio.share_heard(heard, audio.repeated(speaker.voice)) >= UNDERSTOOD
