"""Every SELECT of the cards of calls: of many calls at once, however many they are."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, any_, literal, select
from sqlalchemy.orm import Session

from acd.tables import WrapUp
from appeals.tables import Appeal
from calls.tables import LegRow, VisitRow
from recordings.tables import Recording
from staff.tables import Person


def legs(session: Session, calls: Collection[UUID]) -> Sequence[LegRow]:
    """The agents' parts, in order."""
    return _of(session, select(LegRow).order_by(LegRow.call, LegRow.number), LegRow.call, calls)


def visits(session: Session, calls: Collection[UUID]) -> Sequence[VisitRow]:
    """The visits to queues, in order."""
    return _of(session, select(VisitRow).order_by(VisitRow.call, VisitRow.number), VisitRow.call, calls)


def recordings(session: Session, calls: Collection[UUID]) -> Sequence[Recording]:
    """The segments that were recorded, in order."""
    return _of(session, select(Recording).order_by(Recording.call, Recording.segment), Recording.call, calls)


def appeals(session: Session, calls: Collection[UUID]) -> Sequence[Appeal]:
    """What was registered in these calls, in order."""
    return _of(session, select(Appeal).order_by(Appeal.id), Appeal.call_id, calls)


def wrap_ups(session: Session, calls: Collection[UUID]) -> list[tuple[WrapUp, str]]:
    """What agents said of their talks, with their names, in order."""
    asked = select(WrapUp, Person.name).join(Person, Person.id == WrapUp.person_id)
    mine = WrapUp.call == any_(_ids(calls))
    rows = session.execute(asked.where(mine, WrapUp.finished_at.is_not(None)).order_by(WrapUp.finished_at))
    return [(row[0], row[1]) for row in rows]


def _of(session: Session, asked: Select[Any], column: Any, calls: Collection[UUID]) -> Sequence[Any]:
    return session.scalars(asked.where(column == any_(_ids(calls)))).all()


def _ids(calls: Collection[UUID]) -> Any:
    return literal(list(calls), ARRAY(Uuid()))
