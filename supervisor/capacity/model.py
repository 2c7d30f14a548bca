"""How many calls there were at once, from when each began and ended; standard library only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

PART: Final = timedelta(minutes=30)  # of the day, in the picture
LATELY: Final = timedelta(minutes=5)  # a peak so long ago is still warned of: an alarm does not come and go
WARN_AT: Final = 80  # per cent of a trunk; an organisation says its own

Stay = tuple[datetime, datetime | None]  # from when until when a channel was in use; None: it still is


@dataclass(frozen=True, slots=True)
class Peak:
    """The most at once, and when that was first so; None where there was nothing."""

    channels: int = 0
    at: datetime | None = None


def peak(stays: Iterable[Stay], *, since: datetime, until: datetime) -> Peak:
    """The most at once within this time. Who leaves makes room for who comes in the same moment."""
    moves: list[tuple[datetime, int]] = []
    for began, ended in stays:
        if began >= until or (ended is not None and ended <= since):
            continue
        moves.append((max(began, since), 1))
        if ended is not None and ended < until:
            moves.append((ended, -1))
    most, now = Peak(), 0
    for at, change in sorted(moves):
        now += change
        if now > most.channels:
            most = Peak(now, at)
    return most


def peaks(stays: Sequence[Stay], *, since: datetime, until: datetime) -> list[int]:
    """The most at once in each part of the time, the last part being the one that is not over."""
    bounds = [since]
    while bounds[-1] + PART < until:
        bounds.append(bounds[-1] + PART)
    parts: list[list[Stay]] = [[] for _ in bounds]
    for began, ended in stays:
        first = max(0, (began - since) // PART)
        last = ((ended or until) - since) // PART
        for number in range(first, min(last + 1, len(parts))):
            parts[number].append((began, ended))
    return [
        peak(stays_of_part, since=begin, until=min(begin + PART, until)).channels
        for begin, stays_of_part in zip(bounds, parts, strict=True)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Channels of an organisation, or of a trunk."""

    used: int
    room: int | None  # None: nobody has said how many there are
    warn_at: int  # per cent
    lately: int  # the most of the last minutes
    highest: Peak  # of the whole time looked at
    parts: Sequence[int]  # the most in each part of it

    @property
    def share(self) -> float:
        """In use, of what there is."""
        return self.used / self.room if self.room else 0.0

    @property
    def tone(self) -> str:
        """How bad that is."""
        if not self.warns:
            return "good"
        return "bad" if self.room is not None and self.lately >= self.room else "warn"

    @property
    def warns(self) -> bool:
        """Whether more than the share warned of was in use just now."""
        return self.room is not None and self.lately * 100 >= self.room * self.warn_at


def load(stays: Sequence[Stay], *, room: int | None, warn_at: int, since: datetime, now: datetime) -> Load:
    """Everything about these channels."""
    return Load(
        used=sum(ended is None for _, ended in stays),
        room=room,
        warn_at=warn_at,
        lately=peak(stays, since=now - LATELY, until=now).channels,
        highest=peak(stays, since=since, until=now),
        parts=peaks(stays, since=since, until=now),
    )
