"""The town of the faults: its databases lose nothing at a kill, and its listener's link can be cut."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Playwright

from tests.town.cable import Cable
from tests.town.fixtures import a_place, pytest_runtest_makereport, town
from tests.town.ports import thousand
from tests.town.town import Town

__all__ = ["pytest_runtest_makereport", "town"]


@pytest.fixture(scope="package")
def ports() -> Iterator[int]:
    """The first of the town's ports."""
    with thousand() as first:
        yield first


@pytest.fixture(scope="package")
def link(ports: int) -> Iterator[Cable]:
    """The cable between the listener and Asterisk's Manager."""
    with closing(Cable(ports + 40, ports + 5)) as cable:
        yield cable


@pytest.fixture(scope="package")
def running_town(front_end: None, playwright: Playwright, ports: int, link: Cable) -> Iterator[Town]:
    """The town, started once for all faults."""
    special = {"listener": {"HOLOS_AMI_THROUGH": str(ports + 40)}}
    with a_place() as here, closing(Town(here, ports, playwright, durable=True, special=special)) as town:
        yield town
