"""Who works for whom on a day, who stands in for the absent, and the tree of executors."""

from dataclasses import dataclass
from datetime import date

import pytest

from appeals.executors import model
from appeals.executors.model import MemberRole, Works

DAY = date(2026, 11, 23)
HEAD, WORKER = MemberRole.HEAD, MemberRole.WORKER
ANNA, BORYS, VIRA, HNAT = 1, 2, 3, 4
WATER, ROADS = 10, 20


@dataclass(frozen=True)
class Member:
    """A membership."""

    executor_id: int
    person_id: int
    role: str = WORKER
    valid_from: date = date(2026, 1, 1)
    valid_until: date | None = None


@dataclass(frozen=True)
class Away:
    """An absence on the day."""

    person_id: int
    substitute_id: int | None = None
    since: date = DAY
    until: date = DAY


CREW = (Member(WATER, ANNA, HEAD), Member(WATER, BORYS), Member(ROADS, VIRA))


@pytest.mark.parametrize(
    ("absences", "found"),
    [
        ((), {}),
        ((Away(ANNA, BORYS),), {ANNA: BORYS}),
        ((Away(ANNA),), {ANNA: None}),
        ((Away(ANNA, BORYS), Away(BORYS, VIRA)), {ANNA: VIRA, BORYS: VIRA}),
        ((Away(ANNA, BORYS), Away(BORYS)), {ANNA: None, BORYS: None}),
        ((Away(ANNA, BORYS), Away(BORYS, ANNA)), {ANNA: None, BORYS: None}),
        ((Away(ANNA, BORYS, date(2026, 11, 24), date(2026, 11, 30)),), {}),
        ((Away(ANNA, BORYS, date(2026, 11, 1), date(2026, 11, 22)),), {}),
    ],
)
def test_who_stands_in_may_be_absent_too(absences: tuple[Away, ...], found: dict[int, int | None]) -> None:
    assert model.stand_ins(absences, DAY) == found


@pytest.mark.parametrize(
    ("absences", "found"),
    [
        ((), [Works(WATER, ANNA, HEAD), Works(WATER, BORYS, WORKER), Works(ROADS, VIRA, WORKER)]),
        ((Away(ANNA, BORYS),), [Works(WATER, BORYS, HEAD, ANNA), Works(ROADS, VIRA, WORKER)]),
        (
            (Away(ANNA, VIRA),),
            [Works(WATER, VIRA, HEAD, ANNA), Works(WATER, BORYS, WORKER), Works(ROADS, VIRA, WORKER)],
        ),
        ((Away(ANNA),), [Works(WATER, BORYS, WORKER), Works(ROADS, VIRA, WORKER)]),
        ((Away(VIRA),), [Works(WATER, ANNA, HEAD), Works(WATER, BORYS, WORKER)]),
    ],
)
def test_new_work_goes_to_who_is_there(absences: tuple[Away, ...], found: list[Works]) -> None:
    assert sorted(model.at_work(CREW, absences, DAY), key=str) == sorted(found, key=str)


@pytest.mark.parametrize(
    ("person", "absences", "found"),
    [
        (ANNA, (), {WATER: HEAD}),
        (VIRA, (), {ROADS: WORKER}),
        (HNAT, (), {}),
        (VIRA, (Away(ANNA, VIRA),), {WATER: HEAD, ROADS: WORKER}),
        (ANNA, (Away(ANNA, VIRA),), {WATER: HEAD}),
        (BORYS, (Away(ANNA, BORYS),), {WATER: HEAD}),
        (HNAT, (Away(VIRA, HNAT),), {ROADS: WORKER}),
    ],
)
def test_a_stand_in_sees_what_the_absent_one_sees(
    person: int, absences: tuple[Away, ...], found: dict[int, MemberRole]
) -> None:
    assert model.sees(person, CREW, absences, DAY) == found


def test_the_first_and_the_last_day_of_a_membership_count() -> None:
    member = Member(WATER, ANNA, valid_from=date(2026, 11, 23), valid_until=date(2026, 11, 24))
    days = (date(2026, 11, day) for day in (22, 23, 24, 25))
    assert [model.is_member(member, day) for day in days] == [False, True, True, False]
    assert model.sees(ANNA, [member], (), date(2026, 11, 25)) == {}


def test_the_tree_and_what_belongs_to_a_body() -> None:
    parents = {1: None, 2: 1, 3: 2, 4: None, 5: 99}
    assert model.above(3, parents) == [2, 1]
    assert model.within([1], parents) == {1, 2, 3}
    assert model.within([], parents) == frozenset()
    assert model.above(7, {7: 8, 8: 7}) == [8]
