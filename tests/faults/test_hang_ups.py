"""The caller hangs up at every point of the menus; each call has one fate, nothing stays behind."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.town import arranged
from tests.town.people import Person
from tests.town.town import Town

POINTS = {
    "in the greeting": ("abandoned_in_menu", [("", "khm-welcome", "uk")]),
    "after choosing the language": ("abandoned_in_menu", [("2", "khm-topics", "ru")]),
    "after a wrong key": ("abandoned_in_menu", [("1", "khm-topics", "uk"), ("8", "wrong-key", "uk")]),
    "in the second menu": ("abandoned_in_menu", [("1", "khm-topics", "uk"), ("1", "khm-water", "uk")]),
    "in the information": ("abandoned_in_menu", [("1", "khm-topics", "uk"), ("6", "khm-information", "uk")]),
    "in the self-service": ("abandoned_in_menu", [("1", "khm-topics", "uk"), ("5", "enter-appeal-number", "uk")]),
    "in the notice of recording": ("abandoned_in_menu", [("1", "khm-topics", "uk"), ("3", "recording-notice", "uk")]),
}


@pytest.mark.parametrize("point", POINTS)
def test_hangs_up(town: Town, point: str) -> None:
    """At this point of the way."""
    fate, steps = POINTS[point]
    caller = town.caller("uk").dials("1580")
    _walks(caller, steps)
    caller.hangs_up()
    caller.ends_as(fate)


AT_NIGHT = {
    "while told that nobody is there": ("out_of_hours", [("1", "closed")]),
    "in the menu of the night": ("out_of_hours", [("1", "closed"), ("", "night-menu")]),
    "before agreeing to be called back": (
        "out_of_hours",
        [("1", "closed"), ("", "night-menu"), ("2", "callback-confirm")],
    ),
    "while keying in another number": (
        "out_of_hours",
        [("1", "closed"), ("", "night-menu"), ("2", "callback-confirm"), ("2", "callback-number")],
    ),
}


def test_hangs_up_at_night(town: Town) -> None:
    """At each point of the way there is then."""
    with arranged.closed(town, "khm"), ThreadPoolExecutor(len(AT_NIGHT)) as threads:
        ways = [
            threads.submit(_leaves, town.caller("uk"), fate, [("", "khm-welcome"), *way])
            for fate, way in AT_NIGHT.values()
        ]
        found = {point: way.exception() for point, way in zip(AT_NIGHT, ways, strict=True)}
    assert not any(found.values()), found


def test_hangs_up_in_the_apology(town: Town) -> None:
    """Who was refused does not listen to why."""
    inside, outside = town.caller("uk"), town.caller("uk")
    with arranged.capacity(town, "khm", 1):
        inside.dials("1580").hears("khm-welcome", "uk")
        _leaves(outside, "refused", [("", "all-lines-busy")])
        inside.hangs_up()
        inside.ends_as("abandoned_in_menu")


def _leaves(caller: Person, fate: str, way: list[tuple[str, str]]) -> None:
    caller.dials("1580")
    _walks(caller, [(key, prompt, "uk") for key, prompt in way])
    caller.hangs_up()
    caller.ends_as(fate)


def _walks(caller: Person, steps: list[tuple[str, str, str]]) -> None:
    for key, prompt, language in steps:
        if key:
            caller.presses(key)
        caller.hears(prompt, language, seconds=25, enough=0.8)  # the notice itself lasts little longer than a second
