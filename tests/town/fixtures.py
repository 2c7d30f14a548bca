"""Fixtures for stories: one town for all of a folder, quiet after each story; failures show both sides."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.town.ports import thousand
from tests.town.town import Town


@contextmanager
def a_place() -> Iterator[Path]:
    """A directory that every user may enter (PostgreSQL runs as another one); HOLOS_KEEP_TOWN=1 leaves it there."""
    here = Path(tempfile.mkdtemp(prefix="holos-town-"))
    here.chmod(0o755)
    yield here
    if not os.environ.get("HOLOS_KEEP_TOWN"):
        shutil.rmtree(here, ignore_errors=True)


@pytest.fixture(scope="package")
def running_town(front_end: None, playwright: Playwright) -> Iterator[Town]:
    """The town, started once."""
    with a_place() as here, thousand() as ports, closing(Town(here, ports, playwright)) as town:
        yield town


@pytest.fixture
def town(running_town: Town, request: pytest.FixtureRequest) -> Iterator[Town]:
    """The town, for one story; afterwards nobody may be on the line and all books must agree."""
    running_town.begins_anew()
    yield running_town
    report = request.node.stash.get(REPORT, None)
    if report is None or not report.passed:
        running_town.clears_up()
        return
    running_town.is_quiet()
    running_town.books_agree()
    running_town.recordings_agree()
    running_town.everybody_rests()


REPORT: pytest.StashKey[pytest.TestReport] = pytest.StashKey()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[pytest.TestReport]:  # pragma: no cover
    """Keeps the outcome for the fixture; adds both sides' timelines to a failure."""
    report = yield
    if report.when == "call":
        item.stash[REPORT] = report
        town = getattr(item, "funcargs", {}).get("town")
        if report.failed and isinstance(town, Town):
            report.sections.append(("the town and the product", town.timelines()))
    return report
