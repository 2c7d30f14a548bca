"""Readers of the journal: each reads on from its own place, its work and its place in one transaction.

A reader that fails stops alone: its error stands in `reader_place`, it tries again with a growing pause, and after a
few events have gone wrong together it takes them one by one, so that the place shows the very event that it cannot
read. To rebuild what a reader makes, set its place to 0.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from calls import journal
from calls.journal import Recorded
from calls.model import NodeName
from calls.tables import ReaderPlace
from db import EVERY_ORGANISATION, transaction

__all__ = ["Reader", "ReaderThread", "Recorded", "read_on"]

log = structlog.get_logger()

BATCH = 2000
PAUSES = (0.2, 1.0, 5.0, 15.0, 30.0)  # seconds between attempts of a failing reader
AWAY = 1.0  # while PostgreSQL is away


@dataclass(frozen=True, slots=True)
class Reader:
    """A name, under which the place is kept, and what to do with the next events."""

    name: str
    read: Callable[[Session, Sequence[Recorded]], None]


def read_on(reader: Reader, node: NodeName, *, limit: int = BATCH) -> int:
    """Lets the reader do its next events in one transaction; how many there were."""
    with transaction(EVERY_ORGANISATION) as session:
        # The journal can be read again, so a commit may be lost with PostgreSQL, place and work together.
        session.execute(text("SET LOCAL synchronous_commit TO off"))
        place = _place(session, reader.name, node)
        batch = journal.read(session, node, after=place.seq, limit=limit)
        if batch:
            reader.read(session, batch)
            place.seq = batch[-1].seq
        if batch or place.error is not None:
            place.error = place.failed_at = None
            place.failures = 0
        return len(batch)


def _place(session: Session, reader: str, node: NodeName) -> ReaderPlace:
    mine = (ReaderPlace.reader == reader, ReaderPlace.node == node)
    place = session.execute(select(ReaderPlace).where(*mine).with_for_update()).scalar_one_or_none()
    if place is None:
        session.execute(insert(ReaderPlace).values(reader=reader, node=node, seq=0).on_conflict_do_nothing())
        place = session.execute(select(ReaderPlace).where(*mine).with_for_update()).scalar_one()
    return place


def _note_failure(reader: Reader, node: NodeName, error: Exception) -> None:
    with transaction(EVERY_ORGANISATION) as session:
        _place(session, reader.name, node)
        session.execute(
            update(ReaderPlace)
            .where(ReaderPlace.reader == reader.name, ReaderPlace.node == node)
            .values(
                error=f"{type(error).__name__}: {error}"[:2000],
                failed_at=func.now(),
                failures=ReaderPlace.failures + 1,
            )
        )


def _is_away(error: Exception) -> bool:
    """Whether PostgreSQL is not there; a statement cancelled, a deadlock or a lock not given in time is our failure.

    SQLSTATE class 08 is the connection, 57P a server that goes down or comes up; a connection refused has none.
    """
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return error.connection_invalidated or isinstance(error, OperationalError)
    return error.connection_invalidated or state.startswith(("08", "57P"))


class News:
    """Wakes the readers of this process when the journal has grown."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._generation = 0

    def tell(self) -> None:
        """Wakes everybody who waits."""
        with self._changed:
            self._generation += 1
            self._changed.notify_all()

    def wait(self, seen: int, timeout: float) -> int:
        """Waits for news after `seen`; what to pass the next time."""
        with self._changed:
            self._changed.wait_for(lambda: self._generation != seen, timeout)
            return self._generation


class ReaderThread(threading.Thread):
    """Runs one reader until `stop`."""

    def __init__(self, reader: Reader, node: NodeName, news: News) -> None:
        super().__init__(name=f"reader-{reader.name}", daemon=True)
        self.reader, self.node, self._news = reader, node, news
        self._stopping = threading.Event()
        self._failures = 0
        self._limit = BATCH

    def stop(self) -> None:
        """Lets the running batch finish and ends the thread."""
        self._stopping.set()
        self._news.tell()

    def run(self) -> None:
        seen = 0
        while not self._stopping.is_set():
            if not self._step():
                seen = self._news.wait(seen, timeout=2.0)  # the time-out covers a writer in another process

    def _step(self) -> bool:
        """Reads a batch; whether there may be more at once."""
        try:
            done = read_on(self.reader, self.node, limit=self._limit)
        except Exception as error:  # noqa: BLE001 -- the edge: a failing reader stops alone
            self._failed(error)
            return True
        self._failures = 0
        more = done >= self._limit
        self._limit = min(BATCH, self._limit * 2)
        return more

    def _failed(self, error: Exception) -> None:
        if _is_away(error):
            log.warning("reader_waits_for_postgresql", reader=self.reader.name)
            self._stopping.wait(AWAY)
            return
        pause = PAUSES[min(self._failures, len(PAUSES) - 1)]
        self._failures += 1
        self._limit = 1 if self._failures > 1 else max(1, self._limit // 10)
        log.error("reader_failed", reader=self.reader.name, failures=self._failures, exc_info=error)
        try:
            _note_failure(self.reader, self.node, error)
        except Exception:  # noqa: BLE001 -- the edge: the note is tried again at the next failure
            log.warning("reader_failure_not_noted", reader=self.reader.name)
        self._stopping.wait(pause)
