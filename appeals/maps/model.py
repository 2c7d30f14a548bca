"""Points on the earth, the part of it that a map shows, and the marks by which states are told apart."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from appeals.model import State

MOST: Final = 10_000  # appeals on one map; as far as the journal counts
LISTED: Final = 50  # of them beside the map
CELL: Final = 64  # pixels: what lies in one cell is drawn as one
TILE: Final = 256  # pixels of a tile
DEEPEST: Final = 19  # zoom
POLE: Final = 85.05  # degrees: further from the equator no map of this projection goes
NEAR: Final = 250.0  # metres: no house farther away is proposed for a point
_METRES: Final = 111_320.0  # in a degree of latitude


class Mark(StrEnum):
    """How an appeal is drawn, by shape as well as by colour; its words are in `words`."""

    NEW = "new"
    WORK = "work"
    BACK = "back"
    VERIFY = "verify"
    DONE = "done"
    ENDED = "ended"


class Stage(StrEnum):
    """How far an extract has come; its words are in `words`."""

    LOOKING = "looking"
    LOOKED = "looked"
    SAVING = "saving"
    SAVED = "saved"
    FAILED = "failed"


UNDER_WAY: Final = frozenset({Stage.LOOKING, Stage.SAVING})
MARKS: Final[dict[str, Mark]] = {
    State.REGISTERED: Mark.NEW,
    State.REOPENED: Mark.NEW,
    State.WITH_EDITOR: Mark.NEW,
    State.AT_CHANCELLERY: Mark.NEW,
    State.ASSIGNED: Mark.WORK,
    State.IN_WORK: Mark.WORK,
    State.NOT_IN_COMPETENCE: Mark.BACK,
    State.RETURNED: Mark.BACK,
    State.TO_BE_VERIFIED: Mark.VERIFY,
    State.CLOSED: Mark.DONE,
    State.RETURNED_TO_AUTHOR: Mark.ENDED,
    State.FORWARDED: Mark.ENDED,
    State.NOT_SUBJECT: Mark.ENDED,
    State.CANCELLED: Mark.ENDED,
}


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the earth, in degrees."""

    latitude: float
    longitude: float

    @classmethod
    def read(cls, latitude: str, longitude: str) -> "Point | None":
        """The point that two texts say; None for anything else."""
        try:
            north, east = float(latitude), float(longitude)
        except ValueError:
            return None
        return cls(round(north, 6), round(east, 6)) if -90 <= north <= 90 and -180 <= east <= 180 else None

    def metres_to(self, other: "Point") -> float:
        """How far the other one is, as a town measures: the earth is flat there."""
        north = (other.latitude - self.latitude) * _METRES
        east = (other.longitude - self.longitude) * _METRES * math.cos(math.radians(self.latitude))
        return math.hypot(north, east)


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the point of a card was moved to, and from which house: of another house it says nothing."""

    point: Point
    house: str

    @classmethod
    def read(cls, written: str) -> "Moved | None":
        """`46.97,31.99,17` as the card's field has it; None for anything else."""
        parts = written.split(",")
        point = Point.read(parts[0], parts[1]) if len(parts) == 3 else None
        return cls(point, parts[2].strip()) if point is not None else None


@dataclass(frozen=True, slots=True)
class Box:
    """What a map shows, by its borders in degrees."""

    south: float
    west: float
    north: float
    east: float

    @classmethod
    def between(cls, one: Point, other: Point) -> "Box":
        """The box with these corners."""
        return cls(
            min(one.latitude, other.latitude), min(one.longitude, other.longitude),
            max(one.latitude, other.latitude), max(one.longitude, other.longitude),
        )  # fmt: skip

    @classmethod
    def around(cls, point: Point, metres: float) -> "Box":
        """A square with the point in its middle."""
        high = metres / _METRES
        wide = high / max(math.cos(math.radians(point.latitude)), 0.01)
        return cls(point.latitude - high, point.longitude - wide, point.latitude + high, point.longitude + wide)

    def widened(self, zoom: int) -> "Box":
        """Out to the borders of the cells that it cuts, so that a cell is counted whole or not at all."""
        size = cells(zoom)
        west, east = (math.floor(across(self.west) * size), math.floor(across(self.east) * size) + 1)
        north, south = (math.floor(down(self.north) * size), math.floor(down(self.south) * size) + 1)
        return Box(up(south / size), west / size * 360 - 180, up(north / size), east / size * 360 - 180)


EARTH: Final = Box(-90, -180, 90, 180)


def cells(zoom: int) -> int:
    """How many cells lie side by side around the earth."""
    return (1 << zoom) * TILE // CELL


def across(longitude: float) -> float:
    """How far east, as a share of the whole map."""
    return (longitude + 180) / 360


def down(latitude: float) -> float:
    """How far down the map (Mercator's), as a share of the whole."""
    turned = math.radians(max(-POLE, min(POLE, latitude)))
    return (1 - math.asinh(math.tan(turned)) / math.pi) / 2


def up(share: float) -> float:
    """The latitude that lies so far down."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * share))))
