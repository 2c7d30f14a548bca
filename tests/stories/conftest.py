"""The town of the stories."""

from tests.town.fixtures import pytest_runtest_makereport, running_town, town

__all__ = ["pytest_runtest_makereport", "running_town", "town"]
