"""Moves events from the spool into the journal, in order and exactly once.

The place in the spool commits with the events, so a crash between the two cannot be. Transactions do not wait for
PostgreSQL's disk: what a crash of PostgreSQL loses, place and events together, is still in the spool. A spool file goes
only after a commit that did wait. One process at a time writes a node's journal: whoever has the advisory lock. A line
that is no event, or that PostgreSQL refuses to keep, is set aside in a file of its own beside the spool, with an alarm:
the lines behind it go on.
"""

import json
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
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
from db import EVERY_ORGANISATION, listen, transaction

log = structlog.get_logger()

BATCH = 2000
GATHERS = timedelta(milliseconds=15)  # what happens at one moment comes as several messages: one transaction
LOOK_EVERY = timedelta(seconds=2)  # without a wake
PAUSES = tuple(timedelta(seconds=pause) for pause in (0.1, 0.5, 1, 2))  # between attempts while PostgreSQL is away
_DURABLE = text("SET LOCAL synchronous_commit TO on")
ASIDE = ".unreadable"  # of the file that keeps one line set aside: <spool file>.<offset behind it>.unreadable
UNREAD = ".unread"  # behind the name of a spool file that nobody will read, because the place is in a later one

_LOCK = 0x4A57  # this module's advisory locks; the second key is the node
# A machine that lost its power says no goodbye: its lock must not stay for the two hours that TCP waits.
_NOTICED_SOON = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"


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
    unread: Sequence[str] = ()  # spool files that sort before the place, which is in none of them: never to be read

    def __bool__(self) -> bool:
        return self.lines > 0


def move(directory: Path, node: NodeName, *, limit: int = BATCH) -> Moved:
    """Moves the next events of the spool in one transaction."""
    try:
        return _move(directory, node, limit, _insert)
    except DataError:
        return _move(directory, node, limit, _insert_singly)


def _move(directory: Path, node: NodeName, limit: int, insert: _Insert) -> Moved:
    with transaction(EVERY_ORGANISATION, relaxed=True) as session:
        place = _place(session, node)
        unread = _unread(directory, place.file)
        chunk, count = _next(directory, place.file, place.offset, limit)
        if chunk is None:
            return Moved(0, False, (), unread)
        new_file = chunk.path.name != place.file
        if new_file:
            session.execute(_DURABLE)
        before = place.seq
        kept = insert(session, node, place, chunk)
        place.file, place.offset = chunk.path.name, chunk.offset
        if chunk.mark is not None:
            place.queue_log_file, place.queue_log_offset = chunk.mark
    if new_file:
        _forget_before(directory, chunk.path.name, but=unread)
    more = count >= limit or files(directory)[-1] > chunk.path.name
    return Moved(count, more, _recorded(node, before, kept), unread)


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


def _unread(directory: Path, file: str) -> Sequence[str]:
    """Files that sort before the place although we have not come to it through them: the place is in another spool."""
    ours = files(directory)
    return [] if file in ours else [name for name in ours if name < file]


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


def _forget_before(directory: Path, file: str, *, but: Collection[str]) -> None:
    """What was read goes; what nobody has read is put aside, for people to look at."""
    for name in files(directory):
        if name < file and name in but:
            (directory / name).rename(directory / (name + UNREAD))
        elif name < file:
            (directory / name).unlink(missing_ok=True)


class WrittenByAnother(RuntimeError):
    """Another process writes this node's journal: two listeners have one node's name."""


class _OnlyOne:
    """The advisory lock of a node's journal. It lives as long as its connection."""

    def __init__(self, node: NodeName) -> None:
        self._node = node
        self._connection: psycopg.Connection[tuple[str, ...]] | None = None

    def hold(self) -> None:
        """Takes it, or looks whether it is still ours. WrittenByAnother; psycopg.Error when PostgreSQL is away."""
        if self._connection is not None:
            self._connection.execute("SELECT 1")
            return
        connection = listen()
        connection.execute(_NOTICED_SOON)
        row = connection.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [_LOCK, self._node]).fetchone()
        if row is None or not row[0]:
            connection.close()
            raise WrittenByAnother(self._node)
        self._connection = connection

    def let_go(self) -> None:
        """Another process may have it."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class WriterThread(threading.Thread):
    """Moves lines whenever there are some; while PostgreSQL is away, the spool grows."""

    def __init__(self, directory: Path, node: NodeName, news: News) -> None:
        super().__init__(name="journal-writer", daemon=True)
        self._directory, self.node, self._news = directory, node, news
        self._more = threading.Event()
        self._stopping = threading.Event()
        self.away = False  # PostgreSQL does not take what we have
        self.through = False  # the journal had everything of the spool a moment ago
        self._unread: Sequence[str] = ()

    def wake(self) -> None:
        """There are new lines."""
        self._more.set()

    def stop(self) -> None:
        """Ends the thread after the running batch."""
        self._stopping.set()
        self._more.set()

    def run(self) -> None:
        only_one, failures = _OnlyOne(self.node), 0
        while not self._stopping.is_set():
            self._more.clear()
            try:
                only_one.hold()
                moved = move(self._directory, self.node)
            except (SQLAlchemyError, psycopg.Error, WrittenByAnother, OSError) as error:
                only_one.let_go()
                self._failed(error, failures)
                failures += 1
                continue
            failures = 0
            self._moved(moved)
            if not moved.more and self._more.wait(LOOK_EVERY.total_seconds()):
                self._stopping.wait(GATHERS.total_seconds())
        only_one.let_go()

    def _failed(self, error: Exception, before: int) -> None:
        """After so many failures before. A listener that has just ended may hold its lock for a moment."""
        self._news.forget()
        if not self.away:
            log.warning("journal_away", reason=f"{type(error).__name__}: {error}"[:500])
        if isinstance(error, WrittenByAnother) and before == len(PAUSES):
            log.error("journal_written_by_another", node=self.node)
        self.away, self.through = True, False
        self._stopping.wait(PAUSES[min(before, len(PAUSES) - 1)].total_seconds())

    def _moved(self, moved: Moved) -> None:
        if self.away:
            log.info("journal_back", moved=moved.lines)
        if moved.unread and moved.unread != self._unread:
            log.error("spool_files_never_read", node=self.node, files=list(moved.unread))
        self._unread = moved.unread
        self.away, self.through = False, not moved.more
        self._news.tell(moved.written)
