"""Small OpenStreetMap extracts for tests, written by osmium: a town of two streets, a river, a park, a village."""

from pathlib import Path
from typing import Any, Final

import osmium

LAT, LON = 49.42, 26.98
STREET: Final = {"highway": "residential", "name": "вулиця Соборна", "old_name": "вулиця Леніна;вулиця Дворянська"}
LANE: Final = {"highway": "tertiary", "name": "провулок Тихий"}
_SQUARE: Final = ((0, 0), (0, 1), (1, 1), (1, 0), (0, 0))


class _Pen:
    """Numbers nodes and ways as they are written."""

    def __init__(self, writer: osmium.SimpleWriter) -> None:
        self._writer, self._nodes, self._ways = writer, 0, 0
        self._later: list[Any] = []

    def node(self, north: float, east: float, **tags: str) -> int:
        """A point so many degrees from the town's corner."""
        self._nodes += 1
        at = (LON + east, LAT + north)
        self._writer.add_node(osmium.osm.mutable.Node(id=self._nodes, version=1, location=at, tags=_spelled(tags)))
        return self._nodes

    def way(self, points: list[tuple[float, float]], tags: dict[str, str], *, closed: bool = False) -> int:
        """A line, or an area where it ends as it begins; its nodes are written first."""
        self._ways += 1
        ids = [self.node(*point) for point in (points[:-1] if closed else points)]
        nodes = [*ids, ids[0]] if closed else ids
        self._later.append(osmium.osm.mutable.Way(id=self._ways, version=1, nodes=nodes, tags=_spelled(tags)))
        return self._ways

    def square(self, north: float, east: float, side: float, **tags: str) -> int:
        """A square with its corner there."""
        points = [(north + y * side, east + x * side) for y, x in _SQUARE]
        return self.way(points, tags, closed=True)

    def relation(self, members: list[tuple[str, int, str]], **tags: str) -> None:
        """Ways that make one area together."""
        made = osmium.osm.mutable.Relation(id=1, version=1, members=members, tags=_spelled(tags))
        self._later.append(made)

    def end(self) -> None:
        """Ways after their nodes, relations after their ways, as the format wants it."""
        for each in self._later:
            add = self._writer.add_relation if isinstance(each, osmium.osm.mutable.Relation) else self._writer.add_way
            add(each)


def _spelled(tags: dict[str, str]) -> dict[str, str]:
    """`addr_street` as `addr:street`."""
    return {name.replace("addr_", "addr:"): text for name, text in tags.items()}


def written(path: Path, *, houses: int = 6) -> Path:
    """The town as a file."""
    writer = osmium.SimpleWriter(str(path))
    pen = _Pen(writer)
    pen.node(0.01, 0.01, place="city", name="Хмельницький")
    pen.square(-0.01, -0.01, 0.06, boundary="administrative", admin_level="9", name="Центральний район")
    pen.square(-0.02, -0.02, 0.09, place="city", name="Хмельницький")
    pen.square(0.08, 0.08, 0.02, place="village", name="Ружична")
    pen.way([(0.001, 0), (0.001, 0.01), (0.001, 0.03)], STREET)
    pen.way([(0, 0.002), (0.02, 0.002)], LANE)
    pen.way([(0.03, -0.01), (0.031, 0.02), (0.03, 0.06)], {"waterway": "river", "name": "Південний Буг"})
    pen.way([(-0.01, 0), (0.06, 0)], {"railway": "rail"})
    for number in range(1, houses + 1):
        at = number * 0.001
        pen.square(0.0012, at, 0.0003, building="yes", addr_street="вулиця Соборна", addr_housenumber=str(number))
    pen.node(0.0052, 0.0023, addr_street="провулок Тихий", addr_housenumber="3А", addr_postcode="29000")
    pen.square(0.006, 0.0023, 0.0003, building="yes", addr_street="провулок Тихий", addr_housenumber="5;7")
    pen.node(0.09, 0.09, addr_street="вулиця Садова", addr_housenumber="1")
    pen.node(0.0053, 0.0023, addr_street="провулок Тихий", addr_housenumber="без номера")
    park, pond = pen.square(0.01, 0.01, 0.01), pen.square(0.012, 0.012, 0.002)
    pen.relation([("w", park, "outer"), ("w", pond, "inner")], type="multipolygon", leisure="park", name="Парк Франка")
    pen.end()
    writer.close()
    return path
