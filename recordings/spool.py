"""The local spool: two mono legs for each segment, written by Asterisk, deleted only when the store has them.

MixMonitor writes `<call>.<segment>.rx.wav` (what the caller says) and `.tx.wav` (what the caller hears). The header's
length is filled in when the file is closed; a killed Asterisk leaves it wrong, and then the size of the file counts.
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
_STILL = 10.0  # seconds without a write after which an unfinished file is taken as it is


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


def samples(path: Path) -> Samples | None:
    """The sound of a leg; None when there is no such file. NotFinished while it may still be written.

    A closed file's header agrees with its size; an empty one may be open with its first samples still in memory.
    """
    if not path.exists():
        return None
    size = path.stat().st_size
    offset, told = _data_chunk(path)
    there = max(0, size - offset)
    if (told != there or there == 0) and time.time() - path.stat().st_mtime < _STILL:
        raise NotFinished(path.name)
    trusted = told if 0 < told <= there else there
    return Samples(path, offset, trusted // SAMPLE)


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


def free_share(spool: Path) -> float:
    """How much of the spool's disk is free, 0 to 1."""
    usage = shutil.disk_usage(spool if spool.exists() else spool.anchor)
    return usage.free / usage.total
