"""Whatever happens to the menu, a caller reaches people; only the caller hangs up."""

import time
from collections.abc import Callable

import pytest

from run.asterisk.config import PATIENCE
from tests.telephony.conftest import PROMPT_TONES, Centre
from tests.telephony.menu import Line


def freezes_at_once(line: Line) -> None:
    line.file.read()  # until Asterisk has closed the connection


def freezes_in_the_middle(line: Line) -> None:
    line.asks('STREAM FILE "queue-you-are-next" ""')
    line.file.read()


def dies_in_the_middle(line: Line) -> None:
    line.asks('STREAM FILE "queue-you-are-next" ""')


def talks_nonsense(line: Line) -> None:
    line.asks("\xff garbage " * 60)
    line.asks('SET VARIABLE NEXT "nowhere"')


@pytest.mark.parametrize(
    ("script", "reason", "within"),
    [
        (None, "FAILURE", 6),
        (lambda line: None, "SUCCESS", 6),
        (dies_in_the_middle, "SUCCESS", 8),
        (talks_nonsense, "SUCCESS", 8),
        (freezes_at_once, "TIMEOUT", PATIENCE + 2),
        (freezes_in_the_middle, "TIMEOUT", PATIENCE + 2),
    ],
)
def test_the_caller_falls_back_to_the_general_queue(
    centre: Centre, script: Callable[[Line], None] | None, reason: str, within: float
) -> None:
    centre.menus.refuse() if script is None else centre.menus.answer(script)
    begun = time.monotonic()
    call = centre.telephone().call("1414").is_answered()
    fell = centre.events.wait("FellBack", seconds=within)
    assert fell["Reason"] == reason
    assert time.monotonic() - begun < within
    call.sound.hears(PROMPT_TONES["static-greeting"])
    call.sound.hears(PROMPT_TONES["recording-notice"])
    assert centre.events.wait("QueueCallerJoin")["Queue"] == "dtm-general"
    assert centre.events.wait("PromptHeard")["Prompt"] == "recording-notice"


def test_a_hang_up_in_the_menu_is_a_hang_up(centre: Centre) -> None:
    centre.menus.answer(freezes_in_the_middle)
    call = centre.telephone().call("1414").is_answered()
    call.sound.hears(PROMPT_TONES["queue-you-are-next"])
    call.hang_up()
    centre.events.wait("Hangup", Channel=centre.events.wait("CallArrived")["Channel"])
    assert not centre.events.named("FellBack")


def test_the_menu_lengthens_the_callers_time(centre: Centre) -> None:
    def slow_but_alive(line: Line) -> None:
        line.asks(f'SET VARIABLE TIMEOUT(absolute) "{PATIENCE + 10}"')
        line.asks(f"WAIT FOR DIGIT {(PATIENCE + 1) * 1000}")
        line.to_queue("dtm-exams")

    centre.menus.answer(slow_but_alive)
    centre.telephone().call("1414").is_answered()
    assert centre.events.wait("QueueCallerJoin", seconds=PATIENCE + 5)["Queue"] == "dtm-exams"
    assert not centre.events.named("FellBack")
