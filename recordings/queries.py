"""What is known of recordings, of the backlog and of who listened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, text
from sqlalchemy.orm import Session

from calls.tables import CallRow
from db import NotFound
from recordings.model import UNDER_WAY, ListeningKind, RecordingState
from recordings.tables import Listening, Recording
from staff.tables import Person

_LOCK = 0x5245  # this domain's advisory locks; the second key is the recording


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits to be stored, and what needs somebody."""

    waiting: int
    oldest: datetime | None  # when the oldest waiting call ended
    failing: int  # waiting, and tried at least once in vain
    failed: int
    missing: int
    stored_today: int


@dataclass(frozen=True, slots=True)
class Heard:
    """A line of the listening log."""

    at: datetime
    person: str
    kind: ListeningKind
    why: str
    note: str
    segment: int


def get(session: Session, recording_id: int) -> Recording:
    """NotFound when it is not there, or not this organisation's."""
    recording = session.get(Recording, recording_id)
    if recording is None:
        raise NotFound(f"recording {recording_id}")
    return recording


def alone(session: Session, recording_id: int) -> bool:
    """Whether this transaction is now the only one at work on the recording. The lock ends with it, even by kill -9."""
    return bool(
        session.scalar(
            text("SELECT pg_try_advisory_xact_lock(:space, :id)"),
            {"space": _LOCK, "id": recording_id % 2**31},
        )
    )


def of_call(session: Session, call: UUID) -> Sequence[Recording]:
    """The call's segments in their order."""
    return session.scalars(select(Recording).where(Recording.call == call).order_by(Recording.segment)).all()


def segment_at(session: Session, call: UUID, at: datetime) -> Recording | None:
    """The segment that was being recorded at that time."""
    begun = func.coalesce(Recording.started_at, Recording.created_at) <= at
    return session.scalars(
        select(Recording).where(Recording.call == call).order_by(begun.desc(), Recording.segment.desc()).limit(1)
    ).first()


def under_way(session: Session, call: UUID) -> Sequence[Recording]:
    """Segments of which we do not yet know whether there was a conversation."""
    return session.scalars(select(Recording).where(Recording.call == call, Recording.state.in_(UNDER_WAY))).all()


def due(session: Session, now: datetime, *, at_most: int) -> Sequence[Recording]:
    """What should be tried (again) now, the oldest first; locked, so that two pollers do not take the same."""
    return session.scalars(
        select(Recording)
        .where(Recording.state == RecordingState.SPOOLED, Recording.due_at <= now)
        .order_by(Recording.due_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    ).all()


def resting(node: str, *, until_after: datetime) -> Select[int]:
    """The ids of the node's recordings that failed and are not due before then; locked, those of others passed over."""
    return (
        select(Recording.id)
        .where(
            Recording.state == RecordingState.SPOOLED,
            Recording.attempts > 0,
            Recording.node == node,
            Recording.due_at > until_after,
        )
        .with_for_update(skip_locked=True)
    )


def backlog(session: Session, organisation: int, *, since: datetime, today: datetime) -> Backlog:
    """Figures of the backlog; `since` bounds what is missing, `today` what was stored. Reads no more than it counts."""
    waiting = Recording.state == RecordingState.SPOOLED
    missing, stored = _missing(since), Recording.stored_at >= today
    row = session.execute(
        select(
            func.count().filter(waiting),
            func.min(Recording.ended_at).filter(waiting),
            func.count().filter(waiting, Recording.attempts > 0),
            func.count().filter(Recording.state == RecordingState.FAILED),
            func.count().filter(missing),
            func.count().filter(stored),
        ).where(Recording.organisation_id == organisation, or_(_unsettled(), missing, stored))
    ).one()
    return Backlog(*row)


def troubled(session: Session, organisation: int, *, since: datetime, at_most: int = 200) -> Sequence[Recording]:
    """What waits, failed or is missing, the oldest first."""
    return session.scalars(
        select(Recording)
        .where(Recording.organisation_id == organisation, or_(_unsettled(), _missing(since)))
        .order_by(Recording.created_at)
        .limit(at_most)
    ).all()


def _unsettled() -> ColumnElement[bool]:
    return Recording.state.in_((RecordingState.SPOOLED, RecordingState.FAILED))


def _missing(since: datetime) -> ColumnElement[bool]:
    return and_(Recording.state == RecordingState.MISSING, Recording.created_at >= since)


def listenings(session: Session, call: UUID) -> Sequence[Heard]:
    """Who heard the call's recordings, the latest first."""
    rows = session.execute(
        select(Listening, Person.name, Recording.segment)
        .join(Recording, Recording.id == Listening.recording_id)
        .join(Person, Person.id == Listening.person_id)
        .where(Recording.call == call)
        .order_by(Listening.at.desc(), Listening.id.desc())
    )
    return [Heard(row.at, name, ListeningKind(row.kind), row.why, row.note, segment) for row, name, segment in rows]


def find_listening(session: Session, listening_id: int) -> Listening | None:
    """One line of the log, or None."""
    return session.get(Listening, listening_id)


def stale(session: Session, *, before: datetime) -> Sequence[Recording]:
    """Recordings whose call is over by the ledger, and nobody told us."""
    return session.scalars(
        select(Recording)
        .join(CallRow, CallRow.id == Recording.call)
        .where(Recording.state.in_(UNDER_WAY), CallRow.ended_at < before)
        .limit(500)
    ).all()


def forgotten(session: Session, *, before: datetime) -> int:
    """How many recordings are under way for so long that the call is over, of calls the ledger does not know."""
    known = exists().where(CallRow.id == Recording.call)
    return session.scalars(
        select(func.count())
        .select_from(Recording)
        .where(Recording.state.in_(UNDER_WAY), Recording.created_at < before, ~known)
    ).one()


def unrecorded(session: Session, *, since: datetime, before: datetime) -> Sequence[CallRow]:
    """Answered calls that ended in this time and have no recording, not even a reason."""
    known = exists().where(Recording.call == CallRow.id)
    return session.scalars(
        select(CallRow)
        .where(CallRow.ended_at >= since, CallRow.ended_at < before, CallRow.answered_at.is_not(None), ~known)
        .limit(500)
    ).all()


def find(session: Session, call: UUID, segment: int) -> Recording | None:
    """One segment of a call, or None."""
    return session.scalars(select(Recording).where(Recording.call == call, Recording.segment == segment)).first()
