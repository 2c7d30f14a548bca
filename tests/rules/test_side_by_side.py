"""What is said of the order of the tests is said of tests that exist."""

from run.host.release import SOURCE
from tests.side_by_side import FIRST, FOLDERS, HALF, STORIES, place, unit

TESTS = [str(path.relative_to(SOURCE)) for path in sorted((SOURCE / "tests").glob("*/test_*.py"))]


def test_every_place_of_the_order_is_taken():
    assert {place(name) for name in TESTS} == set(range(len(FIRST) + 1))
    assert [folder for folder in FOLDERS if not (SOURCE / folder).is_dir()] == []


def test_the_stories_are_two_units_of_about_the_same_size():
    first = [name for name in TESTS if name.startswith(STORIES) and name < HALF]
    second = [name for name in TESTS if name.startswith(STORIES) and name > HALF]
    assert {unit(name) for name in first}.isdisjoint({unit(name) for name in second})
    assert 0.5 < len(first) / len(second) < 2
