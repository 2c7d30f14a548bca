"""Decision tables of routing: who, by which rule, and why not another."""

from dataclasses import dataclass
from datetime import date

import pytest

from appeals.routing import model
from appeals.routing.model import Clash, Executors, Matter, Passed, Place, Proposal, Scope

DAY = date(2026, 11, 23)
LONG_AGO = date(2020, 1, 1)
HOUSE, OTHER_HOUSE, STREET, DISTRICT = 12, 14, 5, 3
HERE = Place(HOUSE, STREET, DISTRICT)
GROUPS = {"cold": ("water", "housing"), "hot": ("water", "housing"), "water": ("housing",), "lift": ("housing",)}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule as the decision reads it; `executor_id` is a number of the tree below."""

    id: int
    house_id: int | None = None
    street_id: int | None = None
    district_id: int | None = None
    problem: str = ""
    executor_id: int
    co_ids: tuple[int, ...] = ()
    valid_from: date = LONG_AGO
    valid_until: date | None = None


# 1 the city, 2 a department of it, 3 an office of the department; 4 the waterworks; 5 the power company; 6 closed.
TREE = Executors({1: None, 2: 1, 3: 2, 4: None, 5: None, 6: 1}, frozenset({1, 2, 3, 4, 5}))

EVERYTHING = Rule(id=1, executor_id=1)
HOUSING = Rule(id=2, problem="housing", executor_id=2)
WATER = Rule(id=3, problem="water", executor_id=4, co_ids=(2,))
COLD = Rule(id=4, problem="cold", executor_id=4)
DISTRICT_ANY = Rule(id=5, district_id=DISTRICT, executor_id=3)
DISTRICT_WATER = Rule(id=6, district_id=DISTRICT, problem="water", executor_id=4, co_ids=(3,))
STREET_ANY = Rule(id=7, street_id=STREET, executor_id=2)
STREET_WATER = Rule(id=8, street_id=STREET, problem="water", executor_id=5)
STREET_COLD = Rule(id=9, street_id=STREET, problem="cold", executor_id=3)
HOUSE_ANY = Rule(id=10, house_id=HOUSE, executor_id=1)
HOUSE_WATER = Rule(id=11, house_id=HOUSE, problem="water", executor_id=4)
ELSEWHERE = Rule(id=12, house_id=OTHER_HOUSE, problem="water", executor_id=5)
OTHER_STREET = Rule(id=13, street_id=99, problem="water", executor_id=5)
OTHER_DISTRICT = Rule(id=14, district_id=98, problem="water", executor_id=5)
ENDED = Rule(id=15, house_id=HOUSE, problem="cold", executor_id=5, valid_until=date(2026, 11, 22))
LAST_DAY = Rule(id=16, house_id=HOUSE, problem="cold", executor_id=5, valid_until=DAY)
TOMORROW = Rule(id=17, house_id=HOUSE, problem="cold", executor_id=5, valid_from=date(2026, 11, 24))
TODAY = Rule(id=18, house_id=HOUSE, problem="cold", executor_id=5, valid_from=DAY)
NEWER = Rule(id=19, problem="water", executor_id=5, valid_from=date(2025, 1, 1))
NEWER_BUT_ENTERED_FIRST = Rule(id=0, problem="water", executor_id=5, valid_from=date(2025, 1, 1))
ENTERED_LATER = Rule(id=20, problem="water", executor_id=3)
CLOSED_HOUSE = Rule(id=21, house_id=HOUSE, problem="water", executor_id=6)
CLOSED_HELP = Rule(id=22, house_id=HOUSE, problem="water", executor_id=4, co_ids=(6, 3))
ALL = (EVERYTHING, HOUSING, WATER, COLD, DISTRICT_ANY, DISTRICT_WATER, STREET_ANY, STREET_WATER, STREET_COLD,
       HOUSE_ANY, HOUSE_WATER, ELSEWHERE, OTHER_STREET, OTHER_DISTRICT)  # fmt: skip


def decided(rules: tuple[Rule, ...], problem: str, place: Place = HERE, **more: object) -> Proposal | None:
    """The decision for that problem at that place on the day."""
    matter = Matter(place=place, problem=problem, groups=GROUPS.get(problem, ()), on=DAY, **more)  # type: ignore[arg-type]
    return model.decide(rules, matter, TREE)


@pytest.mark.parametrize(
    ("rules", "problem", "place", "by", "executor"),
    [
        # The default alone, and nothing at all.
        ((EVERYTHING,), "cold", HERE, 1, 1),
        ((EVERYTHING,), "", Place(), 1, 1),
        ((), "cold", HERE, None, None),
        ((WATER,), "", HERE, None, None),
        ((WATER,), "lift", HERE, None, None),
        # The nearer the problem, the better.
        ((EVERYTHING, HOUSING), "cold", HERE, 2, 2),
        ((EVERYTHING, HOUSING, WATER), "cold", HERE, 3, 4),
        ((EVERYTHING, HOUSING, WATER, COLD), "cold", HERE, 4, 4),
        ((EVERYTHING, HOUSING, WATER, COLD), "hot", HERE, 3, 4),
        ((EVERYTHING, HOUSING, WATER, COLD), "water", HERE, 3, 4),
        ((EVERYTHING, HOUSING, WATER, COLD), "lift", HERE, 2, 2),
        ((EVERYTHING, HOUSING, WATER, COLD), "noise", HERE, 1, 1),
        # House beats street beats district beats the default (U-96).
        ((WATER, DISTRICT_WATER), "water", HERE, 6, 4),
        ((WATER, DISTRICT_WATER, STREET_WATER), "water", HERE, 8, 5),
        ((WATER, DISTRICT_WATER, STREET_WATER, HOUSE_WATER), "water", HERE, 11, 4),
        # The place goes before the problem.
        ((COLD, DISTRICT_ANY), "cold", HERE, 5, 3),
        ((DISTRICT_WATER, STREET_ANY), "water", HERE, 7, 2),
        ((STREET_COLD, HOUSE_ANY), "cold", HERE, 10, 1),
        ((STREET_ANY, STREET_WATER, STREET_COLD), "cold", HERE, 9, 3),
        ((STREET_ANY, STREET_WATER, STREET_COLD), "hot", HERE, 8, 5),
        ((STREET_ANY, STREET_WATER, STREET_COLD), "lift", HERE, 7, 2),
        # Only as much of the place counts as is known.
        (ALL, "water", Place(street=STREET), 8, 5),
        (ALL, "water", Place(district=DISTRICT), 6, 4),
        (ALL, "water", Place(), 3, 4),
        (ALL, "cold", Place(), 4, 4),
        (ALL, "water", Place(OTHER_HOUSE, STREET, DISTRICT), 12, 5),
        (ALL, "lift", Place(OTHER_HOUSE, STREET, DISTRICT), 7, 2),
        ((ELSEWHERE, OTHER_STREET, OTHER_DISTRICT), "water", HERE, None, None),
        # Only rules of the day count; the last day does.
        ((HOUSE_ANY, ENDED), "cold", HERE, 10, 1),
        ((HOUSE_ANY, LAST_DAY), "cold", HERE, 16, 5),
        ((HOUSE_ANY, TOMORROW), "cold", HERE, 10, 1),
        ((HOUSE_ANY, TODAY), "cold", HERE, 18, 5),
        # Ties: valid since the latest day, then entered last; in whichever order they are read.
        ((WATER, NEWER), "water", HERE, 19, 5),
        ((NEWER, WATER), "water", HERE, 19, 5),
        ((WATER, NEWER_BUT_ENTERED_FIRST), "water", HERE, 0, 5),
        ((WATER, ENTERED_LATER), "water", HERE, 20, 3),
        ((ENTERED_LATER, WATER), "water", HERE, 20, 3),
        # A closed executor is passed over.
        ((STREET_WATER, CLOSED_HOUSE), "water", HERE, 8, 5),
        ((CLOSED_HOUSE,), "water", HERE, None, None),
    ],
)  # fmt: skip
def test_the_most_specific_rule_decides(
    rules: tuple[Rule, ...], problem: str, place: Place, by: int | None, executor: int | None
) -> None:
    found = decided(rules, problem, place)
    assert (found.rule.id if found else None, found.executor if found else None) == (by, executor)


@pytest.mark.parametrize(
    ("rules", "about", "by", "executor", "superior"),
    [
        # A complaint about whom no rule names goes its usual way.
        ((HOUSE_WATER, EVERYTHING), {5}, 11, 4, False),
        # About the executor itself: to whoever is above it, and where nobody is, by the next rule.
        ((HOUSING,), {2}, 2, 1, True),
        ((HOUSE_WATER, EVERYTHING), {4}, 1, 1, False),
        ((HOUSE_WATER,), {4}, None, None, False),
        # A part of the body complained of is that body.
        ((DISTRICT_ANY,), {2}, 5, 1, True),
        ((DISTRICT_ANY, WATER), {1}, 3, 4, False),
        ((DISTRICT_ANY,), {1}, None, None, False),
        # The body above it is not.
        ((HOUSING,), {3}, 2, 2, False),
        ((WATER, EVERYTHING), {4, 1}, None, None, False),
    ],
)
def test_a_complaint_does_not_go_to_whom_it_is_about(
    rules: tuple[Rule, ...], about: set[int], by: int | None, executor: int | None, superior: bool
) -> None:
    found = decided(rules, "water", complained_of=frozenset(about))
    shown = (found.rule.id, found.executor, found.superior) if found else (None, None, False)
    assert shown == (by, executor, superior)


def test_who_was_passed_over_is_told_with_the_reason() -> None:
    found = decided((CLOSED_HOUSE, STREET_WATER, EVERYTHING), "water", complained_of=frozenset({5}))
    assert found is not None
    assert (found.executor, found.scope) == (1, Scope.EVERYWHERE)
    assert found.passed == ((6, Passed.CLOSED), (5, Passed.COMPLAINED_OF))


def test_co_executors_come_along_but_for_closed_ones_and_those_complained_of() -> None:
    found = decided((CLOSED_HELP,), "water")
    assert found is not None
    assert (found.co, found.passed) == ((3,), ((6, Passed.CLOSED),))
    found = decided((DISTRICT_WATER,), "water", complained_of=frozenset({2}))
    assert found is not None
    assert (found.executor, found.co, found.passed) == (4, (), ((3, Passed.COMPLAINED_OF),))


def test_several_addresses_propose_each_executor_once() -> None:
    places = (HERE, Place(OTHER_HOUSE, STREET, DISTRICT), Place(99, 98, DISTRICT), Place())
    found = model.union(decided((HOUSE_WATER, ELSEWHERE, WATER), "water", place) for place in places)
    assert [(each.executor, each.rule.id) for each in found] == [(4, 11), (5, 12)]
    assert model.union([None, None]) == []


def test_groups_above_a_problem_are_found_nearest_first_and_a_circle_ends() -> None:
    assert model.groups("cold", {"cold": "water", "water": "housing", "housing": ""}) == ("water", "housing")
    assert model.groups("cold", {"cold": "water", "water": "cold"}) == ("water",)
    assert model.groups("new", {}) == ()


def conflicts(*rules: Rule) -> list[tuple[Clash, int, int | None]]:
    """What is wrong with these rules, by their numbers."""
    found = model.conflicts(
        rules,
        DAY,
        active=TREE.active,
        place_of={HOUSE: HERE, OTHER_HOUSE: Place(OTHER_HOUSE, 99, DISTRICT)},
        groups_of=GROUPS,
        districts_of={STREET: {DISTRICT}},
    )
    return [(each.clash, each.rule.id, each.other.id if each.other is not None else None) for each in found]


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ((EVERYTHING, HOUSING, WATER), []),
        ((WATER, ENTERED_LATER), [(Clash.SAME, 20, 3)]),
        ((WATER, NEWER), [(Clash.SAME, 19, 3)]),
        ((WATER, Rule(id=30, problem="water", executor_id=4, co_ids=(2,))), []),
        ((ENDED, HOUSE_WATER), []),
        ((LAST_DAY, TOMORROW), []),
        ((COLD, DISTRICT_ANY), [(Clash.CROSSED, 5, 4)]),
        ((WATER, DISTRICT_ANY), [(Clash.CROSSED, 5, 3)]),
        ((COLD, DISTRICT_WATER), [(Clash.CROSSED, 6, 4)]),
        ((WATER, Rule(id=31, district_id=DISTRICT, problem="cold", executor_id=5)), []),
        ((STREET_COLD, HOUSE_ANY), [(Clash.CROSSED, 10, 9)]),
        ((DISTRICT_WATER, STREET_ANY), [(Clash.CROSSED, 7, 6)]),
        ((DISTRICT_WATER, Rule(id=32, street_id=77, executor_id=1)), []),
        ((STREET_COLD, Rule(id=33, house_id=OTHER_HOUSE, executor_id=1)), []),
        ((CLOSED_HOUSE,), [(Clash.CLOSED, 21, None)]),
    ],
)
def test_rules_in_each_others_way_are_found(
    rules: tuple[Rule, ...], found: list[tuple[Clash, int, int | None]]
) -> None:
    assert conflicts(*rules) == found
    assert sorted(conflicts(*reversed(rules)), key=str) == sorted(found, key=str)


def test_problems_without_anybody_are_found_by_district() -> None:
    def gaps(*rules: Rule) -> dict[str, list[int | None]]:
        return model.uncovered(
            rules, DAY, problems=["cold", "lift"], districts=[DISTRICT, 98],
            groups_of=lambda code: GROUPS.get(code, ()), executors=TREE,
        )  # fmt: skip

    assert gaps() == {"cold": [DISTRICT, 98], "lift": [DISTRICT, 98]}
    assert gaps(EVERYTHING) == gaps(HOUSING) == {}
    assert gaps(WATER) == {"lift": [DISTRICT, 98]}
    assert gaps(WATER, DISTRICT_ANY) == {"lift": [98]}
    assert gaps(STREET_ANY, HOUSE_ANY) == gaps()
    assert gaps(Rule(id=40, executor_id=6)) == gaps()
    assert gaps(Rule(id=41, executor_id=1, valid_until=date(2026, 1, 1))) == gaps()
