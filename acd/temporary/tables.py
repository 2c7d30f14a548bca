"""Batches of temporary accounts as stored; the people are `staff.tables.Person`."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db import Base, OfOrganisation, created_at, identity


class TemporaryBatch(OfOrganisation, Base):
    """Accounts that were made together and end together."""

    __tablename__ = "temporary_batch"

    id: Mapped[identity]
    name: Mapped[str]
    valid_until: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[created_at]
    ended_at: Mapped[datetime | None]  # all accounts are switched off
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # NULL: their time was over


class TemporaryAccount(OfOrganisation, Base):
    """Whose account is one of a batch."""

    __tablename__ = "temporary_account"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("temporary_batch.id", ondelete="CASCADE"), index=True)
