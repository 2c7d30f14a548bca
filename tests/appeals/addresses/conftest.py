"""What tests of addresses need: both towns."""

import pytest

from tests.appeals.addresses.towns import both_towns
from tests.centre import Centre


@pytest.fixture
def towns(centre: Centre) -> Centre:
    """Both organisations with their streets."""
    both_towns(centre)
    return centre
