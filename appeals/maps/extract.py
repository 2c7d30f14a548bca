"""Reading an OpenStreetMap extract: addresses as rows of the import of addresses, and shapes of the map."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import osmium

from appeals.maps.model import across, down
from appeals.maps.shapes import Layer, Ring, Shape, of_area, of_line, of_place

SETTLEMENTS: Final = ("addr:city", "addr:town", "addr:village", "addr:hamlet")
DISTRICTS: Final = ("addr:district", "addr:suburb")
SETTLED: Final = frozenset({"city", "town", "village", "hamlet"})
DISTRICT_LEVELS: Final = {"UZ": "6"}  # admin_level of the districts of a city; elsewhere it is 9
EVERY: Final = 20_000  # objects, then it is told that the work goes on
MAGIC: Final = b"OSMHeader"


class Unreadable(ValueError):
    """The file is no extract, or a damaged one."""


@dataclass(frozen=True, slots=True)
class Address:
    """A house as OpenStreetMap has it; without a number a street."""

    street: str
    latitude: float
    longitude: float
    number: str = ""
    settlement: str = ""
    district: str = ""
    postal_code: str = ""
    former: str = ""


@dataclass(frozen=True, slots=True)
class _Region:
    """The land of a settlement or a district."""

    name: str
    rings: list[list[tuple[float, float]]]  # of longitude and latitude
    is_district: bool


@dataclass(slots=True)
class Extract:
    """What was read."""

    addresses: list[Address] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    regions: list[_Region] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it that we could use."""
        return not self.addresses and not self.shapes


def begins_rightly(content: bytes) -> bool:
    """Whether a file may be one: its first block says so."""
    return MAGIC in content[:64]


def read(path: Path, *, country: str, alive: Callable[[], None] = lambda: None) -> Extract:
    """Everything of the extract that we use; `alive` is called again and again meanwhile. Unreadable."""
    found = Extract()
    try:
        for number, each in enumerate(_objects(path)):
            if number % EVERY == 0:
                alive()
            _take(each, found, DISTRICT_LEVELS.get(country, "9"))
    except (RuntimeError, ValueError, OSError) as error:
        raise Unreadable(str(error)[:200]) from error
    alive()
    _settle(found)
    return found


def _objects(path: Path) -> Iterator[Any]:
    """What has tags: nodes, ways, and areas put together of ways."""
    file = osmium.io.File(str(path), "pbf")
    return iter(osmium.FileProcessor(file).with_areas().with_filter(osmium.filter.EmptyTagFilter()))


def _take(each: Any, found: Extract, district_level: str) -> None:
    tags = {tag.k: tag.v.strip() for tag in each.tags}
    if each.is_node():
        at = (each.location.lon, each.location.lat)
        level = of_place(tags)
        if level is not None:
            found.shapes.append(Shape(Layer.PLACE, level, tags["name"], [_placed([at])], closed=False))
        _address(tags, at, found)
    elif each.is_way():
        _line(each, tags, found)
    elif each.is_area():
        _area(each, tags, found, district_level)


def _line(way: Any, tags: Mapping[str, str], found: Extract) -> None:
    drawn = of_line(tags)
    if drawn is None:
        return
    line = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
    if len(line) < 2:
        return
    name = tags.get("name", "")
    found.shapes.append(Shape(drawn[0], drawn[1], name, [_placed(line)], closed=False))
    if drawn[0] in (Layer.ROAD, Layer.MAIN, Layer.PATH) and name:
        middle = line[len(line) // 2]
        former = [old.strip() for old in tags.get("old_name", "").split(";") if old.strip() not in ("", name)]
        for old in former or [""]:
            found.addresses.append(Address(name, middle[1], middle[0], former=old))


def _area(area: Any, tags: Mapping[str, str], found: Extract, district_level: str) -> None:
    rings = [
        [(node.lon, node.lat) for node in ring]
        for outer in area.outer_rings()
        for ring in (outer, *area.inner_rings(outer))
    ]
    if not rings:
        return
    name, drawn = tags.get("name", ""), of_area(tags)
    if drawn is not None:
        shown = "" if drawn[0] is Layer.BUILDING else name
        found.shapes.append(Shape(drawn[0], drawn[1], shown, [_placed(ring) for ring in rings], closed=True))
    is_district = tags.get("boundary") == "administrative" and tags.get("admin_level") == district_level
    if name and (is_district or tags.get("place") in SETTLED):
        found.regions.append(_Region(name, rings, is_district))
    corners = rings[0][:-1] or rings[0]
    middle = (sum(x for x, _ in corners) / len(corners), sum(y for _, y in corners) / len(corners))
    _address(tags, middle, found)


def _address(tags: Mapping[str, str], at: tuple[float, float], found: Extract) -> None:
    """`12;14` are two houses on one building."""
    street, numbers = tags.get("addr:street", ""), tags.get("addr:housenumber", "")
    if not street or not numbers:
        return
    for number in (part.strip() for part in numbers.replace(",", ";").split(";")):
        if number:
            found.addresses.append(
                Address(
                    street=street,
                    latitude=round(at[1], 6),
                    longitude=round(at[0], 6),
                    number=number,
                    settlement=next((tags[key] for key in SETTLEMENTS if tags.get(key)), ""),
                    district=next((tags[key] for key in DISTRICTS if tags.get(key)), ""),
                    postal_code=tags.get("addr:postcode", ""),
                )
            )


def _placed(ring: list[tuple[float, float]]) -> Ring:
    return [(across(longitude), down(latitude)) for longitude, latitude in ring]


def _settle(found: Extract) -> None:
    """Gives each address the settlement and the district in whose land it lies, where it names none itself."""
    if not found.addresses or not found.regions:
        return
    at = np.array([(each.longitude, each.latitude) for each in found.addresses])
    settled: dict[int, str] = {}
    district: dict[int, str] = {}
    for region in sorted(found.regions, key=lambda region: -_size(region)):  # the smallest has the last word
        of = district if region.is_district else settled
        of.update(dict.fromkeys(np.flatnonzero(_inside(at, region.rings)).tolist(), region.name))
    found.addresses = [
        Address(
            each.street, each.latitude, each.longitude, each.number,
            each.settlement or settled.get(place, ""), each.district or district.get(place, ""),
            each.postal_code, each.former,
        )
        for place, each in enumerate(found.addresses)
    ]  # fmt: skip


def _size(region: _Region) -> float:
    east, north = [x for x, _ in region.rings[0]], [y for _, y in region.rings[0]]
    return (max(east) - min(east)) * (max(north) - min(north))


def _inside(at: "np.ndarray[Any, Any]", rings: list[list[tuple[float, float]]]) -> "np.ndarray[Any, Any]":
    """Which points lie inside: a ray to the east leaves an odd number of times."""
    odd = np.zeros(len(at), dtype=bool)
    x, y = at[:, 0], at[:, 1]
    for ring in rings:
        for (x1, y1), (x2, y2) in pairwise(ring):
            if y1 != y2:
                odd ^= ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return odd
