"""What tests of maps need: a town whose houses have places."""

from dataclasses import dataclass

import pytest

from appeals.addresses.tables import House
from db import transaction
from staff.tables import Person
from tests.appeals.addresses.towns import both_towns
from tests.appeals.journal.conftest import blind_manager as blind_manager
from tests.appeals.maps.places import put_on_the_map
from tests.appeals.workflow.conftest import city as city
from tests.centre import Centre


@dataclass
class Town:
    """The Ukrainian city and its houses; the last one has no place."""

    centre: Centre
    houses: list[House]

    @property
    def olena(self) -> Person:
        """An operator."""
        return self.centre.people["olena"]

    @property
    def own(self) -> int:
        """The city's id."""
        return self.olena.organisation_id


@pytest.fixture
def town(centre: Centre) -> Town:
    """Both organisations with their streets, the city's on the map."""
    both_towns(centre)
    own = centre.people["olena"].organisation_id
    with transaction(own) as session:
        return Town(centre, put_on_the_map(session, own))
