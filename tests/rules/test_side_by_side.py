"""What is said of the order of the tests is said of tests that exist."""

from run.host.release import SOURCE
from tests.side_by_side import FIRST, FOLDERS, place


def test_every_place_of_the_order_is_there():
    assert [name for name in (*FIRST, *FOLDERS) if not (SOURCE / name).exists()] == []


def test_each_name_has_the_place_of_its_own():
    """One that is named after what begins like it would never be looked at."""
    assert [place(name) for name in FIRST] == list(range(len(FIRST)))
