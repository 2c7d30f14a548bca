"""The town of the faults: its databases lose nothing at a kill, and its listener's link can be cut."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.town.cable import Cable
from tests.town.fixtures import a_place, pytest_runtest_makereport, town
from tests.town.town import FIRST_PORT, Town

__all__ = ["pytest_runtest_makereport", "town"]

PORTS = FIRST_PORT + 900


@pytest.fixture(scope="package")
def link() -> Iterator[Cable]:
    """The cable between the listener and Asterisk's Manager."""
    cable = Cable(PORTS + 40, PORTS + 5)
    yield cable
    cable.close()


@pytest.fixture(scope="package")
def running_town(front_end: None, link: Cable) -> Iterator[Town]:
    """The town, started once for all faults."""
    special = {"listener": {"HOLOS_AMI_PORT": str(PORTS + 40)}}
    with a_place() as here, closing(Town(here, first_port=PORTS, durable=True, special=special)) as town:
        yield town
