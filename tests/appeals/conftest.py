"""What every test of appeals needs: a topic."""

import pytest

from calls.tables import Topic
from db import EVERY_ORGANISATION, transaction
from tests.centre import Centre


@pytest.fixture(autouse=True)
def topics(centre: Centre) -> None:
    """Each organisation has one topic."""
    with transaction(EVERY_ORGANISATION) as session:
        for organisation in centre.organisations.values():
            session.add(Topic(organisation_id=organisation.id, code="water", name={"uk": "Вода", "uz": "Suv"}))
