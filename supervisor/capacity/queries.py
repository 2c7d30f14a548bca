"""Channels in use and callers refused, from the ledger."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Integer, and_, cast, extract, func, or_, select
from sqlalchemy.orm import Session

from calls.model import CallState, Fate
from calls.tables import CallRow
from staff.queries import organisations
from staff.tables import Organisation
from supervisor.capacity.model import WARN_AT, Load, Stay, load

LONGEST = timedelta(hours=4)  # a call that began so long before is not looked for, unless it goes on


def stays(session: Session, organisation: int, since: datetime) -> list[tuple[str | None, Stay]]:
    """Calls that had a channel since then, each with its trunk; those refused at the door had none."""
    refused = and_(CallRow.fate == Fate.REFUSED, CallRow.queued_at.is_(None))
    rows = session.execute(
        select(CallRow.trunk, CallRow.arrived_at, CallRow.ended_at)
        .where(CallRow.organisation_id == organisation)
        .where(or_(CallRow.arrived_at >= since - LONGEST, CallRow.state != CallState.ENDED))
        .where(or_(CallRow.fate.is_(None), ~refused))
    )
    return [(trunk, (began, ended)) for trunk, began, ended in rows]


def of_organisation(session: Session, organisation: Organisation, *, since: datetime, now: datetime) -> Load:
    """The organisation's own channels."""
    own = [stay for _, stay in stays(session, organisation.id, since)]
    return load(own, room=organisation.capacity, warn_at=organisation.warn_at, since=since, now=now)


def of_trunks(session: Session, rooms: Mapping[str, int], *, since: datetime, now: datetime) -> dict[str, Load]:
    """By trunk, whichever organisation's calls they are: needs EVERY_ORGANISATION. `rooms` is how many each takes."""
    found: dict[str, list[Stay]] = defaultdict(list, {trunk: [] for trunk in rooms})
    for organisation in organisations(session):
        for trunk, stay in stays(session, organisation.id, since):
            if trunk is not None:
                found[trunk].append(stay)
    return {
        trunk: load(found[trunk], room=rooms.get(trunk), warn_at=WARN_AT, since=since, now=now)
        for trunk in sorted(found)
    }


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
