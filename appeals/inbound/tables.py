"""Mailboxes, and the letters that came to them, as stored. The mail itself is in the S3 store, as it came."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from appeals.inbound.model import Machine, State
from db import Base, OfOrganisation, created_at, identity, one_of


class Mailbox(OfOrganisation, Base):
    """Where citizens write to. The secret is shown to nobody and stands in no log."""

    __tablename__ = "mailbox"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name"),
        CheckConstraint("security IN ('tls', 'starttls', 'none')", name="security"),
        CheckConstraint("failures >= 0", name="failures"),
    )

    id: Mapped[identity]
    name: Mapped[str]
    address: Mapped[str]  # ours: what it writes is no letter
    host: Mapped[str]
    port: Mapped[int]
    security: Mapped[str]
    ca: Mapped[str] = mapped_column(server_default="")
    user: Mapped[str] = mapped_column("login")
    secret: Mapped[str]
    folder: Mapped[str] = mapped_column(server_default="INBOX")
    enabled: Mapped[bool] = mapped_column(server_default="false")
    validity: Mapped[int | None]  # UIDVALIDITY of the folder (RFC 9051, 2.3.1.1); NULL before the first look
    last_uid: Mapped[int] = mapped_column(server_default="0")
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())  # while somebody looks: when that has failed
    last_success_at: Mapped[datetime | None]
    last_failure_at: Mapped[datetime | None]
    last_failure: Mapped[str | None]
    failures: Mapped[int] = mapped_column(server_default="0")  # in a row
    created_at: Mapped[created_at]


class InboundLetter(OfOrganisation, Base):
    """One letter, whichever mailboxes it came to."""

    __tablename__ = "inbound_letter"
    __table_args__ = (
        UniqueConstraint("organisation_id", "message_id"),
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint(f"machine IS NULL OR {one_of('machine', Machine)}", name="machine"),
        CheckConstraint("(state = 'registered') = (appeal_id IS NOT NULL)", name="registered"),
        CheckConstraint("num_nonnulls(mailbox_id, channel_id) = 1", name="way"),
        Index("ix_inbound_letter_waiting", "organisation_id", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_inbound_letter_files", "id", postgresql_where=text("state = 'registered' AND NOT handed_over")),
    )

    id: Mapped[identity]
    mailbox_id: Mapped[int | None] = mapped_column(ForeignKey("mailbox.id", ondelete="RESTRICT"), index=True)
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id", ondelete="RESTRICT"), index=True)  # a bot
    message_id: Mapped[str]
    received_at: Mapped[datetime]  # by the mail server's clock
    sender: Mapped[str]
    sender_name: Mapped[str]
    reply_to: Mapped[str]  # an address, or the number of a chat
    subject: Mapped[str]
    text: Mapped[str]
    told: Mapped[dict[str, str]] = mapped_column(server_default="{}")  # what a bot asked for
    parts: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")  # name, kind and size of each file
    faults: Mapped[list[str]] = mapped_column(server_default="{}")
    machine: Mapped[str | None]
    object_key: Mapped[str | None]  # of the mail as it came; NULL for what a machine wrote
    size: Mapped[int]
    state: Mapped[str] = mapped_column(server_default=State.WAITING)
    appeal_id: Mapped[int | None] = mapped_column(ForeignKey("appeal.id"), index=True)
    handed_over: Mapped[bool] = mapped_column(server_default="false")  # its files are the appeal's
    reason: Mapped[str] = mapped_column(server_default="")  # why it was returned
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    created_at: Mapped[created_at]
