"""Who wants to be told, and what waits to be told to them, as stored."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from appeals.webhooks.model import CHOSEN, OPEN, Event, State
from db import Base, OfOrganisation, created_at, identity, one_of

_OPEN = f"state IN ({', '.join(sorted(repr(state.value) for state in OPEN))})"


class Webhook(OfOrganisation, Base):
    """An address that is told of appeals: of all, or of those that one executor has or had."""

    __tablename__ = "webhook"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name"),
        CheckConstraint(f"events <@ ARRAY{[event.value for event in CHOSEN]} AND events <> '{{}}'", name="events"),
        CheckConstraint("failures >= 0", name="failures"),
    )

    id: Mapped[identity]
    name: Mapped[str]
    url: Mapped[str]
    secret: Mapped[str]  # signs what is sent; shown once
    events: Mapped[list[str]]
    executor_id: Mapped[int | None] = mapped_column(ForeignKey("executor.id"), index=True)  # NULL: of all appeals
    personal: Mapped[bool] = mapped_column(server_default=text("false"))  # tells who turned to us, and where
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[created_at]
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    last_success_at: Mapped[datetime | None]
    last_failure_at: Mapped[datetime | None]
    last_failure: Mapped[str | None]
    failures: Mapped[int] = mapped_column(server_default=text("0"))  # in a row, of the receiver as a whole
    resting_until: Mapped[datetime | None]


class WebhookMessage(OfOrganisation, Base):
    """One thing to tell to one receiver: written in the transaction of what it tells of."""

    __tablename__ = "webhook_message"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint(one_of("event", Event), name="event"),
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint("(event = 'ping') = (appeal_id IS NULL)", name="appeal_id"),
        CheckConstraint("state <> 'dead' OR last_error IS NOT NULL", name="reason"),
        Index("ix_webhook_message_due", "webhook_id", "due_at", "id", postgresql_where=text(_OPEN)),
        Index("ix_webhook_message_order", "webhook_id", "appeal_id", "id", postgresql_where=text(_OPEN)),
        Index("ix_webhook_message_list", "webhook_id", "id"),
        Index("ix_webhook_message_appeal_id", "appeal_id"),
    )

    id: Mapped[identity]  # later ones are told later, of one appeal
    name: Mapped[UUID] = mapped_column(server_default=func.gen_random_uuid())  # by which a receiver knows a repetition
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    appeal_id: Mapped[int | None] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"))
    event: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(server_default="{}")  # of the deed; no person's
    state: Mapped[str] = mapped_column(server_default=State.WAITING)
    attempts: Mapped[int] = mapped_column(server_default="0")  # which lease this is: an older one notes nothing
    failures: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[created_at]
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())  # while sending: when its lease is over
    sent_at: Mapped[datetime | None]
    status: Mapped[int | None]  # of the receiver's last answer
    last_error: Mapped[str | None]
