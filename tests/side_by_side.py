"""How the processes of one run share the tests.

A unit is done by one process, in order: a file, a part of a large one, a whole folder whose tests share an Asterisk on
ports of their own. Units that take long are begun first, so that all processes end at about the same time.

Stories and faults have a town, which takes a minute to begin: a process stays with its town as long as there are units
for it. Two towns at a time sound, three are too many for two processors; whoever would need a third rather ends.

Three processes at a time work. A fourth has units that mostly wait, in real time and nearly alone at their processor;
when none of them is left it ends, unless one of the three has ended.

People who talk need the processor at once, fifty times a second; tests without telephones take what they leave.
"""

import os
from contextlib import suppress
from zlib import crc32

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

STORIES, FAULTS = "tests/stories", "tests/faults"
TOWNS, SOUND_AT_ONCE = (f"{STORIES}/", f"{FAULTS}/"), 2
SILENT = f"{FAULTS}/test_alerts.py"  # a town where nobody talks, and much is waited for
FOLDERS = ("tests/telephony", "tests/agi")
WAITING, AT_WORK = (SILENT, *FOLDERS), 3
PARTS = {"tests/pages/test_matrix.py": 2}
IN_REAL_TIME = (*TOWNS, "tests/telephony/")
PATIENT = 10  # priority of what has no sound in it (nice)
FIRST = (
    f"{STORIES}/",
    f"{FAULTS}/test_",
    "tests/telephony",
    "tests/agi",
    "tests/pages/test_screens.py",
    "tests/pages/test_matrix.py",
    "tests/pages/test_nonsense.py",
    "tests/pages/test_browser.py",
    "tests/rules/test_types_and_format.py",
    "tests/rules/test_processes.py",
    "tests/install/test_rolling.py",
    "tests/notify",
)


def unit(name: str) -> str:
    """The unit of a test."""
    file = name.partition("::")[0]
    if file in PARTS:
        return f"{file} {crc32(name.encode()) % PARTS[file]}"
    return next((folder for folder in FOLDERS if name.startswith(f"{folder}/")), file)


def place(name: str) -> int:
    """How early a test is begun; what is not named comes last."""
    return next((number for number, begin in enumerate(FIRST) if name.startswith(begin)), len(FIRST))


def take_turn(name: str) -> None:
    """This process, and what it starts from now on, has the priority of the test."""
    with suppress(PermissionError):  # only root may go back to the front
        os.setpriority(os.PRIO_PROCESS, 0, 0 if name.startswith(IN_REAL_TIME) else PATIENT)


def town_of(unit: str) -> str:
    """The folder whose town the unit needs, or nothing."""
    return unit.rpartition("/")[0] if unit.startswith(TOWNS) else ""


def sounds(unit: str) -> bool:
    """Whether somebody talks in it."""
    return bool(town_of(unit)) and unit != SILENT


def works(unit: str) -> bool:
    """Whether it keeps a processor busy, where others mostly wait."""
    return unit not in WAITING


class Units(LoadScopeScheduling):
    """Gives the next unit to the process that is through with its own."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        config.option.loadscopereorder = False  # the units are in order already
        super().__init__(config, log)

    def _assign_work_unit(self, node: WorkerController) -> None:
        if fitting := self._fitting(node):
            self.workqueue.move_to_end(fitting[0], last=False)
            super()._assign_work_unit(node)

    def _reschedule(self, node: WorkerController) -> None:
        if self._is_nearly_through(node) and self.workqueue and not self._fitting(node):
            node.shutdown()  # when it is through with what it has
            return
        super()._reschedule(node)

    def _is_nearly_through(self, node: WorkerController) -> bool:
        """Whether it asks for more."""
        return not node.shutting_down and self._pending_of(self.assigned_work[node]) <= 2

    def _fitting(self, node: WorkerController) -> list[str]:
        """What the process may begin next: units of its own town, of one that nobody has, work, what mostly waits."""
        now = next(reversed(self.assigned_work[node]), "")
        others = [self._under_way(each) for each in self.nodes if each is not node]
        taken = {town_of(name) for under_way in others for name in under_way}
        room = sounds(now) or sum(any(map(sounds, under_way)) for under_way in others) < SOUND_AT_ONCE
        hands = sum(any(map(works, under_way)) for under_way in others) < AT_WORK
        allowed = [name for name in self.workqueue if (room or not sounds(name)) and (hands or not works(name))]
        at_home = [name for name in allowed if town_of(now) and town_of(name) == town_of(now)]
        new = [name for name in allowed if sounds(name) and town_of(name) not in taken]
        return at_home or new or [name for name in allowed if works(name)] or allowed

    def _under_way(self, node: WorkerController) -> list[str]:
        """Units of a process that are not done."""
        return [name for name, done in self.assigned_work[node].items() if not all(done.values())]

    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)
