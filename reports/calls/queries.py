"""What the ledger says of the calls of some time, by their arrival."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from acd.callbacks.model import Outcome
from acd.callbacks.tables import CallbackAttempt
from acd.tables import WrapUp
from calls.model import Direction, Fate
from calls.tables import CallRow
from reports.calls.model import NOTHING, Made, Received, Repeated


def received(session: Session, zone: ZoneInfo, since: datetime, until: datetime) -> dict[date, Received]:
    """Calls that came in, by the organisation's day; a day without any is left out."""
    day = func.date(func.timezone(zone.key, CallRow.arrived_at)).label("day")
    mine = [CallRow.direction == Direction.IN, *_arrived(since, until)]
    sums = func.count().label("number"), func.sum(CallRow.talked).label("talked"), func.sum(CallRow.held).label("held")
    found: dict[date, Received] = defaultdict(Received)
    for row in session.execute(select(day, CallRow.fate, *sums).where(*mine).group_by("day", CallRow.fate)):
        found[row.day] += Received(
            fates=Counter() if row.fate is None else Counter({Fate(row.fate): row.number}),
            now_on=row.number if row.fate is None else 0,
            talked=row.talked or NOTHING,
            held=row.held or NOTHING,
        )
    length = func.least(WrapUp.finished_at, WrapUp.due_at) - WrapUp.started_at
    after = (
        select(day, func.sum(length).label("after"))
        .join(WrapUp, WrapUp.call == CallRow.id)
        .where(*mine, WrapUp.finished_at >= since)
        .group_by("day")
    )
    for row in session.execute(after):
        found[row.day] += Received(after=row.after or NOTHING)
    return dict(sorted(found.items()))


def made(session: Session, since: datetime, until: datetime) -> Made:
    """Calls that we made."""
    reached = CallRow.fate == Fate.ANSWERED
    calls = session.execute(
        select(func.count(), func.count().filter(reached), func.sum(CallRow.talked)).where(
            CallRow.direction == Direction.OUT, *_arrived(since, until)
        )
    ).one()
    callbacks = session.execute(
        select(func.count(), func.count().filter(CallbackAttempt.outcome == Outcome.ANSWERED))
        .join(CallRow, CallRow.id == CallbackAttempt.call)
        .where(*_arrived(since, until))
    ).one()
    number, answered, talked = calls
    return Made(
        number=number, reached=answered, talked=talked or NOTHING, callbacks=callbacks[0], called_back=callbacks[1]
    )


def repeated(session: Session, since: datetime, until: datetime, *, within: timedelta) -> Repeated:
    """Calls whose number had called about the same topic no longer before; a withheld number tells nothing."""
    same = CallRow.caller, CallRow.topic
    before = func.lag(CallRow.arrived_at).over(partition_by=same, order_by=(CallRow.arrived_at, CallRow.id))
    told = CallRow.direction == Direction.IN, CallRow.caller != "", CallRow.topic.is_not(None)
    calls = select(CallRow.caller, CallRow.arrived_at, before.label("before"))
    some = calls.where(*told, *_arrived(since - within, until)).subquery()
    again = some.c.arrived_at >= since, some.c.before >= some.c.arrived_at - within
    row = session.execute(select(func.count(), func.count(some.c.caller.distinct())).where(*again)).one()
    return Repeated(number=row[0], callers=row[1])


def _arrived(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return CallRow.arrived_at >= since, CallRow.arrived_at < until
