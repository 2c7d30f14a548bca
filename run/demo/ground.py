"""The map of a demonstration town: its streets and houses as its directory has them, a river and a park made up."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy.orm import Session

from appeals.addresses import kinds
from appeals.addresses.model import StreetKind
from appeals.addresses.tables import House
from appeals.maps import service, tiles
from appeals.maps.model import Point, across, down
from appeals.maps.queries import place_of
from appeals.maps.shapes import Layer, Shape

HOUSE: Final = 0.00012  # degrees from a house's middle to its walls
Lane = tuple[StreetKind, str, Sequence[House]]


def draw(session: Session, organisation: int, town: str, language: str, lanes: Sequence[Lane]) -> None:
    """The town's map, of streets with their houses in order."""
    shapes = [shape for lane in lanes for shape in _street(lane, language)]
    places = [place for _kind, _name, houses in lanes for house in houses if (place := place_of(house)) is not None]
    middle = Point(sum(x.latitude for x in places) / len(places), sum(x.longitude for x in places) / len(places))
    south, north = min(x.latitude for x in places), max(x.latitude for x in places)
    west, east = min(x.longitude for x in places), max(x.longitude for x in places)
    shapes += [
        Shape(Layer.PLACE, 8, town, [_ring([middle])], closed=False),
        _line(Layer.MAIN, 8, [Point(middle.latitude, west - 0.005), middle, Point(middle.latitude, east + 0.005)]),
        _line(Layer.STREAM, 11, [Point(south - 0.002, west - 0.004), middle, Point(north + 0.002, east + 0.003)]),
        _square(Layer.GREEN, Point(south - 0.001, east - 0.002), 0.002),
        _square(Layer.WATER, Point(south - 0.0012, east - 0.0018), 0.0004),
    ]
    service.draw(session, organisation, list(tiles.cut(shapes)), file_name=town, credit="", middle=middle)


def _street(lane: Lane, language: str) -> Iterator[Shape]:
    kind, name, houses = lane
    places = [place for house in houses if (place := place_of(house)) is not None]
    if len(places) > 1:
        longitude = (places[0].longitude + places[1].longitude) / 2
        first, last = places[0], places[-1]
        line = [Point(first.latitude - HOUSE * 3, longitude), Point(last.latitude + HOUSE * 3, longitude)]
        yield _line(Layer.ROAD, 11 if kind is StreetKind.AVENUE else 13, line, kinds.written(kind, name, language))
    for place in places:
        yield _square(Layer.BUILDING, place, HOUSE)


def _line(layer: Layer, level: int, line: Sequence[Point], name: str = "") -> Shape:
    return Shape(layer, level, name, [_ring(line)], closed=False)


def _square(layer: Layer, middle: Point, half: float) -> Shape:
    corners = ((-1, -1), (-1, 1), (1, 1), (1, -1), (-1, -1))
    ring = [Point(middle.latitude + half * y, middle.longitude + half * 1.5 * x) for y, x in corners]
    return Shape(layer, 15 if layer is Layer.BUILDING else 11, "", [_ring(ring)], closed=True)


def _ring(points: Sequence[Point]) -> list[tuple[float, float]]:
    return [(across(each.longitude), down(each.latitude)) for each in points]
