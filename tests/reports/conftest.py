"""What several tests of reports need: the city's autumn of appeals."""

from collections.abc import Iterator

import pytest

from db import transaction
from tests.centre import Centre
from tests.reports.autumn import KYIV, Autumn, facts, planted
from web.languages import Audience, speaking_to


@pytest.fixture
def autumn(centre: Centre) -> Iterator[Autumn]:
    """The facts as rows, and the city's language and clocks for who asks outside of a page."""
    olena = centre.people["olena"]
    with transaction(olena.organisation_id) as session:
        made = planted(session, olena, facts())
    with speaking_to(Audience("uk", KYIV)):
        yield made
