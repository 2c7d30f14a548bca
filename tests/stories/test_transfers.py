"""A caller handed from one operator to another; each talk is a recording of its own."""

from tests.town import audio
from tests.town.audio import Sound
from tests.town.operators import Operator
from tests.town.people import Person
from tests.town.town import Town

TALK = 5  # seconds


def test_blind_transfer(town: Town) -> None:
    """Anna hands the caller over at once; Bobur talks on, with the same card."""
    anna, bobur, caller, said = _anna_talks(town)
    call = anna.sees_card()
    anna.transfers_to("Bobur")
    anna.is_in("wrap_up")
    bobur.phone_rings()
    assert bobur.sees_card(of=caller.number) == call
    bobur.answers()
    said_to_bobur = caller.talks_with(bobur, town.speech("uz"), seconds=TALK)
    _both_finish(anna, bobur, caller)
    _each_talk_can_be_heard(town, caller, {anna: said, bobur: said_to_bobur})


def test_attended_transfer(town: Town) -> None:
    """Anna asks Bobur first; the caller hears music, then Bobur."""
    anna, bobur, caller, said = _anna_talks(town)
    anna.consults("Bobur")
    bobur.phone_rings().answers()
    anna.hands_over()
    anna.is_in("wrap_up")
    said_to_bobur = caller.talks_with(bobur, town.speech("uz"), seconds=TALK)
    _both_finish(anna, bobur, caller)
    _each_talk_can_be_heard(town, caller, {anna: said, bobur: said_to_bobur})


def _anna_talks(town: Town) -> tuple[Operator, Operator, Person, Sound]:
    anna = town.agent("anna").signs_in().goes_ready()
    caller = town.caller("uz")
    caller.dials("1414").hears("dtm-welcome", "uz").presses("1").hears("dtm-topics", "uz").presses("2")
    anna.phone_rings().answers()
    bobur = town.agent("bobur").signs_in().goes_ready()
    return anna, bobur, caller, caller.talks_with(anna, town.speech("uz"), seconds=TALK)


def _both_finish(anna: Operator, bobur: Operator, caller: Person) -> None:
    caller.hangs_up()
    ended = caller.ends_as("answered")
    assert ended["transfers"] == 1
    assert ended["agent"] == bobur.interface, "who talked last is not the one it was transferred to"
    for operator in (anna, bobur):
        operator.wraps_up("passed_on" if operator is anna else "explained").ends_shift()


def _each_talk_can_be_heard(town: Town, caller: Person, talks: dict[Operator, Sound]) -> None:
    """The supervisor hears the caller in the left ear and in the right whoever is named for it, talk by talk."""
    page = town.call_page("dilnoza", caller.call["id"])
    for segment, (operator, said) in enumerate(talks.items(), start=1):
        sound = page.listens(segment)
        sound.hold(caller=said, operator=operator.voice, seconds=TALK)
        for other in talks.keys() - {operator}:
            heard = audio.seconds_of(audio.repeated(other.voice), sound.operator)
            assert heard <= 0.2 * TALK, f"{other.login} is heard in part {segment}, {heard:g} s"
        assert page.ears(segment) == (page.words("Caller"), town.name_of(operator.login))
