"""Every SELECT of questions to specialists."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import false, func, or_, select
from sqlalchemy.orm import Session

from appeals.executors.tables import Executor
from appeals.questions.tables import Question
from appeals.tables import Appeal
from db import NotFound

PAGE: Final = 100


def get(session: Session, question: int) -> Question:
    """The question. NotFound."""
    found = session.get(Question, question)
    if found is None:
        raise NotFound(f"question {question}")
    return found


def locked(session: Session, question: int) -> Question:
    """The question, until the transaction ends. NotFound."""
    asked = select(Question).where(Question.id == question).with_for_update()
    found = session.scalars(asked.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(f"question {question}")
    return found


def groups(session: Session) -> Sequence[Executor]:
    """Whom a question may be passed to: open executors that work here."""
    return session.scalars(select(Executor).where(Executor.active, Executor.connected).order_by(Executor.name)).all()


def waiting(session: Session, executors: Collection[int]) -> Sequence[Question]:
    """What these executors have not answered, the oldest first."""
    asked = select(Question).where(Question.executor_id.in_(executors), Question.answered_at.is_(None))
    return session.scalars(asked.order_by(Question.asked_at, Question.id).limit(PAGE)).all() if executors else ()


def answered(session: Session, executors: Collection[int]) -> Sequence[Question]:
    """What these executors answered last."""
    asked = select(Question).where(Question.executor_id.in_(executors), Question.answered_at.is_not(None))
    return session.scalars(asked.order_by(Question.answered_at.desc()).limit(PAGE)).all() if executors else ()


def count_waiting(session: Session, executors: Collection[int]) -> int:
    """How many of them wait."""
    asked = select(func.count()).where(Question.executor_id.in_(executors), Question.answered_at.is_(None))
    return (session.scalar(asked) or 0) if executors else 0


def asked_by(session: Session, person: int) -> Sequence[Question]:
    """What the person asked, the newest first."""
    asked = select(Question).where(Question.asked_by == person)
    return session.scalars(asked.order_by(Question.asked_at.desc(), Question.id.desc()).limit(PAGE)).all()


def count_unread(session: Session, person: int) -> int:
    """How many answers wait to be read by whoever asked."""
    new = (Question.asked_by == person, Question.answered_at.is_not(None), Question.read_at.is_(None))
    return session.scalar(select(func.count()).where(*new)) or 0


def about(session: Session, *, appeal: int | None = None, call: UUID | None = None) -> Sequence[Question]:
    """Questions about an appeal or from a call, the oldest first."""
    mine = [Question.appeal_id == appeal] if appeal is not None else []
    mine += [Question.call_id == call] if call is not None else []
    asked = select(Question).where(or_(false(), *mine)).order_by(Question.asked_at, Question.id)
    return session.scalars(asked.limit(PAGE)).all()


def since(session: Session, moment: datetime) -> Sequence[Question]:
    """All that were asked since."""
    return session.scalars(select(Question).where(Question.asked_at >= moment).order_by(Question.id)).all()


def numbers(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Numbers of these appeals."""
    rows = session.execute(select(Appeal.id, Appeal.number).where(Appeal.id.in_(ids))) if ids else ()
    return {row.id: row.number for row in rows}
