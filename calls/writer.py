"""Moves events from the spool into the journal, in order and exactly once.

The place in the spool commits with the events, so a crash between the two cannot be. Transactions do not wait for
PostgreSQL's disk: what a crash of PostgreSQL loses, place and events together, is still in the spool. A spool file goes
only after a commit that did wait.
"""

import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import insert, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from calls.model import NodeName
from calls.readers import News
from calls.spool import files, lines_of
from calls.tables import JournalPlace, JournalRow
from db import EVERY_ORGANISATION, notify, transaction

log = structlog.get_logger()

BATCH = 2000
PAUSES = (0.1, 0.5, 1.0, 2.0)  # seconds between attempts while PostgreSQL is away


@dataclass(slots=True)
class _Chunk:
    """The next lines of the spool."""

    file: str
    offset: int
    rows: list[dict[str, Any]]
    mark: dict[str, int] | None


def move(directory: Path, node: NodeName, *, limit: int = BATCH) -> int:
    """Moves the next events of the spool in one transaction; how many lines there were."""
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('journal'), hashtext(:node))"), {"node": node})
        place = session.get(JournalPlace, node)
        if place is None:
            place = JournalPlace(node=node, file="", offset=0, seq=0)
            session.add(place)
        chunk, count = _next(directory, place.file, place.offset, limit)
        if chunk is None:
            return 0
        new_file = chunk.file != place.file
        if not new_file:
            session.execute(text("SET LOCAL synchronous_commit TO off"))
        _insert(session, node, place, chunk)
        if chunk.rows:
            notify(session, "journal", node)
    if new_file:
        _forget_before(directory, chunk.file)
    return count


def _next(directory: Path, file: str, offset: int, limit: int) -> tuple[_Chunk | None, int]:
    """Lines of the file of the place, or of the first one behind it once that is finished."""
    for name in (name for name in files(directory) if name >= file):
        begins_at = offset if name == file else 0
        chunk, count = _Chunk(name, begins_at, [], None), 0
        for chunk.offset, record in lines_of(directory / name, begins_at, limit):
            count += 1
            if "kind" in record:
                chunk.rows.append(record)
            elif "mark" in record:
                chunk.mark = record["mark"]
        if count:
            return chunk, count
    return None, 0


def _insert(session: Session, node: NodeName, place: JournalPlace, chunk: _Chunk) -> None:
    if chunk.rows:
        session.execute(
            insert(JournalRow),
            [
                {
                    "node": node,
                    "seq": place.seq + number,
                    "at": datetime.fromisoformat(row["at"]),
                    "kind": row["kind"],
                    "call": UUID(row["call"]) if row["call"] else None,
                    "organisation_id": row["organisation"],
                    "body": row["body"],
                }
                for number, row in enumerate(chunk.rows, 1)
            ],
        )
    place.file, place.offset, place.seq = chunk.file, chunk.offset, place.seq + len(chunk.rows)
    if chunk.mark is not None:
        place.queue_log_file, place.queue_log_offset = chunk.mark["file"], chunk.mark["offset"]


def _forget_before(directory: Path, file: str) -> None:
    for name in files(directory):
        if name < file:
            (directory / name).unlink(missing_ok=True)


def place_of(node: NodeName) -> JournalPlace | None:
    """How far the node's journal is."""
    with transaction(EVERY_ORGANISATION) as session:
        return session.execute(select(JournalPlace).where(JournalPlace.node == node)).scalar_one_or_none()


class WriterThread(threading.Thread):
    """Moves lines whenever there are some; while PostgreSQL is away, the spool grows."""

    def __init__(self, directory: Path, node: NodeName, news: News) -> None:
        super().__init__(name="journal-writer", daemon=True)
        self._directory, self._node, self._news = directory, node, news
        self._more = threading.Event()
        self._stopping = threading.Event()
        self.away = False  # PostgreSQL does not take what we have

    def wake(self) -> None:
        """There are new lines."""
        self._more.set()

    def stop(self) -> None:
        """Ends the thread after the running batch."""
        self._stopping.set()
        self._more.set()

    def run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            self._more.clear()
            try:
                moved = move(self._directory, self._node)
            except (SQLAlchemyError, OSError) as error:
                if not self.away:
                    log.warning("journal_away", reason=f"{type(error).__name__}: {error}"[:500])
                self.away = True
                self._stopping.wait(PAUSES[min(failures, len(PAUSES) - 1)])
                failures += 1
                continue
            if self.away:
                log.info("journal_back", moved=moved)
            self.away, failures = False, 0
            if moved:
                self._news.tell()
            else:
                self._more.wait(timeout=2.0)
