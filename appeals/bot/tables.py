"""Talks of citizens with bots, as stored until they are sent or forgotten."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from appeals.bot.model import Step
from db import Base, OfOrganisation, identity, one_of


class BotTalk(OfOrganisation, Base):
    """How far one chat is; what was sent stands in the letter, and here no more."""

    __tablename__ = "bot_talk"
    __table_args__ = (
        UniqueConstraint("channel_id", "chat_id"),
        CheckConstraint(one_of("step", Step), name="step"),
    )

    id: Mapped[identity]
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"))
    chat_id: Mapped[int]
    step: Mapped[str] = mapped_column(server_default=Step.LANGUAGE)
    language: Mapped[str] = mapped_column(server_default="")
    matter: Mapped[str] = mapped_column(server_default="")
    name: Mapped[str] = mapped_column(server_default="")
    place: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str] = mapped_column(server_default="")  # as Telegram knows it
    heard_update: Mapped[int]  # the last news that was taken
    heard_at: Mapped[datetime]
