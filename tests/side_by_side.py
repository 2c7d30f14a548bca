"""How the processes of one run share the tests.

A unit is done by one process, in order: a file, a whole folder whose tests share a town or an Asterisk on ports of
their own, half of the stories, or one test where each takes minutes. Units that take long are begun first, so that all
processes end at about the same time. Three towns at once are too many for two processors: the second half of the
stories is begun when a town is through.

People who talk need the processor at once, fifty times a second; tests without telephones take what they leave.
"""

import os
from contextlib import suppress

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

STORIES, HALF = "tests/stories/", "tests/stories/test_n"
FOLDERS = ("tests/faults", "tests/telephony", "tests/agi")
TOWNS, TOWNS_AT_ONCE = (STORIES, "tests/faults"), 2
IN_REAL_TIME = (STORIES, "tests/faults/", "tests/telephony/")
PATIENT = 10  # priority of what has no sound in it (nice)
ALONE = "tests/pages/test_screens.py"
FIRST = (
    f"{STORIES}a-m",
    "tests/faults",
    f"{STORIES}n-z",
    ALONE,
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

    def _assign_work_unit(self, node: WorkerController) -> None:
        self.workqueue.move_to_end(self._next(), last=False)
        super()._assign_work_unit(node)

    def _next(self) -> str:
        """The first unit in the queue; a further town only where nothing else is left."""
        given = (each for units in self.assigned_work.values() for each in units.items())
        towns = sum(name.startswith(TOWNS) and not all(done.values()) for name, done in given)
        fits = (name for name in self.workqueue if towns < TOWNS_AT_ONCE or not name.startswith(TOWNS))
        return next(fits, next(iter(self.workqueue)))

    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)
