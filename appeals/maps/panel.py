"""What the map of one appeal shows: its addresses, which of them were moved, and where to save another place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from appeals.maps import queries
from appeals.maps.model import Point
from appeals.maps.tables import MapGround
from appeals.tables import Appeal
from staff.tables import Person


@dataclass(frozen=True, slots=True)
class Shown:
    """One point of a fragment: the address's place in the list, where it is, whether people moved it from its house."""

    position: int
    at: Point | None
    moved: bool
    of_house: Point | None = None


@dataclass(frozen=True, slots=True)
class Fragment:
    """A small map: its points, and what it looks at while it has none."""

    shown: Sequence[Shown]
    middle: Point | None
    ground: MapGround | None  # the organisation's map
    action: str = ""  # where a moved point is sent; the card carries it itself

    @property
    def has_any(self) -> bool:
        """Whether something is known to draw."""
        return any(each.at is not None for each in self.shown)


def of_card(session: Session, person: Person, house: Point | None, moved: Point | None) -> Fragment:
    """The map of a card that is being written."""
    return _fragment(session, person, [Shown(0, moved or house, moved is not None, house)])


def of_appeal(session: Session, appeal: Appeal, person: Person, action: str, *, movable: bool = True) -> dict[str, Any]:
    """What a page shows of the places of an appeal: one fragment, `appeals/maps/_of_appeal.html`."""
    spots = [Shown(each.position, each.point, each.moved, each.of_house) for each in queries.spots(session, appeal.id)]
    return {"on_map": _fragment(session, person, spots, action if movable else "")}


def _fragment(session: Session, person: Person, shown: Sequence[Shown], action: str = "") -> Fragment:
    """While nothing has a place, it looks at the town: at the middle of its map, else of its houses."""
    found = queries.ground(session, person.organisation_id)
    middle = None
    if all(each.at is None for each in shown):
        of_map = Point(found.latitude, found.longitude) if found is not None else None
        middle = of_map or queries.middle(session, person.organisation_id)
    return Fragment(shown, middle, found, action)
