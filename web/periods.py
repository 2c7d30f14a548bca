"""Days and minutes in the organisation's zone: today's, and those that addresses name, "2026-11-21T14:30"."""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from web.languages import audience

MINUTE: Final = timedelta(minutes=1)


def midnight() -> datetime:
    """When today began, by the clocks of whoever asks."""
    zone = audience().zone
    return day_begun(datetime.now(zone), zone)


def day_begun(now: datetime, zone: tzinfo) -> datetime:
    """When the day began by the clocks of this zone."""
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def beginning(written: str) -> datetime | None:
    """The first moment of the day or minute; None for nonsense."""
    return _minute(written, time())


def end(written: str) -> datetime | None:
    """The moment after the day or minute; None for nonsense."""
    last = _minute(written, time(23, 59))
    try:
        return last + MINUTE if last else None
    except OverflowError:
        return None


def _minute(written: str, of_a_day: time) -> datetime | None:
    try:
        whole_day = len(written) == len("2026-11-21")
        naive = (
            datetime.combine(date.fromisoformat(written), of_a_day) if whole_day else datetime.fromisoformat(written)
        )
    except ValueError:
        return None
    return naive.replace(second=0, microsecond=0, tzinfo=audience().zone)
