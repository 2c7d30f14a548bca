"""Steps of escalation, what they have told, and measures for late appeals, as stored."""

from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from appeals.escalation.model import Moment, Whom
from db import Base, OfOrganisation, created_at, identity, one_of


class EscalationStep(OfOrganisation, Base):
    """Who is told, how long after which moment; a digest lists what is overdue once a day."""

    __tablename__ = "escalation_step"
    __table_args__ = (
        CheckConstraint(one_of("moment", Moment), name="moment"),
        CheckConstraint(one_of("whom", Whom), name="whom"),
        CheckConstraint("after >= interval '0'", name="after"),
    )

    id: Mapped[identity]
    moment: Mapped[str]
    after: Mapped[timedelta]
    whom: Mapped[str]
    digest: Mapped[bool] = mapped_column(server_default=text("false"))
    topics: Mapped[list[str]] = mapped_column(server_default="{}")  # the area; none is every topic
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id", ondelete="RESTRICT"), index=True)
    recipient: Mapped[str]
    language: Mapped[str]
    digest_on: Mapped[date | None]  # the day of the last digest
    created_at: Mapped[created_at]  # what happened before is not told


class EscalationTold(OfOrganisation, Base):
    """A step that was told about an appeal and a term of it: never twice."""

    __tablename__ = "escalation_told"

    step_id: Mapped[int] = mapped_column(ForeignKey("escalation_step.id", ondelete="CASCADE"), primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    at: Mapped[created_at]


class TermMeasure(OfOrganisation, Base):
    """What is done about a late appeal; closed with a cause of the classifier, and not without."""

    __tablename__ = "term_measure"
    __table_args__ = (
        Index("uq_term_measure_open", "appeal_id", unique=True, postgresql_where=text("closed_at IS NULL")),
        CheckConstraint("(closed_at IS NULL) = (cause_id IS NULL)", name="cause"),
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed_by"),
    )

    id: Mapped[identity]
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"), index=True)
    due_at: Mapped[datetime]  # the term that was missed
    opened_at: Mapped[created_at]
    cause_id: Mapped[int | None] = mapped_column(ForeignKey("classifier_entry.id", ondelete="RESTRICT"))
    note: Mapped[str] = mapped_column(server_default="")
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]


class MeasureComment(OfOrganisation, Base):
    """What somebody wrote of a measure while it is open, with the cause as it seems: appended, for colleagues only."""

    __tablename__ = "measure_comment"
    __table_args__ = (CheckConstraint("text <> ''", name="text"),)

    id: Mapped[identity]
    measure_id: Mapped[int] = mapped_column(ForeignKey("term_measure.id", ondelete="CASCADE"), index=True)
    cause_id: Mapped[int] = mapped_column(ForeignKey("classifier_entry.id", ondelete="RESTRICT"))
    text: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[created_at]
