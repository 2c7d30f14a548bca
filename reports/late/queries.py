"""Every SELECT of the report of what missed its term."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, func, literal_column, select
from sqlalchemy.orm import Session, aliased

from appeals.classifier.tables import ClassifierEntry
from appeals.escalation.tables import MeasureComment, TermMeasure
from appeals.journal import conditions
from appeals.journal.conditions import Asker
from appeals.journal.model import Asked
from appeals.journal.tables import Line

_NONE: Final[ColumnElement[int]] = literal_column("0", BigInteger())  # in words: what is selected is grouped by


def _cause() -> ColumnElement[Any]:
    """The cause of an appeal's last measure: as it was closed, else as it seemed last; 0 where nobody has said one."""
    measure, said = aliased(TermMeasure), aliased(MeasureComment)
    seemed = (
        select(said.cause_id)
        .where(said.measure_id == measure.id)
        .order_by(said.id.desc())
        .limit(1)
        .correlate(measure)
        .scalar_subquery()
    )
    last = (
        select(func.coalesce(measure.cause_id, seemed))
        .where(measure.appeal_id == Line.appeal_id)
        .order_by(measure.id.desc())
        .limit(1)
        .correlate(Line)
        .scalar_subquery()
    )
    return func.coalesce(last, _NONE)


def causes(session: Session, asked: Asked, asker: Asker) -> dict[int, int]:
    """How many of these appeals have which cause, by the entry of the classifier; 0: none was said."""
    some = select(_cause().label("cause")).where(*conditions.of(session, asked, asker)).subquery()
    return {row[0]: row[1] for row in session.execute(select(some.c.cause, func.count()).group_by(some.c.cause))}


def appeals(
    session: Session, asked: Asked, asker: Asker, *, causes: Collection[int] | None, at_most: int
) -> Sequence[int]:
    """These appeals, those first whose term ended first; of these causes alone where some are given."""
    wanted = select(Line.appeal_id).where(*conditions.of(session, asked, asker))
    if causes is not None:
        wanted = wanted.where(_cause().in_(sorted(causes)))
    return session.scalars(wanted.order_by(Line.due_at, Line.appeal_id).limit(at_most)).all()


def measures(session: Session, appeals: Sequence[int]) -> dict[int, list[TermMeasure]]:
    """The measures of each of these appeals, in order."""
    found: dict[int, list[TermMeasure]] = {}
    for each in session.scalars(select(TermMeasure).where(TermMeasure.appeal_id.in_(appeals)).order_by(TermMeasure.id)):
        found.setdefault(each.appeal_id, []).append(each)
    return found


def comments(session: Session, appeals: Sequence[int]) -> dict[int, list[MeasureComment]]:
    """What was written of the measures of each of these appeals, in order."""
    wanted = (
        select(TermMeasure.appeal_id, MeasureComment)
        .join(MeasureComment, MeasureComment.measure_id == TermMeasure.id)
        .where(TermMeasure.appeal_id.in_(appeals))
        .order_by(MeasureComment.id)
    )
    found: dict[int, list[MeasureComment]] = {}
    for row in session.execute(wanted):
        found.setdefault(row[0], []).append(row[1])
    return found


def entries(session: Session, ids: Collection[int]) -> dict[int, ClassifierEntry]:
    """These entries of the classifier."""
    wanted = select(ClassifierEntry).where(ClassifierEntry.id.in_(ids))
    return {each.id: each for each in session.scalars(wanted)} if ids else {}
