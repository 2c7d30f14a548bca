"""What is said of the order of the tests is said of tests that exist; towns are begun where there is room for them."""

from run.host.release import SOURCE
from tests.side_by_side import FIRST, FOLDERS, PARTS, SILENT, TOWNS, WAITING, Units, place, unit

TESTS = [str(path.relative_to(SOURCE)) for path in sorted((SOURCE / "tests").glob("*/test_*.py"))]
STORY, ANOTHER = "tests/stories/test_a.py", "tests/stories/test_b.py"
FAULT, PAGE = "tests/faults/test_c.py", "tests/pages/test_d.py"


def test_every_place_of_the_order_is_taken():
    assert {place(name) for name in TESTS} == set(range(len(FIRST) + 1))
    assert [folder for folder in FOLDERS if not (SOURCE / folder).is_dir()] == []
    assert {SILENT, *PARTS} <= set(TESTS)
    assert set(WAITING) == {unit(name) for name in TESTS if name.startswith(WAITING)}
    assert all(any(name.startswith(town) for name in TESTS) for town in TOWNS)


def test_a_large_file_is_several_units_and_each_test_is_in_one():
    for file, parts in PARTS.items():
        assert {unit(f"{file}::test_x[{number}]") for number in range(100)} == {f"{file} {it}" for it in range(parts)}


def fitting(given: dict[str, list[str]], left: list[str], whom: str) -> list[str]:
    """The units that a process may begin next, where these are under way and those are left."""
    units = object.__new__(Units)
    units.assigned_work = {node: {name: {"test": False} for name in names} for node, names in given.items()}  # type: ignore[misc]
    units.workqueue = {name: {"test": False} for name in left}  # type: ignore[assignment]
    return units._fitting(whom)  # type: ignore[arg-type]


def test_whoever_has_a_town_stays_with_it():
    assert fitting({"one": [STORY]}, [FAULT, PAGE, ANOTHER], "one") == [ANOTHER]


def test_a_town_that_nobody_has_comes_before_a_second_of_the_same():
    assert fitting({"one": [STORY], "two": []}, [ANOTHER, FAULT, PAGE], "two") == [FAULT]
    assert fitting({"one": [STORY], "two": [FAULT]}, [ANOTHER, PAGE], "two") == [ANOTHER, PAGE]


def test_a_third_town_is_not_begun_but_where_nobody_talks():
    towns = {"one": [STORY], "two": [FAULT], "three": []}
    assert fitting(towns, [ANOTHER, SILENT, PAGE], "three") == [PAGE]
    assert fitting(towns, [ANOTHER, SILENT], "three") == [SILENT]
    assert fitting(towns, [ANOTHER], "three") == []
    assert fitting(towns | {"three": [SILENT]}, [ANOTHER, FAULT], "three") == []


def test_a_fourth_process_only_waits():
    three = {"one": [STORY], "two": [FAULT], "three": [PAGE], "four": []}
    assert fitting(three, [ANOTHER, PAGE, *WAITING], "four") == list(WAITING)
    assert fitting(three, [ANOTHER, PAGE], "four") == []
    assert fitting(three | {"three": [SILENT]}, [ANOTHER, PAGE], "four") == [PAGE]
    assert fitting(three | {"four": [SILENT]}, [ANOTHER, PAGE], "three") == [PAGE]
