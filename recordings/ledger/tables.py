"""The ledger of recordings as stored: appended, never changed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db import Base, OfOrganisation, identity, one_of
from db.chain import IS_SEALED
from recordings.ledger.model import EntryKind


class Entry(OfOrganisation, Base):
    """Something happened to a recording, or to what may be done with it."""

    __tablename__ = "recording_entry"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint(one_of("kind", EntryKind), name="kind"),
        CheckConstraint(IS_SEALED, name="seal"),
    )

    id: Mapped[identity]
    number: Mapped[int]  # 1, 2, 3 ... in the organisation, without gaps
    at: Mapped[datetime]
    kind: Mapped[str]
    call: Mapped[UUID | None]
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recording.id", ondelete="RESTRICT"), index=True)
    details: Mapped[dict[str, str]]
    previous: Mapped[str]  # the seal of the entry before
    seal: Mapped[str]  # recordings.ledger.model.seal
