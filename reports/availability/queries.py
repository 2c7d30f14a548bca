"""What the monitor's log says."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.availability.tables import PartSpan


def spans(session: Session, since: datetime, until: datetime) -> Sequence[PartSpan]:
    """What was seen in that time, by part and in order."""
    mine = select(PartSpan).where(PartSpan.until > since, PartSpan.since < until)
    return session.scalars(mine.order_by(PartSpan.name, PartSpan.since)).all()


def last(session: Session) -> dict[str, PartSpan]:
    """The last span of each part."""
    newest = select(PartSpan).distinct(PartSpan.name).order_by(PartSpan.name, PartSpan.since.desc())
    return {row.name: row for row in session.scalars(newest)}


def first_look(session: Session) -> datetime | None:
    """When the monitor's log begins."""
    return session.scalar(select(PartSpan.since).order_by(PartSpan.since).limit(1))
