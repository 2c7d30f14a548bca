"""Entries of the classifier as stored: one row a version, never deleted, for appeals point to it."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from appeals.classifier.model import Section
from db import Base, OfOrganisation, created_at, identity, one_of


class ClassifierEntry(OfOrganisation, Base):
    """What a code means from one day to another. A new name is a new row: cards keep the one of their day."""

    __tablename__ = "classifier_entry"
    __table_args__ = (
        UniqueConstraint("organisation_id", "section", "code", "valid_from"),
        Index(
            "uq_classifier_entry_used",
            "organisation_id",
            "section",
            "code",
            unique=True,
            postgresql_where=text("valid_until IS NULL"),
        ),
        CheckConstraint(one_of("section", Section), name="section"),
        CheckConstraint("code <> ''", name="code"),
        CheckConstraint("parent <> code", name="parent"),
        CheckConstraint("name <> '{}'::jsonb", name="name"),
        CheckConstraint("valid_until >= valid_from", name="validity"),
    )

    id: Mapped[identity]
    section: Mapped[str]
    code: Mapped[str]
    parent: Mapped[str] = mapped_column(server_default="")  # a code of the same section; "" at the top
    name: Mapped[dict[str, str]]  # by language
    meaning: Mapped[str] = mapped_column(server_default="")  # which of our own words it stands for, as "complaint"
    position: Mapped[int] = mapped_column(server_default="0")
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]  # its last day
    verified: Mapped[bool] = mapped_column(server_default=text("false"))  # against the official text
    source: Mapped[str] = mapped_column(server_default="")  # the law, its article, whose practice
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # NULL: it came with the installation
    created_at: Mapped[created_at]
