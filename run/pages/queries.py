"""What pages of no single domain ask for."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from acd.tables import Queue
from calls.tables import JournalPlace, JournalRow, ReaderPlace
from ivr.tables import DialledNumber
from run.job_runs import JobRun


def dialled_numbers(session: Session) -> dict[int, list[str]]:
    """The numbers citizens dial, by organisation; every organisation has a list, perhaps an empty one."""
    numbers: dict[int, list[str]] = defaultdict(list)
    wanted = select(DialledNumber.organisation_id, DialledNumber.number).order_by(DialledNumber.number)
    for organisation, number in session.execute(wanted):
        numbers[organisation].append(number)
    return numbers


def queue_names(session: Session) -> dict[str, dict[str, str]]:
    """Codes of the queues with their names by language, in their order on pages."""
    rows = session.execute(select(Queue.code, Queue.name).order_by(Queue.position, Queue.id))
    return {row.code: row.name for row in rows}


@dataclass(frozen=True, slots=True)
class ReaderState:
    """How far a reader of the journal is."""

    name: str
    node: str
    behind: int  # events
    since: datetime | None  # Asterisk's time of the oldest event that it has not read
    error: str | None
    stands_since: datetime | None
    recovered_at: datetime | None  # None for one that never stood still


def job_runs(session: Session) -> Sequence[JobRun]:
    """The last run of each of the scheduler's jobs."""
    return session.scalars(select(JobRun).order_by(JobRun.name)).all()


def reader_places(session: Session) -> list[ReaderState]:
    """Each reader's distance from the end of its node's journal."""
    unread = aliased(JournalRow)
    rows = session.execute(
        select(ReaderPlace, JournalPlace.seq, unread.at)
        .outerjoin(JournalPlace, JournalPlace.node == ReaderPlace.node)
        .outerjoin(unread, and_(unread.node == ReaderPlace.node, unread.seq == ReaderPlace.seq + 1))
        .order_by(ReaderPlace.reader, ReaderPlace.node)
    )
    return [
        ReaderState(
            place.reader,
            place.node,
            max(0, (last or 0) - place.seq),
            since,
            place.error,
            place.failed_at,
            place.recovered_at,
        )
        for place, last, since in rows
    ]
