"""Readers of the journal: each reads on from its own place, its work and its place in one transaction.

A reader that fails stops alone: its error stands in `reader_place`, it tries again with a growing pause, and after a
few events have gone wrong together it takes them one by one, so that the place shows the very event that it cannot
read. To rebuild what a reader makes, set its place to 0.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import CursorResult, Row, bindparam, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from calls import journal
from calls.events import Event
from calls.journal import Recorded
from calls.model import NodeName
from calls.news import News
from calls.tables import ReaderPlace
from db import EVERY_ORGANISATION, is_away, table_of, transaction

__all__ = ["News", "Reader", "ReaderThread", "Reading", "Recorded", "read_on"]

log = structlog.get_logger()

BATCH = 2000
LOOK_EVERY = timedelta(seconds=2)  # covers a writer in another process, and moves the places of readers nobody woke
TRUSTED = timedelta(seconds=30)  # a remembered place is not asked after for so long while nothing happens
PAUSES = tuple(timedelta(seconds=pause) for pause in (0.2, 1, 5, 15, 30))  # between attempts of a failing reader
AWAY = timedelta(seconds=1)  # while PostgreSQL is away

_MOVE = (
    update(table_of(ReaderPlace))
    .where(ReaderPlace.reader == bindparam("of"), ReaderPlace.node == bindparam("at"))
    .where(ReaderPlace.seq == bindparam("before"))
    .values(seq=bindparam("after"))
)
_MOVE_AND_RUN = _MOVE.values(
    error=None,
    failed_at=None,
    failures=0,
    recovered_at=case((ReaderPlace.error.is_not(None), func.now()), else_=ReaderPlace.recovered_at),
)


@dataclass(frozen=True, slots=True)
class Reader:
    """A name, under which the place is kept, and what to do with the next events.

    `hears` says which events the reader does something about; the others do not wake it, and it is not shown them.
    """

    name: str
    read: Callable[[Session, Sequence[Recorded]], None]
    hears: frozenset[type[Event]] | None = None  # None: every event


class PlaceMoved(RuntimeError):
    """Somebody set the reader's place, or another process reads in its name: it has to look where it is."""


class Reading:
    """One reader at one node's journal. It remembers its place, and each commit proves that nobody moved it."""

    def __init__(
        self, reader: Reader, node: NodeName, news: News | None = None, *, trusted: timedelta = TRUSTED
    ) -> None:
        self._reader, self._node, self._news, self._trusted = reader, node, news, trusted
        self._place: int | None = None  # unknown before the first batch and after a failure
        self._tried = 0  # the end of the last batch; one that failed has to be behind it before it counts as running
        self._stood_since: datetime | None = None
        self._trusted_until = 0.0  # while nothing happens, a place set by somebody is noticed after this

    def step(self, limit: int = BATCH) -> int:
        """Lets the reader do its next events in one transaction; how many there were."""
        known, self._place = self._place, None
        if known is not None and self._news is not None and self._news.ends_at(known):
            if time.monotonic() < self._trusted_until:
                self._place = known
                return 0
            known = None
        with transaction(EVERY_ORGANISATION, relaxed=True) as session:  # the journal can be read again
            before = self._look(session) if known is None else known
            batch = self._batch(session, before, limit)
            tried = self._tried
            if batch:
                self._tried = max(tried, batch[-1].seq)
                self._read(session, batch)
            after = batch[-1].seq if batch else before
            runs = after >= tried
            if batch or known is None:
                _move(session, self._reader.name, self._node, before, after, runs=runs)
        self._place = after
        if runs:
            self._tell_if_it_stood()
        if known is None:
            self._trusted_until = time.monotonic() + self._trusted.total_seconds()
        return len(batch)

    def _look(self, session: Session) -> int:
        """The place, locked until the commit; since when the reader stands still is remembered."""
        seq, self._stood_since = _place(session, self._reader.name, self._node)
        return seq

    def _tell_if_it_stood(self) -> None:
        since, self._stood_since = self._stood_since, None
        if since is not None:
            stood = round((datetime.now(UTC) - since).total_seconds(), 1)
            log.info("reader_runs_again", reader=self._reader.name, node=self._node, stood=stood)

    def _batch(self, session: Session, before: int, limit: int) -> Sequence[Recorded]:
        at_hand = self._news.after(before, limit) if self._news else ()
        return at_hand or journal.read(session, self._node, after=before, limit=limit)

    def _read(self, session: Session, batch: Sequence[Recorded]) -> None:
        hears = self._reader.hears
        heard = batch if hears is None else [recorded for recorded in batch if type(recorded.event) in hears]
        if heard:
            self._reader.read(session, heard)


def read_on(reader: Reader, node: NodeName, *, limit: int = BATCH) -> int:
    """Lets the reader do its next events in one transaction; how many there were."""
    return Reading(reader, node).step(limit)


def _place(session: Session, reader: str, node: NodeName) -> Row[int, datetime | None]:
    """The place and since when it stands still, locked until the commit."""
    mine = (
        select(ReaderPlace.seq, ReaderPlace.failed_at)
        .where(ReaderPlace.reader == reader, ReaderPlace.node == node)
        .with_for_update()
    )
    row = session.execute(mine).one_or_none()
    if row is None:
        session.execute(insert(ReaderPlace).values(reader=reader, node=node, seq=0).on_conflict_do_nothing())
        row = session.execute(mine).one()
    return row


def _move(session: Session, reader: str, node: NodeName, before: int, after: int, *, runs: bool) -> None:
    """The place is now `after`, and where it `runs`, its error is gone. PlaceMoved if it was not where it should be."""
    change = _MOVE_AND_RUN if runs else _MOVE
    moved = session.execute(change, {"of": reader, "at": node, "before": before, "after": after})
    assert isinstance(moved, CursorResult)
    if moved.rowcount != 1:
        raise PlaceMoved(f"{reader} at {node} is not at {before}")


def _note_failure(reader: Reader, node: NodeName, error: Exception) -> None:
    with transaction(EVERY_ORGANISATION) as session:
        _place(session, reader.name, node)
        session.execute(
            update(ReaderPlace)
            .where(ReaderPlace.reader == reader.name, ReaderPlace.node == node)
            .values(
                error=f"{type(error).__name__}: {error}"[:2000],
                failed_at=func.coalesce(ReaderPlace.failed_at, func.now()),
                failures=ReaderPlace.failures + 1,
            )
        )


class ReaderThread(threading.Thread):
    """Runs one reader until `stop`."""

    def __init__(
        self,
        reader: Reader,
        node: NodeName,
        news: News,
        *,
        look_every: timedelta = LOOK_EVERY,
        trusted: timedelta = TRUSTED,
    ) -> None:
        super().__init__(name=f"reader-{reader.name}", daemon=True)
        self.reader, self.node, self._news, self._look_every = reader, node, news, look_every
        self._reading = Reading(reader, node, news, trusted=trusted)
        self._stopping = threading.Event()
        self._failures = 0
        self._limit = BATCH

    def stop(self) -> None:
        """Lets the running batch finish and ends the thread."""
        self._stopping.set()
        self._news.stir()

    def run(self) -> None:
        seen = 0
        while not self._stopping.is_set():
            if not self._step():
                seen = self._news.wait(seen, self.reader.hears, within=self._look_every)

    def _step(self) -> bool:
        """Reads a batch; whether there may be more at once."""
        try:
            done = self._reading.step(self._limit)
        except PlaceMoved as moved:
            log.info("reader_place_moved", reader=self.reader.name, reason=str(moved))
            return True
        except Exception as error:  # noqa: BLE001 -- the edge: a failing reader stops alone
            self._failed(error)
            return True
        self._failures = 0
        more = done >= self._limit
        self._limit = min(BATCH, self._limit * 2)
        return more

    def _failed(self, error: Exception) -> None:
        if is_away(error):
            log.warning("reader_waits_for_postgresql", reader=self.reader.name)
            self._stopping.wait(AWAY.total_seconds())
            return
        pause = PAUSES[min(self._failures, len(PAUSES) - 1)]
        self._failures += 1
        self._limit = 1 if self._failures > 1 else max(1, self._limit // 10)
        log.error("reader_failed", reader=self.reader.name, failures=self._failures, exc_info=error)
        try:
            _note_failure(self.reader, self.node, error)
        except Exception:  # noqa: BLE001 -- the edge: the note is tried again at the next failure
            log.warning("reader_failure_not_noted", reader=self.reader.name)
        self._stopping.wait(pause.total_seconds())
