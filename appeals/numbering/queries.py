"""Every SELECT of registration indexes."""

from collections.abc import Sequence

from sqlalchemy import ScalarSelect, exists, func, select
from sqlalchemy.orm import Session

from appeals.numbering.tables import AppealIndex, IndexCounter, IndexRule

FOUND = 10


def rule(session: Session, organisation: int) -> IndexRule | None:
    """The organisation's rule; None before it has said anything."""
    return session.get(IndexRule, organisation)


def is_taken(session: Session, organisation: int, written: str) -> bool:
    """Whether an appeal has this index already."""
    same = exists().where(AppealIndex.organisation_id == organisation, AppealIndex.written == written)
    return bool(session.scalar(select(same)))


def behind_the_others(organisation: int, year: int, source: str) -> ScalarSelect[int]:
    """The first number behind those of the year that were counted the other way: together, or each source by itself."""
    other = IndexCounter.source == "" if source else IndexCounter.source != ""
    theirs = (IndexCounter.organisation_id == organisation, IndexCounter.year == year, other)
    return select(func.coalesce(func.max(IndexCounter.last), 0) + 1).where(*theirs).scalar_subquery()


def index_of(session: Session, appeal: int) -> str:
    """The index of the appeal; "" where it was given none."""
    return session.scalar(select(AppealIndex.written).where(AppealIndex.appeal_id == appeal)) or ""


def with_index(session: Session, organisation: int, written: str) -> Sequence[int]:
    """The appeal with this index, by its id; at most one."""
    asked = select(AppealIndex.appeal_id).where(
        AppealIndex.organisation_id == organisation, AppealIndex.written.in_({written, written.upper()})
    )
    return session.scalars(asked.limit(FOUND)).all()
