"""The trail as stored: changes that wait for their seal, entries that have theirs, and the columns rows had."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, DateTime, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db import Base, OfOrganisation, identity
from db.chain import IS_SEALED


class RowChange(Base):
    """A row was changed: written by a trigger, taken away when it is sealed.

    Nothing is looked up while it is written, for it is written with each business row: the row itself has shown that
    its organisation is there.
    """

    __tablename__ = "row_change"

    id: Mapped[identity]
    organisation_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
    of: Mapped[str]  # the table
    row_key: Mapped[str]
    deed: Mapped[str]  # insert, update, delete; begin: it was there before the trail
    digest: Mapped[str]  # SHA-256 of the row as it is then
    form: Mapped[str]  # of the row: which columns it has
    mark: Mapped[str]  # of the transaction; of `db.seals`


class RowEntry(OfOrganisation, Base):
    """The same, sealed: appended, never changed."""

    __tablename__ = "row_entry"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint(IS_SEALED, name="seal"),
        Index("ix_row_entry_row", "organisation_id", "of", "row_key", "number"),
    )

    id: Mapped[identity]
    number: Mapped[int]
    at: Mapped[datetime]
    of: Mapped[str]
    row_key: Mapped[str]
    deed: Mapped[str]
    digest: Mapped[str]
    form: Mapped[str]
    outside: Mapped[bool] = mapped_column(Boolean())  # the mark was not ours
    previous: Mapped[str]
    seal: Mapped[str]


class RowForm(Base):
    """The columns that rows of some table have or had: a new column changes no digest of before. Of no organisation."""

    __tablename__ = "row_form"

    hash: Mapped[str] = mapped_column(primary_key=True)
    names: Mapped[list[str]]
