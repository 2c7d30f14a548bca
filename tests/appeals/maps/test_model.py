"""Points, boxes and cells: distances, the card's field, a map's borders moved out to whole cells."""

import math

import pytest

from appeals.maps.model import MARKS as OF_STATES
from appeals.maps.model import Box, Mark, Moved, Point, across, cells, down, up
from appeals.maps.words import MARKS, TONES
from appeals.model import State


def test_each_state_has_a_mark_and_each_mark_a_word_and_a_tone() -> None:
    assert set(OF_STATES) == set(State)
    assert set(MARKS) == set(TONES) == set(Mark) == set(OF_STATES.values())


@pytest.mark.parametrize("written", ["", "x", "46.9,31.9", "91,0,1", "nan,0,1", "1,181,", "1,2,3,4", "inf,inf,"])
def test_what_is_no_point_moves_nothing(written: str) -> None:
    assert Moved.read(written) is None


def test_a_point_of_a_card_names_the_house_it_was_moved_from() -> None:
    assert Moved.read("46.97123449,31.99,17") == Moved(Point(46.971234, 31.99), "17")
    assert Moved.read("46.97,31.99,") == Moved(Point(46.97, 31.99), "")


def test_distances_are_those_of_the_earth() -> None:
    kyiv = Point(50.45, 30.52)
    assert kyiv.metres_to(Point(50.46, 30.52)) == pytest.approx(1113, abs=2)
    assert kyiv.metres_to(Point(50.45, 30.53)) == pytest.approx(709, abs=2)
    box = Box.around(kyiv, 250)
    assert kyiv.metres_to(Point(box.north, kyiv.longitude)) == pytest.approx(250, abs=1)
    assert kyiv.metres_to(Point(kyiv.latitude, box.west)) == pytest.approx(250, abs=1)


@pytest.mark.parametrize("zoom", [0, 5, 12, 19])
def test_a_box_is_widened_to_whole_cells(zoom: int) -> None:
    box = Box(46.9, 31.9, 46.95, 32.0)
    wide, size = box.widened(zoom), cells(zoom)
    assert wide.south <= box.south <= box.north <= wide.north
    assert wide.west <= box.west <= box.east <= wide.east
    for side in (across(wide.west), across(wide.east), down(wide.north), down(wide.south)):
        assert math.isclose(side * size, round(side * size), abs_tol=1e-6)
    assert up(down(46.9)) == pytest.approx(46.9)
