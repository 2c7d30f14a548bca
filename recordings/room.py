"""The room on the disk of the spool: watched by the scheduler, told to every page long before recordings are lost."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from recordings import spool
from recordings.model import Room, room_of
from web import facts

log = structlog.get_logger()

FACT = "recordings.room"
TOLD_FOR = timedelta(minutes=10)  # without a new look nobody knows any more
_LOOK_BACK = timedelta(hours=24)
_BETWEEN = timedelta(minutes=10)  # of the looks that are remembered
_SHORTEST = timedelta(minutes=30)  # from which a rate is told


@dataclass(frozen=True, slots=True)
class Told:
    """How much is left, and for how long at the present rate; None where that is not known or does not get less."""

    room: Room
    free: int  # bytes
    share: float
    lasts: timedelta | None


def watch(folder: Path) -> dict[str, int]:
    """The alarm of a filling disk: in the log, and on the pages of those in charge."""
    free, total = spool.disk(folder)
    return note(free, total, at=datetime.now(UTC))


def note(free: int, total: int, *, at: datetime) -> dict[str, int]:
    """So many bytes of the disk were free: an alarm where that is little."""
    share = free / total
    facts.keep(FACT, {"free": free, "total": total, "looks": _looks(at.timestamp(), free)}, lasting=_LOOK_BACK)
    match room_of(share):
        case Room.ALMOST_NONE:
            log.error("recordings_disk_almost_full", free=round(share, 3))
        case Room.LITTLE:
            log.warning("recordings_disk_filling", free=round(share, 3))
        case Room.ENOUGH:
            pass
    return {"percent_free": round(share * 100)}


def alarm() -> Told | None:
    """What everybody in charge must see; None while there is enough room, or nobody has looked lately."""
    found = told()
    return None if found is None or found.room is Room.ENOUGH else found


def told() -> Told | None:
    """How much there is; None where nobody has looked lately."""
    fact = facts.known(FACT)
    if fact is None or datetime.now(UTC).timestamp() - fact["looks"][-1][0] > TOLD_FOR.total_seconds():
        return None
    share = fact["free"] / fact["total"]
    return Told(room_of(share), fact["free"], share, _lasts(fact["looks"]))


def _looks(now: float, free: int) -> list[list[float]]:
    """Moments and free bytes of the last day: one every ten minutes, and the one of now."""
    known = (facts.known(FACT) or {"looks": []})["looks"]
    kept: list[list[float]] = []
    for look in known:
        spaced = not kept or look[0] - kept[-1][0] >= _BETWEEN.total_seconds()
        if spaced and now - look[0] <= _LOOK_BACK.total_seconds():
            kept.append(look)
    return [*kept, [now, free]]


def _lasts(looks: list[list[float]]) -> timedelta | None:
    (since, before), (until, left) = looks[0], looks[-1]
    if until - since < _SHORTEST.total_seconds() or left >= before:
        return None
    return timedelta(seconds=left * (until - since) / (before - left))
