"""How many calls there were at once; standard library only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

PART: Final = timedelta(minutes=30)  # of the day, in the picture
LATELY: Final = timedelta(minutes=5)  # a peak so long ago is still warned of: an alarm does not come and go
WARN_AT: Final = 80  # per cent of a trunk; an organisation says its own


@dataclass(frozen=True, slots=True)
class Peak:
    """The most at once, and when that was first so; None where there was nothing."""

    channels: int = 0
    at: datetime | None = None


def begins(since: datetime, until: datetime) -> list[datetime]:
    """When each part of the time begins, the last part being the one that is not over."""
    found = [since]
    while found[-1] + PART < until:
        found.append(found[-1] + PART)
    return found


def hours_begun(since: datetime, until: datetime) -> int:
    """How many hours of the time have begun; a day on which the clocks are set back has twenty-five."""
    return (until - since) // timedelta(hours=1) + 1


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
