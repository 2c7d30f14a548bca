"""Whose appeals somebody sees, as conditions; and whether they have opened what is masked."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import ColumnElement, exists, false, select, text, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from appeals.executors import queries as executors
from appeals.rights.model import EVERY, FIELDS, OPEN_FOR, OPENING, FieldClass, Scope, sees
from appeals.tables import Appeal
from appeals.workflow.model import Work
from appeals.workflow.tables import Assignment
from db import NotFound
from staff.rights import has
from staff.tables import Audit, Person
from web.periods import midnight

_ACTIVE = text(f"assignment.state <> '{Work.WITHDRAWN.value}'")  # as its index says it


def scope(session: Session, person: Person) -> Scope:
    """Whose appeals this person sees today: everybody's, those of their executors, or none (U-40)."""
    if has(person, EVERY):
        return Scope(None)
    if has(person, "assignments.work"):
        return Scope(frozenset(executors.seen_by(session, person.id, midnight().date())))
    return Scope()


def seen(appeal: InstrumentedAttribute[int], of: Scope) -> ColumnElement[bool]:
    """The condition that the appeal with this id is one of those; what was taken from an executor is theirs no more."""
    if of.executors is None:
        return true()
    if not of.executors:
        return false()
    theirs = select(Assignment.appeal_id).where(Assignment.executor_id.in_(sorted(of.executors)), _ACTIVE)
    return appeal.in_(theirs)


def own_assignment(session: Session, appeal: Appeal, of: Scope) -> int:
    """The piece of work by which an executor sees the appeal. NotFound, as if there were none."""
    asked = select(Assignment.id).where(
        Assignment.appeal_id == appeal.id,
        Assignment.executor_id.in_(sorted(of.executors or ())),
        _ACTIVE,
    )
    found = session.scalars(asked.order_by(Assignment.id).limit(1)).first()
    if found is None:
        raise NotFound(f"appeal {appeal.number}")
    return found


def has_opened(session: Session, person: Person, number: str) -> bool:
    """Whether this person has opened the appeal's masked data just now: the line in the audit trail itself opens."""
    opened = exists().where(
        Audit.organisation_id == person.organisation_id,
        Audit.subject == f"appeal:{number}",
        Audit.deed == "appeal.data_opened",
        Audit.person_id == person.id,
        Audit.at > datetime.now(UTC) - OPEN_FOR,
    )
    return has(person, OPENING) and bool(session.scalar(select(opened)))


def sight(session: Session, person: Person, number: str) -> Callable[[str], bool]:
    """Which fields of this appeal the person sees: by their permissions, and what they have opened."""
    may = partial(has, person)
    if not has_opened(session, person, number):
        return partial(sees, may)
    return lambda field: FIELDS[field] is FieldClass.PERSONAL or sees(may, field)
