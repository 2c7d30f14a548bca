"""What tests of routing need: the towns, a classifier of problems, and executors."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from appeals.addresses import queries as known_addresses
from appeals.addresses import service as addresses
from appeals.classifier import service as classifier
from appeals.executors import queries as directory
from appeals.executors import service as executors
from appeals.executors.model import Kind
from appeals.executors.service import Said
from appeals.routing import service
from appeals.routing.model import Place
from db import transaction
from staff.tables import Person
from tests.appeals.addresses.towns import both_towns, house_at, street_called
from tests.centre import Centre

Rule = Callable[..., int]


def here() -> date:
    """Today in the city."""
    return datetime.now(ZoneInfo("Europe/Kyiv")).date()


@pytest.fixture
def city(centre: Centre) -> Centre:
    """The city with its streets, two districts, problems, and executors: УЖКГ with УМК beneath it, ВК, ЕМ."""
    both_towns(centre)
    admin = centre.people["admin.khm"]
    with transaction(admin.organisation_id) as session:
        _districts(session)
        classifier.load_national(session, centre.organisations["khm"], today=here() - timedelta(days=1))
        _executors(session, admin)
    return centre


@pytest.fixture
def rule(city: Centre) -> Rule:
    """Enters a rule without a browser: `rule("ВК", "p1.10", house=("Прибузька", "12"))`; its number."""

    def enter(executor: str, problem: str = "", *, co: tuple[str, ...] = (), **more: object) -> int:
        admin = city.people["admin.khm"]
        with transaction(admin.organisation_id) as session:
            known = {each.code: each.id for each in directory.executors(session)}
            since = more.get("since", here() - timedelta(days=30))
            assert isinstance(since, date)
            wanted = service.Wanted(
                place=place(session, **more), problem=problem, executor_id=known[executor],
                co_ids=[known[code] for code in co], valid_from=since,
            )  # fmt: skip
            return service.set_rule(session, admin.organisation_id, wanted, replaces=False, by=admin).id

    return enter


def place(session: Session, **where: object) -> Place:
    """A house by street and number, a street or a district by its name."""
    match where:
        case {"house": (str(street), str(number))}:
            return Place(house=house_at(session, street, number).id)
        case {"street": str(street)}:
            return Place(street=street_called(session, street).id)
        case {"district": str(name)}:
            return Place(district=district(session, name))
    return Place()


def district(session: Session, name: str) -> int:
    """A district by its name."""
    return next(each.id for each in known_addresses.districts(session) if each.name == name)


def _districts(session: Session) -> None:
    """Прибузька lies in Заріччя, everything else in Центр."""
    settlement = known_addresses.settlements(session)[0]
    north = addresses.add_district(session, settlement, "Заріччя")
    centre = addresses.add_district(session, settlement, "Центр")
    for street in known_addresses.streets_of_settlement(session, settlement.id):
        for house in known_addresses.houses_of_streets(session, [street.id]):
            house.district_id = north.id if street.name == "Прибузька" else centre.id
    session.flush()


def _executors(session: Session, by: Person) -> None:
    own = by.organisation_id
    body = executors.add(session, own, "УЖКГ", Said(name="Управління житлового господарства"), by=by)
    office = Said(name="УМК «Заріччя»", kind=Kind.ENTERPRISE, parent_id=body.id)
    executors.add(session, own, "УМК", office, by=by)
    executors.add(session, own, "ВК", Said(name="Водоканал", kind=Kind.ENTERPRISE), by=by)
    executors.add(session, own, "ЕМ", Said(name="Електромережі", kind=Kind.ENTERPRISE), by=by)
