"""What a map is drawn of: shapes by what OpenStreetMap says of them, and from which zoom on each is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LEVELS: Final = (8, 11, 13, 15)  # zooms that are kept; those between are drawn of the next one farther away

Ring = Sequence[tuple[float, float]]  # of places across and down the whole map, each a share of it


class Layer(StrEnum):
    """A kind of shape, in the order in which they are drawn; the script of the map knows the same letters."""

    LIVED = "l"
    GREEN = "g"
    WATER = "w"
    STREAM = "s"
    BUILDING = "b"
    PATH = "p"
    RAIL = "t"
    ROAD = "r"
    MAIN = "m"
    PLACE = "n"


ORDER: Final = {layer.value: place for place, layer in enumerate(Layer)}


@dataclass(frozen=True, slots=True)
class Shape:
    """A thing on the ground: a point that has a name, a line, or an area with its holes."""

    layer: str
    level: int  # the first one it is drawn on
    name: str
    rings: Sequence[Ring]
    closed: bool


_LAND: Final = {
    **dict.fromkeys(("forest", "grass", "meadow", "cemetery", "recreation_ground", "village_green"), Layer.GREEN),
    **dict.fromkeys(("orchard", "allotments", "flowerbed"), Layer.GREEN),
    **dict.fromkeys(("residential", "commercial", "retail", "industrial"), Layer.LIVED),
    **dict.fromkeys(("reservoir", "basin"), Layer.WATER),
}
_LEISURE: Final = frozenset({"park", "garden", "nature_reserve", "golf_course", "stadium"})
_NATURAL: Final = {"water": Layer.WATER, **dict.fromkeys(("wood", "scrub", "heath", "grassland"), Layer.GREEN)}
_ROADS: Final = {
    **dict.fromkeys(("motorway", "trunk", "primary"), (Layer.MAIN, 8)),
    **dict.fromkeys(("motorway_link", "trunk_link", "primary_link"), (Layer.MAIN, 13)),
    **dict.fromkeys(("secondary", "tertiary"), (Layer.ROAD, 11)),
    **dict.fromkeys(("secondary_link", "tertiary_link", "unclassified", "residential"), (Layer.ROAD, 13)),
    **dict.fromkeys(("living_street", "pedestrian", "road"), (Layer.ROAD, 13)),
    **dict.fromkeys(("service", "footway", "path", "cycleway", "steps", "track"), (Layer.PATH, 15)),
}
_RAILS: Final = {"rail": 11, "light_rail": 13, "tram": 13, "subway": 15, "narrow_gauge": 13}
_STREAMS: Final = {"river": 11, "canal": 11, "stream": 15, "drain": 15, "ditch": 15}
_PLACES: Final = {"city": 8, "town": 8, "village": 11, "suburb": 13, "hamlet": 13, "neighbourhood": 13, "quarter": 13}


def of_area(tags: Mapping[str, str]) -> tuple[Layer, int] | None:
    """What an area is drawn as, and from which level on; None for what the map does not show."""
    if tags.get("building", "no") != "no":
        return Layer.BUILDING, 15
    layer = _LAND.get(tags.get("landuse", "")) or _NATURAL.get(tags.get("natural", ""))
    if layer is None and tags.get("waterway") == "riverbank":
        layer = Layer.WATER
    if layer is None and tags.get("leisure") in _LEISURE:
        layer = Layer.GREEN
    return (layer, 8 if layer is Layer.WATER else 11) if layer is not None else None


def of_line(tags: Mapping[str, str]) -> tuple[Layer, int] | None:
    """The same of a line."""
    road = _ROADS.get(tags.get("highway", ""))
    if road is not None:
        return road
    if tags.get("tunnel") == "yes":
        return None
    if tags.get("railway") in _RAILS and "service" not in tags:
        return Layer.RAIL, _RAILS[tags["railway"]]
    return (Layer.STREAM, _STREAMS[tags["waterway"]]) if tags.get("waterway") in _STREAMS else None


def of_place(tags: Mapping[str, str]) -> int | None:
    """From which level on a settlement's or a quarter's name is written."""
    return _PLACES.get(tags.get("place", "")) if tags.get("name") else None
