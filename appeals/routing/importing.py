"""A table of rules: what a file would add and end, looked at first, and then carried out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from appeals import sheets
from appeals.addresses.lines import Faulty
from appeals.routing import queries, service
from appeals.routing.as_file import HEADINGS, NEEDED
from appeals.routing.model import Place
from appeals.routing.queries import Line
from appeals.routing.rows import CLOSED, NO_PROBLEM, Asked, Houses, Known, asked_of
from appeals.routing.service import Wanted
from db import Conflict
from db.validity import in_force, not_over
from staff.tables import Person
from web.languages import later

NOT_IN_ORDER: Final = later("The last day lies before the first one")
TWICE: Final = later("A rule for this place and problem from that day stands in row %(value)s already")
BEGINS: Final = later("Another rule for this place and problem begins that day: %(value)s")
STAYS: Final = later("A rule is ended, never changed: enter it from another day (%(value)s)")


@dataclass(slots=True)
class Plan:
    """What a file would change: rules that begin, rules that end, how many rows change nothing, which are faulty."""

    added: list[Wanted] = field(default_factory=list)
    ended: list[tuple[Line, date]] = field(default_factory=list)
    left: int = 0
    faults: list[tuple[int, str, str]] = field(default_factory=list)  # row, message, value

    @property
    def is_empty(self) -> bool:
        """Whether everything is as the file has it."""
        return not (self.added or self.ended or self.faults)


def planned(session: Session, organisation: int, content: bytes, today: date) -> Plan:
    """What the file would change. BadSheet."""
    rows, found = sheets.under(content, HEADINGS, needed=NEEDED), Plan()
    known, there = Known(session, organisation, today), _spots(queries.every(session))
    first: dict[tuple[Place, str, date], int] = {}
    houses = Houses(session, known, rows)
    for row in rows:
        number = row.number
        try:
            asked = asked_of(row.cells, known, houses)
            same = _same(asked, there.get((asked.place, asked.problem), ()), today)
            if same is None and asked.problem and asked.problem not in known.problems:
                raise Faulty(NO_PROBLEM, asked.problem[:40])  # a rule that is there may outlive its problem
            begins = asked.since or (same.valid_from if same is not None else today)
            before = first.setdefault((asked.place, asked.problem, begins), number) if same is None else number
            if before != number:
                raise Faulty(TWICE, before)
            _plan(found, asked, same, begins, today)
        except Faulty as fault:
            found.faults.append((number, fault.why, fault.value))
    found.added.sort(key=lambda each: each.valid_from)
    return found


def carry_out(session: Session, organisation: int, plan: Plan, *, by: Person) -> int:
    """Everything that was planned; how many rules. Conflict while a row is faulty."""
    if plan.faults:
        raise Conflict(f"{len(plan.faults)} faulty rows")
    for line, last_day in plan.ended:
        service.end_rule(session, queries.get(session, line.id), last_day=last_day, by=by)
    for wanted in plan.added:
        service.set_rule(session, organisation, wanted, replaces=True, by=by)
    return len(plan.added) + len(plan.ended)


def _spots(rules: Iterable[Line]) -> dict[tuple[Place, str], list[Line]]:
    found: dict[tuple[Place, str], list[Line]] = {}
    for rule in rules:
        place = Place(rule.house_id, rule.street_id, rule.district_id)
        found.setdefault((place, rule.problem), []).append(rule)
    return found


def _same(asked: Asked, alike: Sequence[Line], today: date) -> Line | None:
    """The rule here that the row speaks of. Faulty where that day another one begins."""
    who = (asked.executor.id, {each.id for each in asked.co} - {asked.executor.id})
    then = [
        each for each in alike if (in_force(each, today) if asked.since is None else each.valid_from == asked.since)
    ]
    same = [each for each in then if (each.executor_id, set(each.co_ids)) == who]
    if same:
        return same[-1]
    clash = [each for each in alike if each.valid_from == (asked.since or today)]
    if clash:
        raise Faulty(BEGINS, clash[-1].valid_from)
    return None


def _plan(found: Plan, asked: Asked, same: Line | None, begins: date, today: date) -> None:
    """What becomes of one row. Faulty."""
    if asked.until is not None and asked.until < begins:
        raise Faulty(NOT_IN_ORDER)
    if same is None:
        closed = [each.code for each in (asked.executor, *asked.co) if not each.active]
        if closed:
            raise Faulty(CLOSED, ", ".join(closed))
        found.added.append(
            Wanted(
                place=asked.place, problem=asked.problem, executor_id=asked.executor.id,
                co_ids=[each.id for each in asked.co], basis=asked.basis, valid_from=begins, valid_until=asked.until,
            )
        )  # fmt: skip
        return
    ends_later = same.valid_until is not None and asked.until is not None and asked.until > same.valid_until
    is_over = asked.until is None and not not_over(same, today)
    if ends_later or is_over or (asked.basis and asked.basis != same.basis):
        raise Faulty(STAYS, same.valid_from)
    if asked.until is not None and asked.until != same.valid_until:
        found.ended.append((same, asked.until))
    else:
        found.left += 1
