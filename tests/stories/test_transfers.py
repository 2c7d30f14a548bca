"""A caller handed from one operator to another."""

from tests.town.operators import Operator
from tests.town.people import Person
from tests.town.town import Town


def test_blind_transfer(town: Town) -> None:
    """Anna hands the caller over at once; Bobur talks on, with the same card."""
    anna, bobur, caller = _anna_talks(town)
    call = anna.sees_card()
    anna.transfers_to("Bobur")
    anna.is_in("wrap_up")
    bobur.phone_rings()
    assert bobur.sees_card(of=caller.number) == call
    bobur.answers()
    caller.talks_with(bobur, town.speech("uz"), seconds=6)
    _both_finish(anna, bobur, caller)


def test_attended_transfer(town: Town) -> None:
    """Anna asks Bobur first; the caller hears music, then Bobur."""
    anna, bobur, caller = _anna_talks(town)
    anna.consults("Bobur")
    bobur.phone_rings().answers()
    anna.hands_over()
    anna.is_in("wrap_up")
    caller.talks_with(bobur, town.speech("uz"), seconds=6)
    _both_finish(anna, bobur, caller)


def _anna_talks(town: Town) -> tuple[Operator, Operator, Person]:
    anna = town.agent("anna").signs_in().goes_ready()
    caller = town.caller("uz")
    caller.dials("1414").hears("dtm-welcome", "uz").presses("1").hears("dtm-topics", "uz").presses("2")
    anna.phone_rings().answers()
    bobur = town.agent("bobur").signs_in().goes_ready()
    caller.talks_with(anna, town.speech("uz"), seconds=4)
    return anna, bobur, caller


def _both_finish(anna: Operator, bobur: Operator, caller: Person) -> None:
    caller.hangs_up()
    ended = caller.ends_as("answered")
    assert ended["transfers"] == 1
    assert ended["agent"] == bobur.interface, "who talked last is not the one it was transferred to"
    for operator in (anna, bobur):
        operator.wraps_up("passed_on" if operator is anna else "explained").ends_shift()
