"""Shapes cut into squares: what is drawn in each, as gzipped JSON of whole numbers.

A tile is `[[layer, name, ring, ...], ...]`; a ring is the place of its first point and the steps to each further one,
`EXTENT` of them to a tile's side. Rings of an area leave out what others of them enclose.
"""

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

from appeals.maps.shapes import LEVELS, ORDER, Ring, Shape

EXTENT: Final = 4096
_BESIDE: Final = 96  # beyond the border: lines have a breadth
_SMALLEST: Final = 40  # an area that is no larger is not seen
_STEP: Final = {15: 4.0}  # between points that stay; nearer ones are left out
_USUAL_STEP: Final = 10.0

_Point = tuple[float, float]
_Sides = tuple[float, float, float, float]  # west, north, east, south


class Tile(NamedTuple):
    """One square of one level."""

    zoom: int
    x: int
    y: int
    content: bytes


def cut(shapes: Sequence[Shape]) -> Iterator[Tile]:
    """Every tile that has something in it."""
    for level in LEVELS:
        there: dict[tuple[int, int], list[tuple[int, list[Any]]]] = {}
        for shape in shapes:
            if shape.level <= level:
                _put(shape, level, there)
        for (x, y), drawn in sorted(there.items()):
            drawn.sort(key=lambda each: each[0])
            told = json.dumps([each for _, each in drawn], ensure_ascii=False, separators=(",", ":"))
            yield Tile(level, x, y, gzip.compress(told.encode(), 6, mtime=0))


def _put(shape: Shape, level: int, there: dict[tuple[int, int], list[tuple[int, list[Any]]]]) -> None:
    size = 2**level * EXTENT
    rings = [_sparse([(x * size, y * size) for x, y in ring], level) for ring in shape.rings]
    west, north, east, south = _around(rings[0])
    if shape.closed and max(east - west, south - north) < _SMALLEST and level != LEVELS[-1]:
        return
    for x in range(int((west - _BESIDE) // EXTENT), int((east + _BESIDE) // EXTENT) + 1):
        for y in range(int((north - _BESIDE) // EXTENT), int((south + _BESIDE) // EXTENT) + 1):
            left, top = x * EXTENT, y * EXTENT
            sides = (left - _BESIDE, top - _BESIDE, left + EXTENT + _BESIDE, top + EXTENT + _BESIDE)
            pieces = [piece for ring in rings for piece in _clipped(ring, sides, closed=shape.closed)]
            told = [_told(piece, left, top) for piece in pieces]
            if told:
                there.setdefault((x, y), []).append((ORDER[shape.layer], [shape.layer, shape.name, *told]))


def _sparse(ring: Ring, level: int) -> Sequence[_Point]:
    """The ring without points that nobody can tell from the ones before."""
    step = _STEP.get(level, _USUAL_STEP)
    kept = [ring[0]]
    for point in ring[1:-1]:
        if abs(point[0] - kept[-1][0]) > step or abs(point[1] - kept[-1][1]) > step:
            kept.append(point)
    return [*kept, ring[-1]] if len(ring) > 1 else kept


def _around(ring: Iterable[_Point]) -> _Sides:
    across, down = zip(*ring, strict=True)
    return min(across), min(down), max(across), max(down)


def _clipped(ring: Sequence[_Point], sides: _Sides, *, closed: bool) -> Iterator[Sequence[_Point]]:
    """What of it lies inside: a line may fall into several pieces."""
    west, north, east, south = _around(ring)
    if west >= sides[2] or east <= sides[0] or north >= sides[3] or south <= sides[1]:
        return
    if west >= sides[0] and east <= sides[2] and north >= sides[1] and south <= sides[3]:
        yield ring
    elif closed:
        piece = _area_in(ring, sides)
        if len(piece) > 2:
            yield piece
    else:
        yield from _lines_in(ring, sides)


def _area_in(ring: Sequence[_Point], sides: _Sides) -> Sequence[_Point]:
    """Sutherland and Hodgman: side by side what lies beyond it is cut off."""
    points = list(ring)
    for axis, border, keeps in ((0, sides[0], 1), (1, sides[1], 1), (0, sides[2], -1), (1, sides[3], -1)):
        left, points = points, []
        for before, point in pairwise([left[-1], *left]):
            was = (before[axis] - border) * keeps >= 0
            inside = (point[axis] - border) * keeps >= 0
            if was != inside:
                points.append(_crossing(before, point, axis, border))
            if inside:
                points.append(point)
        if not points:
            break
    return points


def _crossing(one: _Point, other: _Point, axis: int, border: float) -> _Point:
    share = (border - one[axis]) / (other[axis] - one[axis])
    across = one[0] + (other[0] - one[0]) * share
    down = one[1] + (other[1] - one[1]) * share
    return (border, down) if axis == 0 else (across, border)


def _lines_in(line: Sequence[_Point], sides: _Sides) -> Iterator[Sequence[_Point]]:
    piece: list[_Point] = []
    for one, other in pairwise(line):
        part = _segment_in(one, other, sides)
        if part is None:
            if piece:
                yield piece
            piece = []
            continue
        if piece and piece[-1] != part[0]:
            yield piece
            piece = []
        piece = piece or [part[0]]
        piece.append(part[1])
    if piece:
        yield piece


def _segment_in(one: _Point, other: _Point, sides: _Sides) -> tuple[_Point, _Point] | None:
    """Liang and Barsky: the part of a straight line that lies inside."""
    begin, end = 0.0, 1.0
    across, down = other[0] - one[0], other[1] - one[1]
    rooms = (one[0] - sides[0], sides[2] - one[0], one[1] - sides[1], sides[3] - one[1])
    for way, room in zip((-across, across, -down, down), rooms, strict=True):
        if way == 0:
            if room < 0:
                return None
        elif way < 0:
            begin = max(begin, room / way)
        else:
            end = min(end, room / way)
    if begin > end:
        return None
    first = one if begin == 0 else (one[0] + across * begin, one[1] + down * begin)
    last = other if end == 1 else (one[0] + across * end, one[1] + down * end)
    return first, last


def _told(piece: Sequence[_Point], left: float, top: float) -> list[int]:
    """Whole numbers from the tile's corner: the first point, then steps."""
    told: list[int] = []
    before = (0, 0)
    for point in piece:
        here = (round(point[0] - left), round(point[1] - top))
        told += [here[0] - before[0], here[1] - before[1]]
        before = here
    return told
