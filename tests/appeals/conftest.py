"""What every test of appeals in a database needs: a topic."""

import pytest

from calls.tables import Topic
from db import EVERY_ORGANISATION, transaction
from tests.centre import Centre


@pytest.fixture(autouse=True)
def topics(request: pytest.FixtureRequest) -> None:
    """Each organisation has one topic, where a test has organisations at all."""
    if "centre" not in request.fixturenames:
        return
    centre: Centre = request.getfixturevalue("centre")
    with transaction(EVERY_ORGANISATION) as session:
        for organisation in centre.organisations.values():
            session.add(Topic(organisation_id=organisation.id, code="water", name={"uk": "Вода", "uz": "Suv"}))
