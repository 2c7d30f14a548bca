"""Every change to executors, their people and absences: one function a deed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from appeals.executors import queries
from appeals.executors.model import Kind, MemberRole, above, is_member
from appeals.executors.tables import Absence, Executor, ExecutorMember
from db import Conflict
from staff.audit import audit, changes
from staff.model import Role
from staff.tables import Person

DAY = timedelta(days=1)


class Taken(Conflict):
    """Another executor has this code."""


class Circle(Conflict):
    """An executor would stand above itself."""


class NotOpen(Conflict):
    """Above an open executor stands an open one, and people come to open ones only."""


class HasOthers(Conflict):
    """Open executors belong to this one."""


class NoExecutor(Conflict):
    """The person has not the role of an executor, or may not come in."""


class Already(Conflict):
    """The person works there, or is absent, on some of these days already."""


class NotInOrder(Conflict):
    """The last day lies before the first one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of an executor."""

    name: str
    kind: Kind = Kind.BODY
    parent_id: int | None = None
    head: str = ""
    email: str = ""
    phone: str = ""
    connected: bool = False


def add(session: Session, organisation: int, code: str, said: Said, *, by: Person) -> Executor:
    """A new executor. Taken; NotOpen under a closed one."""
    if queries.find(session, code) is not None:
        raise Taken(code)
    if said.parent_id is not None and not queries.get(session, said.parent_id).active:
        raise NotOpen(code)
    executor = Executor(organisation_id=organisation, code=code, **_fields(said))
    session.add(executor)
    session.flush()
    session.refresh(executor)
    audit(session, by, "executor.added", f"executor:{executor.id}", name=said.name)
    return executor


def change(session: Session, executor: Executor, said: Said, *, by: Person) -> None:
    """Another name, place in the tree, head, contacts. Circle; NotOpen under a closed one."""
    parent = said.parent_id
    if parent is not None and parent != executor.parent_id:
        tree = {each.id: each.parent_id for each in queries.locked(session)}
        if parent == executor.id or executor.id in above(parent, tree):
            raise Circle(executor.code)
        if not queries.get(session, parent).active:
            raise NotOpen(executor.code)
    fields = _fields(said)
    told = changes(**{name: (getattr(executor, name), value) for name, value in fields.items()})
    for name, value in fields.items():
        setattr(executor, name, value)
    session.flush()
    if told:
        audit(session, by, "executor.changed", f"executor:{executor.id}", **told)


def close(session: Session, executor: Executor, *, today: date, by: Person) -> None:
    """It gets no work any more and keeps what it had; its people's time there ends today. HasOthers."""
    if not executor.active:
        return
    if queries.beneath(session, executor.id):
        raise HasOthers(executor.code)
    executor.active = False
    for named in queries.members(session, executor.id):
        if is_member(named.member, today):
            named.member.valid_until = today
        elif named.member.valid_from > today:
            session.delete(named.member)
    session.flush()
    audit(session, by, "executor.closed", f"executor:{executor.id}", name=executor.name)


def reopen(session: Session, executor: Executor, *, by: Person) -> None:
    """It gets work again; people come to it anew. NotOpen while the one above it is closed."""
    if executor.active:
        return
    if executor.parent_id is not None and not queries.get(session, executor.parent_id).active:
        raise NotOpen(executor.code)
    executor.active = True
    session.flush()
    audit(session, by, "executor.reopened", f"executor:{executor.id}", name=executor.name)


def add_member(
    session: Session,
    executor: Executor,
    person: Person,
    role: MemberRole,
    *,
    since: date,
    until: date | None = None,
    by: Person | None,
) -> ExecutorMember:
    """Somebody works for it from that day on. NotOpen, NoExecutor, NotInOrder, Already."""
    if not executor.active:
        raise NotOpen(executor.code)
    _refuse_other(person)
    if until is not None and until < since:
        raise NotInOrder
    member = ExecutorMember(
        organisation_id=executor.organisation_id, executor_id=executor.id, person_id=person.id, role=role,
        valid_from=since, valid_until=until,
    )  # fmt: skip
    _insert(session, member)
    if by is not None:
        audit(session, by, "executor.member_added", f"executor:{executor.id}", name=person.name, level=role)
    return member


def end_member(session: Session, member: ExecutorMember, *, last_day: date, name: str, by: Person) -> None:
    """The person's last day there; before their first one, as if they had never come. NotInOrder for a later end."""
    if member.valid_until is not None and member.valid_until < last_day:
        raise NotInOrder
    subject = f"executor:{member.executor_id}"
    if last_day < member.valid_from:
        session.delete(member)
    else:
        member.valid_until = last_day
    session.flush()
    audit(session, by, "executor.member_ended", subject, name=name, until=str(last_day))


def add_absence(
    session: Session,
    person: Person,
    substitute: Person | None,
    *,
    since: date,
    until: date,
    reason: str = "",
    by: Person | None,
) -> Absence:
    """Somebody is away, and perhaps another one there. NotInOrder, NoExecutor, Already."""
    if until < since:
        raise NotInOrder
    if substitute is not None:
        _refuse_other(substitute)
    absence = Absence(
        organisation_id=person.organisation_id, person_id=person.id, since=since, until=until, reason=reason,
        substitute_id=substitute.id if substitute is not None else None, made_by=by.id if by is not None else None,
    )  # fmt: skip
    _insert(session, absence)
    if by is not None:
        there = {"name": substitute.name} if substitute is not None else {}
        audit(session, by, "absence.added", f"person:{person.id}", until=str(until), **there)
    return absence


def end_absence(session: Session, absence: Absence, *, today: date, by: Person) -> None:
    """The person is back today; one that has not begun is taken away."""
    subject = f"person:{absence.person_id}"
    if absence.since >= today:
        session.delete(absence)
    elif absence.until >= today:
        absence.until = today - DAY
    session.flush()
    audit(session, by, "absence.ended", subject)


def _fields(said: Said) -> Mapping[str, object]:
    return {name: getattr(said, name) for name in Said.__slots__}


def _refuse_other(person: Person) -> None:
    if Role.EXECUTOR not in person.roles or person.disabled_at is not None:
        raise NoExecutor(str(person.id))


def _insert(session: Session, row: ExecutorMember | Absence) -> None:
    """The database keeps times from overlapping, whoever else writes at that moment."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Already(str(row.person_id)) from error
