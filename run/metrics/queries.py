"""What PostgreSQL knows of all organisations, as numbers: of each question a few rows, none about a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.orm import Session

from acd.tables import AgentState, Queue, Shift
from calls.model import CallState, Fate, VisitOutcome
from calls.tables import CallRow, JournalPlace, VisitRow
from recordings.model import RecordingState
from recordings.tables import Recording
from staff.tables import Organisation


@dataclass(frozen=True, slots=True)
class Unstored:
    """An organisation's recordings that are not in the store yet, or never will be."""

    organisation: str
    waiting: int
    failing: int  # waiting, and tried at least once in vain
    failed: int
    missing: int
    oldest: datetime | None  # when the oldest waiting call ended


def organisations(session: Session) -> Sequence[str]:
    """Their codes."""
    return session.scalars(select(Organisation.code).order_by(Organisation.code)).all()


def calls(session: Session) -> dict[tuple[str, str], int]:
    """Calls on the line by organisation and state; none of those that have none."""
    rows = session.execute(
        select(Organisation.code, CallRow.state, func.count())
        .join(CallRow, CallRow.organisation_id == Organisation.id)
        .where(CallRow.state != CallState.ENDED)
        .group_by(Organisation.code, CallRow.state)
    )
    return {(code, state): number for code, state, number in rows}


class Channels(NamedTuple):
    """An organisation's channels, and how many callers found none."""

    code: str
    used: int
    room: int
    refused: int


def channels(session: Session, *, since: datetime) -> list[Channels]:
    """Of every organisation; `since` bounds who was refused."""
    of = CallRow.organisation_id == Organisation.id
    used = select(func.count()).select_from(CallRow).where(of, CallRow.state != CallState.ENDED)
    refused = select(func.count()).select_from(CallRow)
    refused = refused.where(of, CallRow.fate == Fate.REFUSED, CallRow.arrived_at >= since)
    rows = session.execute(
        select(Organisation.code, used.scalar_subquery(), Organisation.capacity, refused.scalar_subquery()).order_by(
            Organisation.code
        )
    )
    return [Channels(*row) for row in rows]


def trunks(session: Session) -> dict[str, int]:
    """Calls on the line by trunk; those that came by none are left out."""
    rows = session.execute(
        select(CallRow.trunk, func.count())
        .where(CallRow.state != CallState.ENDED, CallRow.trunk.is_not(None))
        .group_by(CallRow.trunk)
    )
    return {str(trunk): number for trunk, number in rows}


def agents(session: Session) -> dict[tuple[str, str], int]:
    """Agents on a shift by organisation and state; none of those that have none."""
    rows = session.execute(
        select(Organisation.code, AgentState.state, func.count())
        .join(Shift, and_(Shift.organisation_id == Organisation.id, Shift.ended_at.is_(None)))
        .join(AgentState, and_(AgentState.person_id == Shift.person_id, AgentState.until.is_(None)))
        .group_by(Organisation.code, AgentState.state)
    )
    return {(code, state): number for code, state, number in rows}


def queues(session: Session) -> Sequence[Row[str, str, int, datetime | None]]:
    """Each queue: organisation, name in Asterisk, callers waiting, since when the first of them does."""
    waits = and_(VisitRow.queue == Queue.asterisk_name, VisitRow.outcome == VisitOutcome.WAITING)
    return session.execute(
        select(Organisation.code, Queue.asterisk_name, func.count(VisitRow.call), func.min(VisitRow.joined_at))
        .join(Organisation, Organisation.id == Queue.organisation_id)
        .outerjoin(VisitRow, waits)
        .where(Queue.closed_at.is_(None))
        .group_by(Organisation.code, Queue.asterisk_name)
        .order_by(Queue.asterisk_name)
    ).all()


def journals(session: Session) -> dict[str, int]:
    """Events in each node's journal."""
    return {row.node: row.seq for row in session.execute(select(JournalPlace.node, JournalPlace.seq))}


def unstored(session: Session, *, since: datetime) -> list[Unstored]:
    """Of every organisation; `since` bounds what is missing."""
    waiting = Recording.state == RecordingState.SPOOLED
    of = Recording.organisation_id == Organisation.id
    rows = session.execute(
        select(
            Organisation.code,
            _number(of, waiting),
            _number(of, waiting, Recording.attempts > 0),
            _number(of, Recording.state == RecordingState.FAILED),
            _number(of, Recording.state == RecordingState.MISSING, Recording.created_at >= since),
            select(func.min(Recording.ended_at)).where(of, waiting).scalar_subquery(),
        ).order_by(Organisation.code)
    )
    return [Unstored(*row) for row in rows]


def _number(*conditions: ColumnElement[bool]) -> Any:
    """Each counted by an index of its own: to count all states at once would read two million recordings."""
    return select(func.count()).select_from(Recording).where(*conditions).scalar_subquery()
