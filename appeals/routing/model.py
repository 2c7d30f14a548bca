"""Rules of routing, and the decision: who carries a matter out, by which rule, and who was passed over and why.

Of the rules that fit, the one decides that is, in this order: for the smallest place (house, street, district, the
whole territory), for the nearest problem (the problem itself, the group above it, the group above that, any), valid
since the latest day, entered last. The place goes first: who looks after a house does so whatever has happened there,
and a rule for one problem of it is entered beside.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from appeals.executors.model import above, within
from db.validity import in_force, not_over


class Scope(StrEnum):
    """The place a rule is for, the smallest first."""

    HOUSE = "house"
    STREET = "street"
    DISTRICT = "district"
    EVERYWHERE = "everywhere"


SCOPES = tuple(Scope)


class Passed(StrEnum):
    """Why somebody whom a rule names is not proposed."""

    CLOSED = "closed"
    COMPLAINED_OF = "complained_of"  # law on appeals, article 7


class Clash(StrEnum):
    """What is wrong with rules that are in force together."""

    SAME = "same"  # for one place and problem, with different executors
    CROSSED = "crossed"  # a rule for a smaller place hides one for a nearer problem
    CLOSED = "closed"  # it leads to an executor that is closed


class Rule(Protocol):
    """For one place at most (none: the whole territory) and a problem ("": any): who. The last day counts."""

    @property
    def id(self) -> int: ...
    @property
    def house_id(self) -> int | None: ...
    @property
    def street_id(self) -> int | None: ...
    @property
    def district_id(self) -> int | None: ...
    @property
    def problem(self) -> str: ...
    @property
    def executor_id(self) -> int: ...
    @property
    def co_ids(self) -> Sequence[int]: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_until(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where something has happened, as far as it is known."""

    house: int | None = None
    street: int | None = None
    district: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What an executor is chosen by. `groups` are those above the problem, the nearest first."""

    place: Place = Place()
    problem: str = ""
    groups: tuple[str, ...] = ()
    on: date
    complained_of: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Executors:
    """The tree of executors, and those of them that are open."""

    parents: Mapping[int, int | None]
    active: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Who is to carry the matter out, and why: the rule, its place and problem, and who was passed over."""

    executor: int
    co: tuple[int, ...] = ()
    rule: Rule
    scope: Scope
    superior: bool = False  # of whom the rule names: that one is complained of
    passed: tuple[tuple[int, Passed], ...] = field(default=())


def groups(problem: str, parents: Mapping[str, str]) -> tuple[str, ...]:
    """The codes above a problem, the nearest first; a circle ends where it closes."""
    found: list[str] = []
    code = parents.get(problem, "")
    while code and code != problem and code not in found:
        found.append(code)
        code = parents.get(code, "")
    return tuple(found)


def scope_of(rule: Rule) -> Scope:
    """The place it is for."""
    if rule.house_id is not None:
        return Scope.HOUSE
    if rule.street_id is not None:
        return Scope.STREET
    return Scope.DISTRICT if rule.district_id is not None else Scope.EVERYWHERE


def fits(rule: Rule, matter: Matter) -> bool:
    """Whether the rule is for such a matter on its day."""
    of_place = {
        Scope.HOUSE: rule.house_id == matter.place.house,
        Scope.STREET: rule.street_id == matter.place.street,
        Scope.DISTRICT: rule.district_id == matter.place.district,
        Scope.EVERYWHERE: True,
    }[scope_of(rule)]
    return of_place and rule.problem in ("", matter.problem, *matter.groups) and in_force(rule, matter.on)


def ordered(rules: Iterable[Rule], matter: Matter) -> list[Rule]:
    """The rules that fit, the one that decides first."""
    codes = (matter.problem, *matter.groups) if matter.problem else ()
    far = {code: place for place, code in reversed(list(enumerate(codes)))} | {"": len(codes)}
    return sorted(
        (rule for rule in rules if fits(rule, matter)),
        key=lambda rule: (
            SCOPES.index(scope_of(rule)), far[rule.problem], -rule.valid_from.toordinal(), -rule.id,
        ),
    )  # fmt: skip


def decide(rules: Iterable[Rule], matter: Matter, executors: Executors) -> Proposal | None:
    """Who is to carry it out; None where no rule fits, or all of them lead to whom it may not go.

    A complaint goes neither to the body complained of nor to a part of it (article 7): instead to the nearest one above
    that is neither, else by the next rule. A closed executor is passed over.
    """
    barred = within(matter.complained_of, executors.parents)
    passed: list[tuple[int, Passed]] = []
    for rule in ordered(rules, matter):
        named = rule.executor_id
        if named in executors.active and named not in barred:
            co = tuple(each for each in rule.co_ids if each in executors.active - barred and each != named)
            passed += [(each, _why(each, barred)) for each in rule.co_ids if each not in (*co, named)]
            return Proposal(executor=named, co=co, rule=rule, scope=scope_of(rule), passed=_once(passed))
        passed.append((named, _why(named, barred)))
        upper = next((each for each in above(named, executors.parents) if each in executors.active - barred), None)
        if named in barred and upper is not None:
            return Proposal(executor=upper, rule=rule, scope=scope_of(rule), superior=True, passed=_once(passed))
    return None


def union(found: Iterable[Proposal | None]) -> list[Proposal]:
    """The proposals for all addresses of an appeal (U-98): each main executor once, in the order of the addresses.

    Whoever is the main one for one address is no co-executor for another.
    """
    known: dict[int, Proposal] = {}
    for each in found:
        if each is not None:
            known.setdefault(each.executor, each)
    return list(known.values())


def _why(executor: int, barred: Collection[int]) -> Passed:
    return Passed.COMPLAINED_OF if executor in barred else Passed.CLOSED


def _once(passed: Iterable[tuple[int, Passed]]) -> tuple[tuple[int, Passed], ...]:
    return tuple(dict.fromkeys(passed))


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two rules that are in each other's way, the one that decides first; or one that leads to a closed executor."""

    clash: Clash
    rule: Rule
    other: Rule | None = None


def conflicts(
    rules: Iterable[Rule],
    on: date,
    *,
    active: Collection[int],
    place_of: Mapping[int, Place],
    groups_of: Mapping[str, tuple[str, ...]],
    districts_of: Mapping[int, Collection[int]],
) -> list[Conflict]:
    """What is wrong with the rules that count from that day on.

    `place_of` says of a house that has a rule in which street and district it lies, `districts_of` of a street
    through which districts it runs, `groups_of` of a problem what stands above it.
    """
    known = [rule for rule in rules if not_over(rule, on)]
    at: dict[tuple[Scope, int | None], list[Rule]] = defaultdict(list)
    for rule in known:
        at[_spot(rule)].append(rule)
    found = [Conflict(Clash.CLOSED, rule) for rule in known if rule.executor_id not in active]
    for rule in known:
        alike = [each for each in at[_spot(rule)] if each.problem == rule.problem and _beats(rule, each)]
        found += [Conflict(Clash.SAME, rule, each) for each in alike if _differ(rule, each) and _overlap(rule, each)]
        wider = (each for spot in _around(rule, place_of, districts_of) for each in at.get(spot, ()))
        found += [
            Conflict(Clash.CROSSED, rule, each)
            for each in wider
            if _differ(rule, each) and _overlap(rule, each) and _is_nearer(each.problem, rule.problem, groups_of)
        ]
    return found


def _spot(rule: Rule) -> tuple[Scope, int | None]:
    return scope_of(rule), rule.house_id or rule.street_id or rule.district_id


def _around(
    rule: Rule, place_of: Mapping[int, Place], districts_of: Mapping[int, Collection[int]]
) -> list[tuple[Scope, int | None]]:
    """The larger places in which the rule's place lies."""
    whole: list[tuple[Scope, int | None]] = [(Scope.EVERYWHERE, None)]
    match scope_of(rule):
        case Scope.HOUSE:
            place = place_of.get(rule.house_id or 0, Place())
            inner = [(Scope.STREET, place.street), (Scope.DISTRICT, place.district)]
            return [spot for spot in inner if spot[1] is not None] + whole
        case Scope.STREET:
            return [(Scope.DISTRICT, each) for each in districts_of.get(rule.street_id or 0, ())] + whole
        case Scope.DISTRICT:
            return whole
    return []


def _beats(one: Rule, other: Rule) -> bool:
    return (one.valid_from, one.id) > (other.valid_from, other.id)


def _differ(one: Rule, other: Rule) -> bool:
    return (one.executor_id, set(one.co_ids)) != (other.executor_id, set(other.co_ids))


def _overlap(one: Rule, other: Rule) -> bool:
    return in_force(one, max(one.valid_from, other.valid_from)) and in_force(
        other, max(one.valid_from, other.valid_from)
    )


def _is_nearer(problem: str, than: str, groups_of: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether `problem` lies within what `than` is for, and is not all of it."""
    return problem != than and bool(problem) and (than == "" or than in groups_of.get(problem, ()))


def uncovered(
    rules: Iterable[Rule],
    on: date,
    *,
    problems: Iterable[str],
    districts: Iterable[int | None],
    groups_of: Callable[[str], tuple[str, ...]],
    executors: Executors,
) -> dict[str, list[int | None]]:
    """Of each problem the districts in which no rule for a district or the whole territory leads to anybody.

    A rule for a street or a house there covers that street or house alone, so the district stays on the list.
    """
    large = [rule for rule in rules if scope_of(rule) in (Scope.DISTRICT, Scope.EVERYWHERE) and in_force(rule, on)]
    of_code: dict[str, list[Rule]] = defaultdict(list)
    for rule in large:
        of_code[rule.problem].append(rule)
    everywhere = list(districts)
    found: dict[str, list[int | None]] = {}
    for problem in problems:
        codes = ("", problem, *groups_of(problem))
        mine = [rule for code in dict.fromkeys(codes) for rule in of_code[code] if rule.executor_id in executors.active]
        covered = {rule.district_id for rule in mine}
        missing = [] if None in covered else [each for each in everywhere if each not in covered]
        if missing:
            found[problem] = missing
    return found
