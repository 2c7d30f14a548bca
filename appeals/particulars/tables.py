"""Coded values of an appeal, and what its paper says, as stored."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from appeals.classifier.model import SEVERAL, Section
from db import Base, OfOrganisation, one_of

_SINGLE = f"section NOT IN ({', '.join(sorted(repr(section.value) for section in SEVERAL))})"


class AppealCode(OfOrganisation, Base):
    """One coded value of an appeal: the very version of the entry, so that the card keeps the words of its day."""

    __tablename__ = "appeal_code"
    __table_args__ = (
        Index("uq_appeal_code_single", "appeal_id", "section", unique=True, postgresql_where=text(_SINGLE)),
        Index("ix_appeal_code_entry_id", "entry_id", "appeal_id"),
        CheckConstraint(one_of("section", Section), name="section"),
    )

    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("classifier_entry.id", ondelete="RESTRICT"), primary_key=True)
    section: Mapped[str]
    position: Mapped[int] = mapped_column(server_default="0")  # among several: the main question first


class AppealParticulars(OfOrganisation, Base):
    """What the paper of an appeal says; only of appeals that have any of it."""

    __tablename__ = "appeal_particulars"
    __table_args__ = (CheckConstraint("signatories >= 1", name="signatories"),)

    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"), primary_key=True)
    signatories: Mapped[int] = mapped_column(server_default="1")
    signed_on: Mapped[date | None]  # signed or sent
    sent_by: Mapped[str] = mapped_column(server_default="")  # the body it was sent from
    covering_number: Mapped[str] = mapped_column(server_default="")  # of that body's covering document
    covering_on: Mapped[date | None]
    more_questions: Mapped[str] = mapped_column(server_default="")
