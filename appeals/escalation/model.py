"""The steps of escalation in words of ours."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

DIGEST_FROM: Final = time(8)  # by the organisation's clocks


class Moment(StrEnum):
    """What a step is counted from."""

    ATTENTION = "attention"  # the last quarter of the term begins
    OVERDUE = "overdue"  # the term has ended


class Whom(StrEnum):
    """As what the recipient is told."""

    RESPONSIBLE = "responsible"
    HEAD = "head"
    MANAGEMENT = "management"


def digest_day(now: datetime, zone: ZoneInfo, last: date | None) -> date | None:
    """The day whose digest is due now; None before its hour, or where it was sent."""
    local = now.astimezone(zone)
    return local.date() if local.time() >= DIGEST_FROM and local.date() != last else None
