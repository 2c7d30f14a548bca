"""Every SELECT of executors, their people and absences."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from appeals.executors import model
from appeals.executors.model import MemberRole, Works
from appeals.executors.tables import Absence, Executor, ExecutorMember
from db import NotFound
from db.validity import rows_in_force
from staff.model import Role
from staff.tables import Person

PAGE: Final = 100


class Filters(NamedTuple):
    """What the list is asked for; what is empty narrows nothing."""

    text: str = ""
    kind: str = ""
    closed: bool = False  # those as well


class Named(NamedTuple):
    """A membership with the person's name, and whether they may come in."""

    member: ExecutorMember
    name: str
    is_off: bool


class Leave(NamedTuple):
    """An absence with the names of who is away and who stands in."""

    absence: Absence
    name: str
    substitute: str | None


def get(session: Session, executor: int) -> Executor:
    """The executor. NotFound, also for another organisation's."""
    found = session.get(Executor, executor)
    if found is None:
        raise NotFound(f"executor {executor}")
    return found


def find(session: Session, code: str) -> Executor | None:
    """The executor with this code, closed or not."""
    return session.scalars(select(Executor).where(Executor.code == code)).one_or_none()


def executors(session: Session, *, closed: bool = False) -> Sequence[Executor]:
    """All by name; the closed ones only when asked for."""
    asked = select(Executor).order_by(Executor.name, Executor.id)
    return session.scalars(asked if closed else asked.where(Executor.active)).all()


def page(session: Session, filters: Filters, *, after: tuple[str, int] | None = None) -> Sequence[Executor]:
    """Executors by name, `PAGE` + 1 at most: one more than is shown tells that there is a next page."""
    asked = select(Executor).order_by(Executor.name, Executor.id)
    if not filters.closed:
        asked = asked.where(Executor.active)
    if filters.kind:
        asked = asked.where(Executor.kind == filters.kind)
    for word in filters.text.split():
        columns = (Executor.name, Executor.code, Executor.head)
        asked = asked.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    if after is not None:
        asked = asked.where(or_(Executor.name > after[0], (Executor.name == after[0]) & (Executor.id > after[1])))
    return session.scalars(asked.limit(PAGE + 1)).all()


def count(session: Session) -> tuple[int, int]:
    """How many are open, and how many of them have workplaces here."""
    asked = select(func.count(), func.count().filter(Executor.connected)).where(Executor.active)
    row = session.execute(asked).one()
    return row[0], row[1]


def names(session: Session, ids: Collection[int]) -> Mapping[int, str]:
    """Names of these executors, closed ones too."""
    rows = session.execute(select(Executor.id, Executor.name).where(Executor.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in rows}


def codes(session: Session, ids: Collection[int | None]) -> Mapping[int, str]:
    """Codes of these executors, closed ones too."""
    known = {each for each in ids if each is not None}
    rows = session.execute(select(Executor.id, Executor.code).where(Executor.id.in_(known))) if known else ()
    return {row.id: row.code for row in rows}


def parents(session: Session) -> Mapping[int, int | None]:
    """Each executor's superior, open or closed."""
    rows = session.execute(select(Executor.id, Executor.parent_id))
    return {row.id: row.parent_id for row in rows}


def locked(session: Session) -> Sequence[Executor]:
    """All of them, until the transaction ends: a tree stays one while somebody moves a branch."""
    return session.scalars(select(Executor).order_by(Executor.id).with_for_update()).all()


def beneath(session: Session, executor: int) -> Sequence[Executor]:
    """Open executors that belong to this one."""
    theirs = select(Executor).where(Executor.parent_id == executor, Executor.active)
    return session.scalars(theirs.order_by(Executor.name, Executor.id)).all()


def all_of(session: Session, organisation: int) -> Sequence[Executor]:
    """Everybody that the organisation ever had."""
    return session.scalars(select(Executor).where(Executor.organisation_id == organisation)).all()


def members(session: Session, executor: int) -> Sequence[Named]:
    """Everybody who works or worked for it: heads first, by name, the newest of a person's times first."""
    asked = (
        select(ExecutorMember, Person.name, Person.disabled_at)
        .join(Person, Person.id == ExecutorMember.person_id)
        .where(ExecutorMember.executor_id == executor)
        .order_by(ExecutorMember.role, Person.name, ExecutorMember.valid_from.desc())
    )
    return [Named(row[0], row[1], row[2] is not None) for row in session.execute(asked)]


def get_member(session: Session, executor: int, member: int) -> ExecutorMember:
    """One membership of this executor. NotFound."""
    found = session.get(ExecutorMember, member)
    if found is None or found.executor_id != executor:
        raise NotFound(f"member {member} of executor {executor}")
    return found


def counts_of_members(session: Session, ids: Collection[int], on: date) -> Mapping[int, int]:
    """How many people work for each of these executors on that day."""
    theirs = (ExecutorMember.executor_id.in_(ids), rows_in_force(ExecutorMember, on))
    asked = select(ExecutorMember.executor_id, func.count()).where(*theirs).group_by(ExecutorMember.executor_id)
    rows = session.execute(asked) if ids else ()
    return {executor: number for executor, number in rows}  # noqa: C416 - a row is no pair to mypy


def _members_on(session: Session, on: date, executor: int | None = None) -> Sequence[ExecutorMember]:
    """Memberships of that day, of one executor or of all; people who may not come in are no members."""
    asked = (
        select(ExecutorMember)
        .join(Person, Person.id == ExecutorMember.person_id)
        .where(Person.disabled_at.is_(None), rows_in_force(ExecutorMember, on))
        .order_by(ExecutorMember.id)
    )
    return session.scalars(asked if executor is None else asked.where(ExecutorMember.executor_id == executor)).all()


def absences_on(session: Session, on: date) -> Sequence[Absence]:
    """Who is absent that day."""
    return session.scalars(select(Absence).where(Absence.since <= on, Absence.until >= on)).all()


def at_work(session: Session, executor: int, on: date) -> list[Works]:
    """Who gets this executor's new work on that day: its people who are there, and those who stand in."""
    works = model.at_work(_members_on(session, on, executor), absences_on(session, on), on)
    enabled = select(Person.id).where(Person.id.in_({each.person_id for each in works}), Person.disabled_at.is_(None))
    there = set(session.scalars(enabled)) if works else set()
    return [each for each in works if each.person_id in there]


def seen_by(session: Session, person: int, on: date) -> dict[int, MemberRole]:
    """The executors whose work this person sees on that day, and as what (U-40)."""
    absences = absences_on(session, on)
    instead = model.stand_ins(absences, on)
    whose = {person, *(absent for absent, there in instead.items() if there == person)}
    asked = select(ExecutorMember).where(ExecutorMember.person_id.in_(whose))
    return model.sees(person, session.scalars(asked).all(), absences, on)


def absences(session: Session, people: Collection[int], since: date) -> Sequence[Leave]:
    """Absences of these people that are not over by `since`, the next first."""
    away = (
        select(Absence, Person.name)
        .join(Person, Person.id == Absence.person_id)
        .where(Absence.person_id.in_(people), Absence.until >= since)
        .order_by(Absence.since, Absence.id)
    )
    rows = session.execute(away).all() if people else []
    there = _names_of(session, {row[0].substitute_id for row in rows if row[0].substitute_id})
    return [Leave(row[0], row[1], there.get(row[0].substitute_id or 0)) for row in rows]


def get_absence(session: Session, absence: int) -> Absence:
    """The absence. NotFound."""
    found = session.get(Absence, absence)
    if found is None:
        raise NotFound(f"absence {absence}")
    return found


def eligible(session: Session) -> Sequence[Person]:
    """People who may be members: those with the role of an executor."""
    asked = select(Person).where(Person.roles.contains([Role.EXECUTOR]), Person.disabled_at.is_(None))
    return session.scalars(asked.order_by(Person.name, Person.id)).all()


def _names_of(session: Session, ids: Collection[int]) -> Mapping[int, str]:
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in rows}
