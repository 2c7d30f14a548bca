"""How the processes of one run share the tests.

A unit is done by one process, in order: a file, or a whole folder whose tests share a town or an Asterisk on ports of
their own. Units that take long are begun first, so that all processes end at about the same time; stories follow one
another, so that a process starts its town once.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

FOLDERS = ("tests/faults", "tests/telephony", "tests/agi")
FIRST = (
    "tests/faults",
    "tests/stories/test_every_way.py",
    "tests/stories/test_menus.py",
    "tests/stories",
    "tests/pages/test_browser.py",
    "tests/telephony",
    "tests/rules/test_types_and_format.py",
    "tests/agi",
)


def place(name: str) -> int:
    """How early a test is begun; what is not named comes last."""
    return next((number for number, begin in enumerate(FIRST) if name.startswith(begin)), len(FIRST))


class Units(LoadScopeScheduling):
    """Gives the next unit to the process that is through with its own."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        config.option.loadscopereorder = False  # the units are in order already
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in FOLDERS if nodeid.startswith(f"{folder}/")), nodeid.partition("::")[0])
