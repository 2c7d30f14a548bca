"""The local spool: two mono legs for each segment, written by Asterisk, deleted only when the store has them.

MixMonitor writes `<call>.<segment>.rx.wav` (what the caller says) and `.tx.wav` (what the caller hears). The header's
length may be written while the file grows, so a header that agrees with the size proves nothing: see `finished`. An
Asterisk that was killed leaves it wrong, and then the size of the file counts.
"""

import shutil
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

RATE = 8000  # samples a second
SAMPLE = 2  # bytes
_ENDINGS = {"caller": ".rx.wav", "operator": ".tx.wav"}
_STILL = timedelta(seconds=10)  # without a write, after which a file is taken as it is
_BETWEEN_WRITES = timedelta(seconds=0.3)  # a file that is still open grows by fifteen packets meanwhile


class NotFinished(Exception):
    """Asterisk is still writing."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Where the sound of a leg lies in its file."""

    path: Path
    offset: int  # bytes
    count: int  # samples


@dataclass(frozen=True, slots=True)
class Legs:
    """Both legs of one segment; either file may be absent."""

    caller: Path
    operator: Path

    @property
    def exist(self) -> bool:
        """Whether at least one was written."""
        return self.caller.exists() or self.operator.exists()

    def delete(self) -> None:
        """Removes what there is; done twice, it is done."""
        self.caller.unlink(missing_ok=True)
        self.operator.unlink(missing_ok=True)


def legs(spool: Path, call: UUID, segment: int) -> Legs:
    """Where Asterisk writes the legs of this segment."""
    return Legs(*(spool / f"{call}.{segment}{_ENDINGS[side]}" for side in ("caller", "operator")))


def found(spool: Path, *, untouched_for: timedelta) -> Iterator[tuple[UUID, int]]:
    """Call and segment of the legs that lie there and were not written to for so long. Other files are not ours."""
    latest = time.time() - untouched_for.total_seconds()
    seen: set[tuple[UUID, int]] = set()
    for path in sorted(spool.glob("*.?x.wav")):
        try:
            call, segment = path.name.split(".")[:2]
            key = UUID(call), int(segment)
            if path.stat().st_mtime <= latest and key not in seen:
                seen.add(key)
                yield key
        except (ValueError, FileNotFoundError):
            continue


@dataclass(frozen=True, slots=True)
class _Look:
    """A leg as it lay there at one moment."""

    samples: Samples
    changed: float  # Unix time
    agrees: bool  # the header tells the length that is there, and something is

    @property
    def untouched(self) -> bool:
        """Nobody has written to it for long."""
        return self._age >= _STILL.total_seconds()

    @property
    def is_whole(self) -> bool:
        """It has been closed: nobody writes to it, and its header agrees or will never do so."""
        return self.untouched or (self.agrees and self._age >= _BETWEEN_WRITES.total_seconds())

    @property
    def _age(self) -> float:
        return time.time() - self.changed


def finished(legs: Legs, *, patience: timedelta) -> tuple[Samples | None, Samples | None]:
    """The sound of both legs, None for one that is absent. To be asked for once the call is over.

    Asterisk closes the files within moments of the hang-up. A leg is whole when its header agrees and nobody has
    written to it for a moment, or when nobody has for long. NotFinished when `patience` is over before.
    """
    deadline = time.monotonic() + patience.total_seconds()
    while True:
        caller, operator = looks = _look(legs.caller), _look(legs.operator)
        if all(look is None or look.is_whole for look in looks):
            return caller.samples if caller else None, operator.samples if operator else None
        if time.monotonic() > deadline:
            raise NotFinished(legs.caller.name)
        time.sleep(_BETWEEN_WRITES.total_seconds() / 3)


def _look(path: Path) -> _Look | None:
    if not path.exists():
        return None
    found = path.stat()
    offset, told = _data_chunk(path)
    there = max(0, found.st_size - offset)
    trusted = told if 0 < told <= there else there
    return _Look(
        Samples(path, offset, trusted // SAMPLE),
        changed=found.st_mtime,
        agrees=0 < told == there,
    )


def _data_chunk(path: Path) -> tuple[int, int]:
    """Where the samples begin and how many bytes the header claims; a header cut short counts as none."""
    with path.open("rb") as file:
        head = file.read(4096)
    position = 12
    while position + 8 <= len(head):
        name, length = struct.unpack_from("<4sI", head, position)
        if name == b"data":
            return position + 8, length
        position += 8 + length + length % 2
    return min(44, len(head)), 0


def disk(spool: Path) -> tuple[int, int]:
    """Free and all bytes of the disk that takes the spool."""
    usage = shutil.disk_usage(spool if spool.exists() else spool.anchor)
    return usage.free, usage.total


def free_share(spool: Path) -> float:
    """How much of the spool's disk is free, 0 to 1."""
    free, total = disk(spool)
    return free / total
