"""Every SELECT of escalation."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from appeals.classifier.tables import ClassifierEntry
from appeals.escalation.model import Moment
from appeals.escalation.tables import EscalationStep, EscalationTold, MeasureComment, TermMeasure
from appeals.tables import Appeal
from appeals.terms.model import Standing
from appeals.terms.queries import is_open, stands
from db import NotFound


def steps(session: Session, organisation: int) -> Sequence[EscalationStep]:
    """The steps: of the last quarter first, then by how late they come."""
    return session.scalars(
        select(EscalationStep)
        .where(EscalationStep.organisation_id == organisation)
        .order_by(EscalationStep.moment, EscalationStep.after, EscalationStep.id)
    ).all()


def step(session: Session, step_id: int) -> EscalationStep:
    """The step. NotFound, also for another organisation's."""
    found = session.get(EscalationStep, step_id)
    if found is None:
        raise NotFound(f"escalation step {step_id}")
    return found


def reached(session: Session, of: EscalationStep, now: datetime, *, at_most: int) -> Sequence[Appeal]:
    """Open appeals that have reached the step since it stands there, and of which it has not told."""
    moment = Appeal.attention_at if of.moment == Moment.ATTENTION else Appeal.due_at
    told = exists().where(
        EscalationTold.step_id == of.id,
        EscalationTold.appeal_id == Appeal.id,
        EscalationTold.due_at == Appeal.due_at,
    )
    wanted = select(Appeal).where(
        Appeal.organisation_id == of.organisation_id,
        is_open(),
        Appeal.due_at.is_not(None),
        moment <= now - of.after,
        moment >= of.created_at - of.after,
        ~told,
    )
    if of.topics:
        wanted = wanted.where(Appeal.topic.in_(of.topics))
    return session.scalars(wanted.order_by(Appeal.due_at, Appeal.id).limit(at_most)).all()


def overdue(session: Session, of: EscalationStep, now: datetime, *, at_most: int) -> Sequence[Appeal]:
    """Everything overdue in the step's area, the longest first."""
    wanted = select(Appeal).where(Appeal.organisation_id == of.organisation_id, stands(Standing.OVERDUE, now))
    if of.topics:
        wanted = wanted.where(Appeal.topic.in_(of.topics))
    return session.scalars(wanted.order_by(Appeal.due_at, Appeal.id).limit(at_most)).all()


def without_measure(
    session: Session, organisation: int, now: datetime, *, at_most: int
) -> Sequence[tuple[int, datetime]]:
    """Overdue appeals and their terms for which no measure was ever opened."""
    theirs = exists().where(TermMeasure.appeal_id == Appeal.id, TermMeasure.due_at == Appeal.due_at)
    still = exists().where(and_(TermMeasure.appeal_id == Appeal.id, TermMeasure.closed_at.is_(None)))
    rows = session.execute(
        select(Appeal.id, Appeal.due_at)
        .where(Appeal.organisation_id == organisation, stands(Standing.OVERDUE, now), ~theirs, ~still)
        .order_by(Appeal.due_at)
        .limit(at_most)
    )
    return [(row[0], row[1]) for row in rows if row[1] is not None]


def measures(session: Session, appeal: int) -> Sequence[tuple[TermMeasure, ClassifierEntry | None]]:
    """The measures of an appeal with their causes, the newest first."""
    rows = session.execute(
        select(TermMeasure, ClassifierEntry)
        .outerjoin(ClassifierEntry, ClassifierEntry.id == TermMeasure.cause_id)
        .where(TermMeasure.appeal_id == appeal)
        .order_by(TermMeasure.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def comments(session: Session, appeal: int) -> Mapping[int, list[tuple[MeasureComment, ClassifierEntry]]]:
    """What was written of an appeal's measures, by measure, in order."""
    rows = session.execute(
        select(MeasureComment, ClassifierEntry)
        .join(ClassifierEntry, ClassifierEntry.id == MeasureComment.cause_id)
        .join(TermMeasure, TermMeasure.id == MeasureComment.measure_id)
        .where(TermMeasure.appeal_id == appeal)
        .order_by(MeasureComment.id)
    )
    found: dict[int, list[tuple[MeasureComment, ClassifierEntry]]] = {}
    for comment, cause in rows:
        found.setdefault(comment.measure_id, []).append((comment, cause))
    return found


def last_comments(session: Session, appeals: Collection[int]) -> Mapping[int, tuple[MeasureComment, ClassifierEntry]]:
    """The last thing written of a measure of each of these appeals, by appeal."""
    if not appeals:
        return {}
    last = (
        select(func.max(MeasureComment.id))
        .join(TermMeasure, TermMeasure.id == MeasureComment.measure_id)
        .where(TermMeasure.appeal_id.in_(appeals))
        .group_by(TermMeasure.appeal_id)
    )
    rows = session.execute(
        select(TermMeasure.appeal_id, MeasureComment, ClassifierEntry)
        .join(MeasureComment, MeasureComment.measure_id == TermMeasure.id)
        .join(ClassifierEntry, ClassifierEntry.id == MeasureComment.cause_id)
        .where(MeasureComment.id.in_(last))
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def measure(session: Session, measure_id: int) -> TermMeasure:
    """The measure. NotFound, also for another organisation's."""
    found = session.get(TermMeasure, measure_id)
    if found is None:
        raise NotFound(f"measure {measure_id}")
    return found


def measure_locked(session: Session, measure_id: int) -> TermMeasure:
    """The measure as it is now, locked. NotFound."""
    found = session.get(TermMeasure, measure_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(f"measure {measure_id}")
    return found
