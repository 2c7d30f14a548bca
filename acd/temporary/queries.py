"""Batches of temporary accounts: who is in them, which of them are over."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from acd.tables import AgentState, Shift
from acd.temporary.tables import TemporaryAccount, TemporaryBatch
from db import NotFound
from staff.tables import Person

PAGE = 100


class Glance(NamedTuple):
    """A batch on the list."""

    batch: TemporaryBatch
    accounts: int
    on_shift: int
    made_by: str


def batches(session: Session) -> list[Glance]:
    """The latest batches, those under way first."""
    people = select(func.count()).where(TemporaryAccount.batch_id == TemporaryBatch.id).scalar_subquery()
    working = (
        select(func.count())
        .select_from(TemporaryAccount)
        .join(Shift, Shift.person_id == TemporaryAccount.person_id)
        .where(TemporaryAccount.batch_id == TemporaryBatch.id, Shift.ended_at.is_(None))
        .scalar_subquery()
    )
    rows = session.execute(
        select(TemporaryBatch, people, working, Person.name)
        .join(Person, Person.id == TemporaryBatch.made_by)
        .order_by(TemporaryBatch.ended_at.is_not(None), TemporaryBatch.id.desc())
        .limit(PAGE)
    )
    return [Glance(*row) for row in rows]


def get(session: Session, batch_id: int, *, lock: bool = False) -> TemporaryBatch:
    """The batch. NotFound, also for another organisation's."""
    found = session.get(TemporaryBatch, batch_id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound(f"temporary batch {batch_id}")
    return found


def people(session: Session, batch_id: int) -> Sequence[Person]:
    """Everybody of the batch, in the order of the list."""
    return session.scalars(
        select(Person)
        .join(TemporaryAccount, TemporaryAccount.person_id == Person.id)
        .where(TemporaryAccount.batch_id == batch_id)
        .order_by(Person.id)
    ).all()


def over(session: Session, now: datetime) -> Sequence[TemporaryBatch]:
    """Batches whose time is over and whose accounts are not switched off yet, locked; another's are passed over."""
    return session.scalars(
        select(TemporaryBatch)
        .where(TemporaryBatch.ended_at.is_(None), TemporaryBatch.valid_until <= now)
        .order_by(TemporaryBatch.id)
        .with_for_update(skip_locked=True)
    ).all()


def doing(session: Session, person_id: int) -> tuple[str, bool] | None:
    """What somebody on a shift does now, and whether the shift ends with it; None off shift."""
    row = session.execute(
        select(AgentState.state, Shift.ends_after)
        .join(Shift, Shift.person_id == AgentState.person_id)
        .where(Shift.person_id == person_id, Shift.ended_at.is_(None), AgentState.until.is_(None))
    ).one_or_none()
    return (row[0], row[1]) if row else None
