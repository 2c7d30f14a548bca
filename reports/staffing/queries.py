"""What the ledger says of past days."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from acd.tables import WrapUp
from calls.model import Direction
from calls.tables import CallRow


def counts(
    session: Session, zone: ZoneInfo, since: datetime, until: datetime, *, queue: str = ""
) -> dict[date, dict[int, int]]:
    """Calls that came to wait for an operator, by the organisation's day and hour."""
    local = func.timezone(zone.key, CallRow.arrived_at)
    day, hour = func.date(local).label("day"), func.date_part("hour", local).label("hour")
    mine = [
        CallRow.direction == Direction.IN,
        CallRow.queued_at.is_not(None),
        CallRow.arrived_at >= since,
        CallRow.arrived_at < until,
    ]
    if queue:
        mine.append(CallRow.queue == queue)
    found: dict[date, dict[int, int]] = defaultdict(dict)
    for row in session.execute(select(day, hour, func.count()).where(*mine).group_by("day", "hour")):
        found[row[0]][int(row[1])] = row[2]
    return dict(found)


def first_day(session: Session, zone: ZoneInfo) -> date | None:
    """The day of the first call of all."""
    first = session.scalar(select(CallRow.arrived_at).order_by(CallRow.arrived_at).limit(1))
    return first.astimezone(zone).date() if first is not None else None


def handled(session: Session, since: datetime, *, queue: str = "") -> timedelta | None:
    """How long an operator has to do with an answered call on average: the talk and what comes after it."""
    mine = [
        CallRow.direction == Direction.IN,
        CallRow.answered_at.is_not(None),
        CallRow.ended_at.is_not(None),
        CallRow.arrived_at >= since,
    ]
    if queue:
        mine.append(CallRow.queue == queue)
    talked: timedelta | None = session.scalar(select(func.avg(CallRow.talked)).where(*mine))
    if not talked:
        return None
    after: timedelta | None = session.scalar(
        select(func.avg(func.least(WrapUp.finished_at, WrapUp.due_at) - WrapUp.started_at)).where(
            WrapUp.finished_at >= since
        )
    )
    return talked + (after or timedelta())
