"""The caller hangs up at every point of the menus; each call has one fate, nothing stays behind."""

import pytest

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


def _walks(caller: Person, steps: list[tuple[str, str, str]]) -> None:
    for key, prompt, language in steps:
        if key:
            caller.presses(key)
        caller.hears(prompt, language, enough=0.8)  # the notice itself lasts little longer than a second
