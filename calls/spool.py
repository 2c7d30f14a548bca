"""The listener's own disk between Asterisk and PostgreSQL: JSON lines, one event each, in order.

A file begins with the calls that were open then, so that a listener that starts anew, with or without PostgreSQL, knows
what the last one knew. Marks say up to where Asterisk's queue_log is covered by the lines before them.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from calls.encoding import decode, encode, pack, unpack
from calls.events import CallArrived, CallEvent
from calls.journal import call_of
from calls.model import CallId
from calls.observer import Line
from calls.state import Call, UnexpectedEvent, begin, evolve

log = structlog.get_logger()

LARGEST = 16 * 1024 * 1024  # bytes, then a new file begins
SUFFIX = ".jsonl"


class SpoolTaken(RuntimeError):
    """Another listener writes here: one process writes a node's journal."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Everything in this file of queue_log before the offset has been heard."""

    file: int = 0  # inode
    offset: int = 0


@dataclass(slots=True)
class Memory:
    """What the last listener knew when it ended."""

    calls: dict[CallId, Call] = field(default_factory=dict)
    ended: dict[str, datetime] = field(default_factory=dict)  # callers' channels of calls that ended lately
    last_at: datetime | None = None
    mark: Mark = field(default_factory=Mark)


class Spool:
    """Appends; one process at a time. Written at once, so that a killed process loses nothing; fsynced by `sync`."""

    def __init__(self, directory: Path, known: Callable[[], "Memory"] | None = None, *, largest: int = LARGEST) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory, self._known, self._largest = directory, known or Memory, largest
        self._lock = os.open(directory / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise SpoolTaken(f"another listener writes to {directory}") from None
        self._file = -1
        self._finished: list[int] = []  # files before it, still to be fsynced and closed
        self._size = 0
        self._unwritten = b""
        self._synced = True
        self.failing = False

    def start(self) -> None:
        """Begins a new file with the calls open now; the disk follows. OSError leaves everything as it was."""
        last = files(self.directory)[-1:]
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}"
        if last and name <= last[0].removesuffix(SUFFIX):  # the clock went back
            name = last[0].removesuffix(SUFFIX) + "0"
        new = os.open(self.directory / (name + SUFFIX), os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
        if self._file >= 0:
            self.retry()
            self._finished.append(self._file)
        self._file, self._size = new, 0
        self._write([self._beginning()])

    def _beginning(self) -> dict[str, Any]:
        memory = self._known()
        return {
            "open": [pack(call) for call in memory.calls.values()],
            "ended": {channel: at.isoformat() for channel, at in memory.ended.items()},
            "last_at": memory.last_at.isoformat() if memory.last_at else None,
            "mark": pack(memory.mark),
        }

    def append(self, lines: Sequence[Line]) -> None:
        """Keeps the events. A full disk loses none of them while the process lives: they are tried again."""
        if lines:
            self._write([_packed(line) for line in lines])
            if self._size > self._largest and not self._unwritten:  # a line must not be torn between two files
                self._turn()

    def _turn(self) -> None:
        """Goes on in a new file; on a full disk the old one serves until there is room."""
        try:
            self.start()
        except OSError as error:
            log.warning("spool_not_turned", directory=str(self.directory), reason=str(error))

    def mark(self, mark: Mark) -> None:
        """Notes that queue_log is covered up to here."""
        self._write([{"mark": pack(mark)}])

    def _write(self, records: Iterable[dict[str, Any]]) -> None:
        texts = (json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in records)
        self._unwritten += "".join(text + "\n" for text in texts).encode()
        self._synced = False
        try:
            while self._unwritten:
                written = os.write(self._file, self._unwritten)
                self._unwritten = self._unwritten[written:]
                self._size += written
        except OSError:
            if not self.failing:
                log.exception("spool_failed", directory=str(self.directory))
            self.failing = True
        else:
            self.failing = False

    def retry(self) -> None:
        """Writes what a full disk refused."""
        if self._unwritten:
            self._write([])

    def unsynced(self) -> list[int]:
        """Descriptors to fsync and close in this order, in another thread; none if nothing was written since."""
        descriptors, self._finished = self._finished, []
        if not self._synced and self._file >= 0:
            self._synced = True
            descriptors.append(os.dup(self._file))
        return descriptors

    def sync(self) -> None:
        """Makes what was written outlive a power cut."""
        self.retry()
        fsync(self.unsynced())

    def close(self) -> None:
        """Lets another process write."""
        if self._file >= 0:
            self.sync()
            os.close(self._file)
            self._file = -1
        os.close(self._lock)


def fsync(descriptors: Iterable[int]) -> None:
    """For `unsynced`: waits for the disk, and closes."""
    for descriptor in descriptors:
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def files(directory: Path) -> list[str]:
    """The names of the spool's files, the oldest first."""
    return sorted(path.name for path in directory.glob("*" + SUFFIX))


def lines_of(path: Path, offset: int, most: int) -> Iterator[tuple[int, bytes]]:
    """Whole lines behind the offset, each with the offset after it. A line cut by a power cut is no line."""
    with path.open("rb") as file:
        file.seek(offset)
        for _ in range(most):
            text = file.readline()
            if not text.endswith(b"\n"):
                return
            offset += len(text)
            yield offset, text


def remembered(directory: Path) -> Memory:
    """What the last listener knew: the open calls at the beginning of the last file, and what happened since.

    A file whose beginning was cut off has nothing behind it; then the file before it is the last. What cannot be read
    is passed over, as the writer does.
    """
    for name in reversed(files(directory)):
        memory = None
        for offset, text in lines_of(directory / name, 0, 1 << 62):
            try:
                memory = _recalled(memory, json.loads(text))
            except (ValueError, TypeError, LookupError) as error:
                log.warning("spool_line_not_remembered", file=name, offset=offset, reason=str(error)[:300])
        if memory is not None:
            return memory
    return Memory()


def _recalled(memory: Memory | None, record: dict[str, Any]) -> Memory:
    if "open" in record:
        return Memory(
            calls={call.id: call for call in (unpack(Call, packed) for packed in record["open"])},
            ended={channel: datetime.fromisoformat(at) for channel, at in record["ended"].items()},
            last_at=datetime.fromisoformat(record["last_at"]) if record["last_at"] else None,
            mark=unpack(Mark, record["mark"]),
        )
    memory = memory or Memory()
    if "mark" in record:
        memory.mark = unpack(Mark, record["mark"])
    else:
        _follow(memory, record)
    return memory


def _follow(memory: Memory, record: dict[str, Any]) -> None:
    at = datetime.fromisoformat(record["at"])
    memory.last_at = max(memory.last_at or at, at)
    if record["call"] is None:
        return
    event = decode(record["kind"], at, CallId(UUID(record["call"])), record["body"])
    if isinstance(event, CallArrived):
        memory.calls[event.call] = begin(event)
    elif isinstance(event, CallEvent) and event.call in memory.calls:
        try:
            call = evolve(memory.calls[event.call], event)
        except UnexpectedEvent:
            return
        memory.calls[event.call] = call
        if call.fate is not None:
            del memory.calls[event.call]
            memory.ended[call.channel] = at


def _packed(line: Line) -> dict[str, Any]:
    call = call_of(line.event)
    return {
        "at": line.event.at.isoformat(),
        "kind": type(line.event).__name__,
        "call": str(call) if call else None,
        "organisation": line.organisation,
        "body": encode(line.event),
    }
