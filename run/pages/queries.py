"""What pages of no single domain ask for."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.tables import JournalPlace, ReaderPlace
from ivr.tables import DialledNumber
from run.job_runs import JobRun


def dialled_numbers(session: Session) -> dict[int, list[str]]:
    """The numbers citizens dial, by organisation; every organisation has a list, perhaps an empty one."""
    numbers: dict[int, list[str]] = defaultdict(list)
    wanted = select(DialledNumber.organisation_id, DialledNumber.number).order_by(DialledNumber.number)
    for organisation, number in session.execute(wanted):
        numbers[organisation].append(number)
    return numbers


@dataclass(frozen=True, slots=True)
class ReaderState:
    """How far a reader of the journal is."""

    name: str
    node: str
    behind: int  # events
    error: str | None


def job_runs(session: Session) -> Sequence[JobRun]:
    """The last run of each of the scheduler's jobs."""
    return session.scalars(select(JobRun).order_by(JobRun.name)).all()


def reader_places(session: Session) -> list[ReaderState]:
    """Each reader's distance from the end of its node's journal."""
    rows = session.execute(
        select(ReaderPlace, JournalPlace.seq)
        .outerjoin(JournalPlace, JournalPlace.node == ReaderPlace.node)
        .order_by(ReaderPlace.reader, ReaderPlace.node)
    )
    return [ReaderState(row.reader, row.node, max(0, (last or 0) - row.seq), row.error) for row, last in rows]
