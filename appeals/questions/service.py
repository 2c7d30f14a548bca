"""Every change to questions: asked, taken, answered, read; and who is told at once."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from appeals.executors.tables import Executor
from appeals.questions import queries
from appeals.questions.tables import Question
from appeals.tables import Appeal
from db import Conflict
from staff.audit import audit
from staff.tables import Person

Tell = Callable[..., Any]  # session, person, kind of the news, what more it says


class NotHere(Conflict):
    """The executor is closed, or has no workplaces here."""


class Answered(Conflict):
    """Somebody has answered it already."""


class _Desks:
    """How desks are told; without `connect` nobody is, and pages find out by looking."""

    tell: Tell = staticmethod(lambda session, person, kind, **body: None)


def connect(tell: Tell) -> None:
    """Said once by the process: how news reach a person's desk after the commit."""
    _Desks.tell = staticmethod(tell)


def ask(
    session: Session,
    executor: Executor,
    text: str,
    *,
    appeal: Appeal | None = None,
    call: UUID | None = None,
    by: Person,
) -> Question:
    """A question to the executor's people. NotHere."""
    if not (executor.active and executor.connected):
        raise NotHere(executor.code)
    question = Question(
        organisation_id=by.organisation_id, executor_id=executor.id, appeal_id=appeal.id if appeal else None,
        call_id=call, text=text, asked_by=by.id,
    )  # fmt: skip
    session.add(question)
    session.flush()
    session.refresh(question)
    audit(session, by, "question.asked", f"question:{question.id}", name=executor.code)
    return question


def take(session: Session, question_id: int, *, by: Person) -> Question:
    """The person looks into it; others see that. Answered."""
    question = _open(session, question_id)
    question.taken_by, question.taken_at = by.id, datetime.now(UTC)
    session.flush()
    audit(session, by, "question.taken", f"question:{question.id}")
    return question


def answer(session: Session, question_id: int, text: str, *, by: Person) -> Question:
    """The answer, once; whoever asked is told at their desk. Answered."""
    question = _open(session, question_id)
    now = datetime.now(UTC)
    if question.taken_by is None:
        question.taken_by, question.taken_at = by.id, now
    question.answer, question.answered_by, question.answered_at = text, by.id, now
    session.flush()
    audit(session, by, "question.answered", f"question:{question.id}")
    _Desks.tell(session, question.asked_by, "answer", question=question.id)
    return question


def read(session: Session, question: Question, *, by: Person) -> None:
    """Whoever asked has read the answer."""
    if question.answered_at is not None and question.read_at is None and question.asked_by == by.id:
        question.read_at = datetime.now(UTC)
        session.flush()


def _open(session: Session, question_id: int) -> Question:
    question = queries.locked(session, question_id)
    if question.answered_at is not None:
        raise Answered(str(question_id))
    return question
