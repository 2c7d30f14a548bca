"""The words of incident mode, and when a threshold begins and ends it; standard library only."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class Measure(StrEnum):
    """What a threshold looks at."""

    WAITING = "waiting"  # callers in the queue now
    ARRIVALS = "arrivals"  # callers who came within the last minute
    LONGEST_WAIT = "longest_wait"  # seconds the first of the queue has waited


class End(StrEnum):
    """Why an incident is over."""

    BY_HAND = "by_hand"
    CALM = "calm"  # below the threshold for long enough
    TIME = "time"  # it may last no longer
    REPLACED = "replaced"  # another one began


class Turn(StrEnum):
    """What is to be done now."""

    BEGIN = "begin"
    END = "end"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """From which value on, for how long, an incident begins; below which, for how long, it is over."""

    at_least: int
    begins_after: timedelta
    below: int
    ends_after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What was seen so far. `rests`: ended by hand, so it waits until the value was below once."""

    high_since: datetime | None = None
    calm_since: datetime | None = None
    rests: bool = False


def look(threshold: Threshold, watch: Watch, *, value: int, running: bool, now: datetime) -> tuple[Watch, Turn]:
    """What is seen with this value, and what follows from it."""
    high = value >= threshold.at_least
    calm = running and value < threshold.below
    watch = replace(
        watch,
        high_since=(watch.high_since or now) if high else None,
        calm_since=(watch.calm_since or now) if calm else None,
        rests=watch.rests and high,
    )
    if running:
        over = watch.calm_since is not None and now - watch.calm_since >= threshold.ends_after
        return watch, Turn.END if over else Turn.NOTHING
    due = watch.high_since is not None and now - watch.high_since >= threshold.begins_after
    return watch, Turn.BEGIN if due and not watch.rests else Turn.NOTHING
