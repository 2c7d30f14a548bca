"""Keys as stored: the key itself only as its hash."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db import Base, OfOrganisation, created_at, identity
from staff.keys.model import MOST_PER_MINUTE, Scope


class ApiKey(OfOrganisation, Base):
    """One key of an information system. Several of one account follow one another when a key is changed."""

    __tablename__ = "api_key"
    __table_args__ = (
        UniqueConstraint("key_hash"),
        CheckConstraint(f"scopes <@ ARRAY{[scope.value for scope in Scope]} AND scopes <> '{{}}'", name="scopes"),
        CheckConstraint(f"per_minute BETWEEN 1 AND {MOST_PER_MINUTE}", name="per_minute"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked_by"),
    )

    id: Mapped[identity]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)  # its account
    name: Mapped[str]  # of the information system
    key_hash: Mapped[str]  # SHA-256: a key is random and long, nobody tries them out
    hint: Mapped[str]  # how it begins
    scopes: Mapped[list[str]]
    per_minute: Mapped[int]
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[created_at]
    valid_until: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]  # to the minute
    last_used_from: Mapped[str] = mapped_column(server_default="")  # an address
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
