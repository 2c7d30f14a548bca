"""Moves events from the spool into the journal, in order and exactly once.

The place in the spool commits with the events, so a crash between the two cannot be. Transactions do not wait for
PostgreSQL's disk: what a crash of PostgreSQL loses, place and events together, is still in the spool. A spool file goes
only after a commit that did wait. A line that is no event, or that PostgreSQL refuses to keep, is set aside in a file
of its own beside the spool, with an alarm: the lines behind it go on.
"""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DataError, SQLAlchemyError
from sqlalchemy.orm import Session

from calls import journal
from calls.encoding import decode
from calls.journal import Recorded
from calls.model import NodeName
from calls.news import News
from calls.spool import files, lines_of
from calls.tables import JournalPlace
from db import EVERY_ORGANISATION, transaction

log = structlog.get_logger()

BATCH = 2000
GATHERS = 0.015  # seconds; what happens at one moment comes as several messages, and is written in one transaction
LOOK_EVERY = 2.0  # seconds without a wake
PAUSES = (0.1, 0.5, 1.0, 2.0)  # seconds between attempts while PostgreSQL is away
_DURABLE = text("SET LOCAL synchronous_commit TO on")
ASIDE = ".unreadable"  # of the file that keeps one line set aside: <spool file>.<offset behind it>.unreadable


@dataclass(frozen=True, slots=True)
class _Written:
    """One event of the spool: the line as it stands there, the offset behind it, and the journal's columns."""

    text: bytes
    offset: int
    columns: dict[str, Any]


@dataclass(slots=True)
class _Chunk:
    """The next lines of the spool."""

    path: Path
    offset: int
    events: list[_Written]
    mark: tuple[int, int] | None


_Insert = Callable[[Session, NodeName, JournalPlace, _Chunk], Sequence[_Written]]


@dataclass(frozen=True, slots=True)
class Moved:
    """What one transaction brought into the journal. False when there was nothing to move."""

    lines: int
    more: bool  # a later spool file has lines already
    written: Sequence[Recorded]

    def __bool__(self) -> bool:
        return self.lines > 0


NOTHING = Moved(0, False, ())


def move(directory: Path, node: NodeName, *, limit: int = BATCH) -> Moved:
    """Moves the next events of the spool in one transaction."""
    try:
        return _move(directory, node, limit, _insert)
    except DataError:
        return _move(directory, node, limit, _insert_singly)


def _move(directory: Path, node: NodeName, limit: int, insert: _Insert) -> Moved:
    with transaction(EVERY_ORGANISATION, relaxed=True) as session:
        place = _place(session, node)
        chunk, count = _next(directory, place.file, place.offset, limit)
        if chunk is None:
            return NOTHING
        new_file = chunk.path.name != place.file
        if new_file:
            session.execute(_DURABLE)
        before = place.seq
        kept = insert(session, node, place, chunk)
        place.file, place.offset = chunk.path.name, chunk.offset
        if chunk.mark is not None:
            place.queue_log_file, place.queue_log_offset = chunk.mark
    if new_file:
        _forget_before(directory, chunk.path.name)
    more = count >= limit or files(directory)[-1] > chunk.path.name
    return Moved(count, more, _recorded(node, before, kept))


def _place(session: Session, node: NodeName) -> JournalPlace:
    """The place, locked: one process at a time writes a node's journal."""
    place = session.get(JournalPlace, node, with_for_update=True)
    if place is None:
        place = JournalPlace(node=node, file="", offset=0, seq=0)
        session.add(place)
        session.flush()  # somebody else who begins at this very moment waits here, and fails
    return place


def _recorded(node: NodeName, before: int, kept: Sequence[_Written]) -> Sequence[Recorded]:
    """The events as a reader finds them in the journal; none when one of them says nothing to this version."""
    try:
        return [
            Recorded(node, seq, it["organisation_id"], decode(it["kind"], it["at"], it["call"], it["body"]))
            for seq, it in enumerate((event.columns for event in kept), before + 1)
        ]
    except (ValueError, TypeError, LookupError):
        return ()


def _next(directory: Path, file: str, offset: int, limit: int) -> tuple[_Chunk | None, int]:
    """Lines of the file of the place, or of the first one behind it once that is finished."""
    for name in (name for name in files(directory) if name >= file):
        begins_at = offset if name == file else 0
        chunk, count = _Chunk(directory / name, begins_at, [], None), 0
        for behind, line in lines_of(directory / name, begins_at, limit):
            chunk.offset = behind
            count += 1
            try:
                _take(chunk, line)
            except (ValueError, TypeError, LookupError) as error:
                _set_aside(chunk.path, chunk.offset, line, error)
        if count:
            return chunk, count
    return None, 0


def _take(chunk: _Chunk, line: bytes) -> None:
    record = json.loads(line)
    if "kind" in record:
        columns = {
            "at": datetime.fromisoformat(record["at"]),
            "kind": record["kind"],
            "call": UUID(record["call"]) if record["call"] else None,
            "organisation_id": record["organisation"],
            "body": record["body"],
        }
        chunk.events.append(_Written(line, chunk.offset, columns))
    elif "open" not in record:
        chunk.mark = int(record["mark"]["file"]), int(record["mark"]["offset"])


def _set_aside(path: Path, offset: int, line: bytes, error: Exception) -> None:
    """Keeps the line for people to look at; the same line set aside twice is one file."""
    kept = path.with_name(f"{path.name}.{offset}{ASIDE}")
    kept.write_bytes(line)
    log.error("spool_line_set_aside", kept=str(kept), reason=f"{type(error).__name__}: {error}"[:300])


def _insert(session: Session, node: NodeName, place: JournalPlace, chunk: _Chunk) -> list[_Written]:
    place.seq = journal.append(session, node, [event.columns for event in chunk.events], after=place.seq)
    return chunk.events


def _insert_singly(session: Session, node: NodeName, place: JournalPlace, chunk: _Chunk) -> list[_Written]:
    """One event among them cannot be kept, such as a text with a zero byte: which one? Gives the others."""
    kept, seq = [], place.seq
    for event in chunk.events:
        try:
            with session.begin_nested():
                seq = journal.append(session, node, [event.columns], after=seq)
        except DataError as error:
            _set_aside(chunk.path, event.offset, event.text, error)
        else:
            kept.append(event)
    place.seq = seq
    return kept


def _forget_before(directory: Path, file: str) -> None:
    for name in files(directory):
        if name < file:
            (directory / name).unlink(missing_ok=True)


class WriterThread(threading.Thread):
    """Moves lines whenever there are some; while PostgreSQL is away, the spool grows."""

    def __init__(self, directory: Path, node: NodeName, news: News) -> None:
        super().__init__(name="journal-writer", daemon=True)
        self._directory, self.node, self._news = directory, node, news
        self._more = threading.Event()
        self._stopping = threading.Event()
        self.away = False  # PostgreSQL does not take what we have
        self.through = False  # the journal had everything of the spool a moment ago

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
                moved = move(self._directory, self.node)
            except (SQLAlchemyError, OSError) as error:
                self._news.forget()
                if not self.away:
                    log.warning("journal_away", reason=f"{type(error).__name__}: {error}"[:500])
                self.away, self.through = True, False
                self._stopping.wait(PAUSES[min(failures, len(PAUSES) - 1)])
                failures += 1
                continue
            if self.away:
                log.info("journal_back", moved=moved.lines)
            self.away, self.through, failures = False, not moved.more, 0
            self._news.tell(moved.written)
            if not moved.more and self._more.wait(timeout=LOOK_EVERY):
                self._stopping.wait(GATHERS)
