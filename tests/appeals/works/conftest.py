"""What tests of works need: the city with houses, a boiler house, an enterprise and the usual services."""

import pytest

from appeals.addresses import service as addresses
from appeals.addresses.model import FacilityKind
from appeals.works import service
from db import transaction
from tests.appeals.addresses.towns import both_towns, house_at
from tests.appeals.works.repairs import BOILER, HOUSES, LOOKED_AFTER
from tests.centre import Centre


@pytest.fixture(autouse=True)
def town(centre: Centre, topics: None) -> None:
    """The boiler house serves three houses, the enterprise looks after two others."""
    both_towns(centre)
    admin = centre.people["admin.khm"]
    own = admin.organisation_id
    with transaction(own) as session:
        boiler = addresses.add_facility(
            session, own, kind=FacilityKind.BOILER_HOUSE, code=BOILER, name="Котельня", enterprise=None, by=admin
        )
        for street, number in HOUSES:
            addresses.serve(session, boiler, house_at(session, street, number), by=admin)
        keeper = addresses.add_enterprise(session, own, code="01", name="УМК", phone="", by=admin)
        for street, number in LOOKED_AFTER:
            addresses.look_after(session, house_at(session, street, number), keeper, since=None, by=admin)
        service.load_services(session, own)
