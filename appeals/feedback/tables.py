"""Marks of citizens, and whether an organisation asks for them, as stored."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from appeals.feedback.model import Settled, Way
from db import Base, OfOrganisation, identity, one_of


class FeedbackRule(OfOrganisation, Base):
    """Since when authors are asked by e-mail or SMS, NULL being never; for how many days after the closing."""

    __tablename__ = "feedback_rule"
    __table_args__ = (CheckConstraint("days BETWEEN 1 AND 365", name="days"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True)
    asked_since: Mapped[datetime | None]
    days: Mapped[int] = mapped_column(server_default=text("30"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # who reopens: an account nobody signs in with


class Feedback(OfOrganisation, Base):
    """One closing of an appeal: whether its author was asked, and what they said, once."""

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("appeal_id", "closed_at"),
        UniqueConstraint("token_hash"),
        CheckConstraint("mark BETWEEN 1 AND 5", name="mark"),
        CheckConstraint(one_of("settled", Settled), name="settled"),
        CheckConstraint(one_of("way", Way), name="way"),
        CheckConstraint("num_nonnulls(marked_at, mark, settled, way) IN (0, 4)", name="whole"),
        CheckConstraint("(way IS NOT DISTINCT FROM 'phone') = (noted_by IS NOT NULL)", name="noted_by"),
    )

    id: Mapped[identity]
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="RESTRICT"))
    closed_at: Mapped[datetime]
    token_hash: Mapped[str | None]  # of the link; NULL: there was no way to the author
    language: Mapped[str] = mapped_column(server_default="")  # of the letter, and so of the page
    marked_at: Mapped[datetime | None]
    mark: Mapped[int | None]
    settled: Mapped[str | None]
    comment: Mapped[str] = mapped_column(server_default="")
    way: Mapped[str | None]
    noted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reopened_id: Mapped[int | None] = mapped_column(ForeignKey("appeal.id"))  # what goes on, as nothing was settled
