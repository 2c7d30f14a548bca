"""Questions to specialists as stored."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db import Base, OfOrganisation, created_at, identity


class Question(OfOrganisation, Base):
    """A question from a call or about an appeal to an executor's people, and their answer."""

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint("num_nonnulls(appeal_id, call_id) > 0", name="about"),
        CheckConstraint("text <> ''", name="text"),
        CheckConstraint("(taken_at IS NULL) = (taken_by IS NULL)", name="taken"),
        CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answered"),
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answer"),
        Index("ix_question_executor_id", "executor_id", "asked_at"),
        Index("ix_question_open", "organisation_id", "executor_id", postgresql_where=text("answered_at IS NULL")),
        Index("ix_question_asked_by", "asked_by", "asked_at"),
        Index("ix_question_appeal_id", "appeal_id"),
        Index("ix_question_call_id", "call_id"),
    )

    id: Mapped[identity]
    executor_id: Mapped[int] = mapped_column(ForeignKey("executor.id"))
    appeal_id: Mapped[int | None] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"))
    call_id: Mapped[UUID | None]
    text: Mapped[str]
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[created_at]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(server_default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]  # by whoever asked
