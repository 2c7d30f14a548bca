"""How the processes of one run share the tests.

A unit is done by one process, in order: a file, a whole folder whose tests share a town or an Asterisk on ports of
their own, half of the stories, or one test where each takes minutes. Units that take long are begun first, so that all
processes end at about the same time. The second half of the stories is begun when the faults are about to end: three
towns at once are too many for two processors.

People who talk need the processor at once, fifty times a second; tests without telephones take what they leave.
"""

import os
from contextlib import suppress

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

STORIES, HALF = "tests/stories/", "tests/stories/test_n"
FOLDERS = ("tests/faults", "tests/telephony", "tests/agi")
IN_REAL_TIME = (STORIES, "tests/faults/", "tests/telephony/")
PATIENT = 10  # priority of what has no sound in it (nice)
ALONE = "tests/pages/test_screens.py"
FIRST = (
    f"{STORIES}a-m",
    "tests/faults",
    ALONE,
    f"{STORIES}n-z",
    "tests/pages/test_browser.py",
    "tests/telephony",
    "tests/rules/test_types_and_format.py",
    "tests/rules/test_processes.py",
    "tests/agi",
)


def unit(name: str) -> str:
    """The unit of a test."""
    if name.startswith(STORIES):
        return f"{STORIES}a-m" if name < HALF else f"{STORIES}n-z"
    if name.startswith(ALONE):
        return name
    return next((folder for folder in FOLDERS if name.startswith(f"{folder}/")), name.partition("::")[0])


def place(name: str) -> int:
    """How early a test is begun; what is not named comes last."""
    return next((number for number, begin in enumerate(FIRST) if unit(name).startswith(begin)), len(FIRST))


def take_turn(name: str) -> None:
    """This process, and what it starts from now on, has the priority of the test."""
    with suppress(PermissionError):  # only root may go back to the front
        os.setpriority(os.PRIO_PROCESS, 0, 0 if name.startswith(IN_REAL_TIME) else PATIENT)


class Units(LoadScopeScheduling):
    """Gives the next unit to the process that is through with its own."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        config.option.loadscopereorder = False  # the units are in order already
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)
