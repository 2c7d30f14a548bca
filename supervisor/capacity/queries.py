"""Channels in use and callers refused, counted by PostgreSQL from the ledger."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    DateTime,
    Integer,
    Select,
    SQLColumnExpression,
    and_,
    cast,
    column,
    extract,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
    values,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from calls.model import CallState, Fate
from calls.tables import CallRow
from staff.queries import organisations
from staff.tables import Organisation
from supervisor.capacity.model import LATELY, PART, WARN_AT, Load, Peak, begins

LONGEST = timedelta(hours=4)  # a call that began so long before is not looked for, unless it goes on


def of_organisation(session: Session, organisation: Organisation, *, since: datetime, now: datetime) -> Load:
    """The organisation's own channels."""
    found = _parts(session, [organisation.id], literal(""), since=since, now=now)
    return _load(found.get("", ()), organisation.capacity, organisation.warn_at, len(begins(since, now)))


def of_trunks(session: Session, rooms: Mapping[str, int], *, since: datetime, now: datetime) -> dict[str, Load]:
    """By trunk, whichever organisation's calls they are: needs EVERY_ORGANISATION. `rooms` is how many each takes."""
    everybody = [organisation.id for organisation in organisations(session)]
    found = _parts(session, everybody, CallRow.trunk, since=since, now=now)
    return {
        trunk: _load(found.get(trunk, ()), rooms.get(trunk), WARN_AT, len(begins(since, now)))
        for trunk in sorted(found.keys() | rooms.keys())
    }


def _load(parts: Sequence[Any], room: int | None, warn_at: int, number: int) -> Load:
    """From what each part of the time was like; nothing is known of a place that had no call."""
    fullest = max(parts, key=lambda part: part.most, default=None)
    return Load(
        used=sum(part.used for part in parts),
        room=room,
        warn_at=warn_at,
        lately=max((part.lately or 0 for part in parts), default=0),
        highest=Peak(fullest.most, fullest.at) if fullest and fullest.most else Peak(),
        parts=[part.most for part in parts] or [0] * number,
    )


def _parts(
    session: Session, whose: Collection[int], place: SQLColumnExpression[Any], *, since: datetime, now: datetime
) -> dict[str, list[Any]]:
    """By place, for each part of the time: the most at once, since when, the most lately, and how many go on."""
    levels = _levels(_stays(whose, place, since, now), since, now).subquery()
    part = cast(func.floor(extract("epoch", levels.c.at - since) / PART.total_seconds()), Integer)
    the_first = aggregate_order_by(levels.c.at, levels.c.channels.desc(), levels.c.at)
    rows = session.execute(
        select(
            levels.c.place,
            func.max(levels.c.channels).label("most"),
            func.array_agg(the_first)[1].label("at"),
            func.max(levels.c.channels).filter(levels.c.at >= now - LATELY).label("lately"),
            func.sum(levels.c.goes_on).label("used"),
        )
        .where(levels.c.change >= 0)  # who leaves makes room for who comes in the same moment
        .group_by(levels.c.place, part)
        .order_by(levels.c.place, part)
    )
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.place, []).append(row)
    return found


def _stays(whose: Collection[int], place: SQLColumnExpression[Any], since: datetime, now: datetime) -> CTE:
    """Calls that had a channel within the time; those refused at the door had none."""
    refused = and_(CallRow.fate == Fate.REFUSED, CallRow.queued_at.is_(None))
    return (
        select(
            place.label("place"),
            func.greatest(CallRow.arrived_at, since).label("began"),
            CallRow.ended_at.label("ended"),
        )
        .where(CallRow.organisation_id.in_(whose), place.is_not(None))
        .where(or_(CallRow.arrived_at >= since - LONGEST, CallRow.state != CallState.ENDED))
        .where(CallRow.arrived_at < now, or_(CallRow.ended_at.is_(None), CallRow.ended_at > since))
        .where(or_(CallRow.fate.is_(None), ~refused))
        .cte("stay")
    )


def _levels(stays: CTE, since: datetime, now: datetime) -> Select[Any]:
    """How many there were from each coming and going on; marks tell it where a part begins, and of lately."""
    looks = {*begins(since, now), max(since, now - LATELY)}
    marks = values(column("at", DateTime(timezone=True)), name="mark").data([(at,) for at in looks])
    places = select(stays.c.place).distinct().subquery()
    goes_on = cast(stays.c.ended.is_(None), Integer)
    moves = union_all(
        select(stays.c.place, stays.c.began.label("at"), literal(1).label("change"), goes_on.label("goes_on")),
        select(stays.c.place, stays.c.ended, literal(-1), literal(0)).where(stays.c.ended < now),
        select(places.c.place, marks.c.at, literal(0), literal(0)).join_from(places, marks, true()),
    ).subquery()
    order = (moves.c.at, moves.c.change)
    channels = func.sum(moves.c.change).over(partition_by=moves.c.place, order_by=order, rows=(None, 0))
    return select(moves, channels.label("channels"))


def refusals(session: Session, organisation: int, since: datetime) -> dict[int, int]:
    """Callers refused since then, by the hour after it; an hour without any is left out."""
    hour = cast(func.floor(extract("epoch", CallRow.arrived_at - since) / 3600), Integer)
    rows = session.execute(
        select(hour.label("hour"), func.count())
        .where(CallRow.organisation_id == organisation, CallRow.fate == Fate.REFUSED)
        .where(CallRow.arrived_at >= since)
        .group_by("hour")
    )
    return {row[0]: row[1] for row in rows}
