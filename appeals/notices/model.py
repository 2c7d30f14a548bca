"""What citizens are told of by SMS, and when their telephones may buzz."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from notify.model import QuietHours


class About(StrEnum):
    """What happened to an appeal."""

    REGISTERED = "registered"
    MOVED = "moved"  # its term, by people
    CLOSED = "closed"


LOOK_BACK: Final = timedelta(days=1)  # what happened longer ago is told to nobody
AT_ONCE: Final = timedelta(minutes=1)  # closed so soon, the citizen has heard the answer with the number
_DAYS: Final = 8  # that a message may be put off
_DAY: Final = timedelta(hours=36)  # into the day after, whatever clocks do at night


def loud(at: datetime, quiet: QuietHours, zone: ZoneInfo) -> datetime:
    """The first moment from then on at which telephones may buzz."""
    if not quiet.hold(at, zone):
        return at
    end = _on(at.astimezone(zone), quiet)
    return end if end > at else _on(_begun(at, zone) + _DAY, quiet)


def days_from(at: datetime, quiet: QuietHours, zone: ZoneInfo) -> list[tuple[datetime, datetime, datetime]]:
    """Moments at which something may be sent, one a day, each with when its day begins and ends.

    The first is as soon as may be, those of later days are when it is quiet no longer, or at the same time of day.
    """
    found = []
    moment = loud(at, quiet, zone)
    later = moment.astimezone(zone).time() if quiet.begin == quiet.end else quiet.end
    for _ in range(_DAYS):
        begun = _begun(moment, zone)
        ends = _begun(begun + _DAY, zone)
        found.append((moment, begun, ends))
        moment = ends.replace(hour=later.hour, minute=later.minute)
    return found


def _begun(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _on(day: datetime, quiet: QuietHours) -> datetime:
    return day.replace(hour=quiet.end.hour, minute=quiet.end.minute, second=0, microsecond=0)
