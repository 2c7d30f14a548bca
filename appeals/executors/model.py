"""What executors are, who works for them on a day, and who stands in for whom."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from db.validity import in_force


class Kind(StrEnum):
    """What an executor is."""

    BODY = "body"
    DEPARTMENT = "department"
    ENTERPRISE = "enterprise"


class MemberRole(StrEnum):
    """What a person is there: a head gives the work out and answers for it."""

    HEAD = "head"
    WORKER = "worker"


class Membership(Protocol):
    """A person works for an executor from one day to another; the last day counts."""

    @property
    def executor_id(self) -> int: ...
    @property
    def person_id(self) -> int: ...
    @property
    def role(self) -> str: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_until(self) -> date | None: ...


class Away(Protocol):
    """A person is absent from one day to another, the last one included; somebody may stand in."""

    @property
    def person_id(self) -> int: ...
    @property
    def substitute_id(self) -> int | None: ...
    @property
    def since(self) -> date: ...
    @property
    def until(self) -> date: ...


@dataclass(frozen=True, slots=True)
class Works:
    """What somebody does for an executor on a day: as what, and instead of whom where they stand in."""

    executor_id: int
    person_id: int
    role: MemberRole
    instead_of: int | None = None


def is_member(membership: Membership, on: date) -> bool:
    """Whether the membership counts on that day."""
    return in_force(membership, on)


def stand_ins(absences: Iterable[Away], on: date) -> dict[int, int | None]:
    """Who is absent on that day, and who is there for them; None where nobody is.

    Whoever stands in may be absent too: then it is who stands in for that person. A circle has nobody.
    """
    away = {each.person_id: each.substitute_id for each in absences if each.since <= on <= each.until}
    found: dict[int, int | None] = {}
    for absent, first in away.items():
        passed, there = {absent}, first
        while there is not None and there in away:
            if there in passed:
                there = None
                break
            passed.add(there)
            there = away[there]
        found[absent] = there
    return found


def at_work(members: Iterable[Membership], absences: Iterable[Away], on: date) -> list[Works]:
    """Who gets the work on that day: members who are there, and those who stand in for the absent ones.

    Nobody stands twice for one executor: a member who stands in for the head is a head that day.
    """
    instead = stand_ins(absences, on)
    best: dict[tuple[int, int], Works] = {}
    for member in members:
        if not is_member(member, on):
            continue
        there = instead.get(member.person_id, member.person_id)
        if there is None:
            continue
        absent = member.person_id if there != member.person_id else None
        works = Works(member.executor_id, there, MemberRole(member.role), absent)
        known = best.get((works.executor_id, works.person_id))
        if known is None or (known.role, works.role) == (MemberRole.WORKER, MemberRole.HEAD):
            best[works.executor_id, works.person_id] = works
    return list(best.values())


def sees(person: int, members: Iterable[Membership], absences: Iterable[Away], on: date) -> dict[int, MemberRole]:
    """The executors whose work a person sees on that day, and as what.

    Who is absent sees it still: leave does not close a door, it only sends new work to another one.
    """
    listed = list(members)
    found = {each.executor_id: each.role for each in at_work(listed, absences, on) if each.person_id == person}
    for member in listed:
        if member.person_id == person and is_member(member, on) and found.get(member.executor_id) != MemberRole.HEAD:
            found[member.executor_id] = MemberRole(member.role)
    return found


def above(executor: int, parents: Mapping[int, int | None]) -> list[int]:
    """The executors above one, the nearest first; a circle ends where it closes."""
    found: list[int] = []
    upper = parents.get(executor)
    while upper is not None and upper not in found and upper != executor:
        found.append(upper)
        upper = parents.get(upper)
    return found


def within(executors: Collection[int], parents: Mapping[int, int | None]) -> frozenset[int]:
    """These executors and all that belong to them: a body's departments are the body."""
    named = frozenset(executors)
    return named | {each for each in parents if not named.isdisjoint(above(each, parents))}
