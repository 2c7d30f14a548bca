"""Which Telegram account is whose."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db import Base, OfOrganisation


class TelegramAccount(OfOrganisation, Base):
    """A person's account, or the code by which one is linked: shown once, used once, good for minutes."""

    __tablename__ = "telegram_account"
    __table_args__ = (
        UniqueConstraint("organisation_id", "telegram_id"),
        CheckConstraint("(code_hash IS NULL) = (code_until IS NULL)", name="code_until"),
        CheckConstraint("(telegram_id IS NULL) = (linked_at IS NULL)", name="linked_at"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    telegram_id: Mapped[int | None]
    telegram_name: Mapped[str | None]
    linked_at: Mapped[datetime | None]
    code_hash: Mapped[str | None] = mapped_column(unique=True)  # SHA-256
    code_until: Mapped[datetime | None]
