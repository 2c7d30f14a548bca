"""Houses with places, and appeals at them, for tests of maps."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeals.addresses.tables import AppealAddress, House
from appeals.tables import Appeal
from staff.tables import Person
from tests.appeals.journal.appeals import written

SOUTH, WEST = 49.42, 26.98  # the first house
APART = 0.002  # degrees, two hundred metres and more


def put_on_the_map(session: Session, organisation: int) -> list[House]:
    """Every house of the organisation gets a place, five in a row; one has none."""
    houses = list(session.scalars(select(House).where(House.organisation_id == organisation).order_by(House.id)))
    for number, house in enumerate(houses[:-1]):
        house.latitude = round(SOUTH + number // 5 * APART, 6)
        house.longitude = round(WEST + number % 5 * APART, 6)
    session.flush()
    return houses


def at(session: Session, appeal: Appeal, *houses: House | None) -> None:
    """The appeal has these addresses; None is a text that names no house."""
    session.add_all(
        AppealAddress(
            organisation_id=appeal.organisation_id,
            appeal_id=appeal.id,
            position=position,
            written="десь",
            house_id=house.id if house is not None else None,
            detail="",
        )
        for position, house in enumerate(houses)
    )
    session.flush()


def spread(session: Session, by: Person, houses: Sequence[House], numbers: Sequence[int]) -> list[Appeal]:
    """So many appeals, one after the other at the next house."""
    made = written(session, by, numbers)
    for appeal, number in zip(made, numbers, strict=True):
        at(session, appeal, houses[number % len(houses)])
    return made
