"""Channels, the outbox, parts of long SMS, and an organisation's own wording of messages, as stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from db import Base, OfOrganisation, created_at, identity, one_of
from notify.model import ChannelKind, MessageState, PartOutcome, RefusedBy


class Channel(OfOrganisation, Base):
    """A way out of the house, with its health. The secret is shown to nobody and stands in no log."""

    __tablename__ = "channel"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name"),
        CheckConstraint(one_of("kind", ChannelKind), name="kind"),
        CheckConstraint("failures >= 0", name="failures"),
    )

    id: Mapped[identity]
    name: Mapped[str]
    kind: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(server_default="{}")  # notify.far says which, by kind
    secret: Mapped[str] = mapped_column(server_default="")  # a password or a token
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[created_at]
    last_success_at: Mapped[datetime | None]
    last_failure_at: Mapped[datetime | None]
    last_failure: Mapped[str | None]  # in the far end's words
    failures: Mapped[int] = mapped_column(server_default=text("0"))  # in a row, of the channel as a whole
    resting_until: Mapped[datetime | None]


class Message(OfOrganisation, Base):
    """One message to one recipient. Asked for twice under the same key, it is sent once."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("organisation_id", "key"),
        CheckConstraint(one_of("state", MessageState), name="state"),
        CheckConstraint("state NOT IN ('failed', 'dead') OR last_error IS NOT NULL", name="reason"),
        CheckConstraint("state NOT IN ('sent', 'delivered') OR sent_at IS NOT NULL", name="sent_at"),
        Index("ix_message_due", "channel_id", "due_at", "id", postgresql_where=text("state IN ('waiting', 'sending')")),
        Index("ix_message_sent", "channel_id", "sent_at", postgresql_where=text("sent_at IS NOT NULL")),
        Index("ix_message_undone", "organisation_id", "id", postgresql_where=text("state IN ('failed', 'dead')")),
        Index("ix_message_to_citizen", "organisation_id", "recipient", "asked_at", postgresql_where=text("to_citizen")),
    )

    id: Mapped[identity]
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id", ondelete="RESTRICT"))
    recipient: Mapped[str]
    template: Mapped[str]
    language: Mapped[str]
    parameters: Mapped[dict[str, str]] = mapped_column(server_default="{}")
    subject: Mapped[str]  # as sent; e-mail alone has one
    text: Mapped[str]  # as sent
    buttons: Mapped[dict[str, str]] = mapped_column(server_default="{}")  # what a press says: the button's text
    to_citizen: Mapped[bool] = mapped_column(server_default="false")  # not sent to who has refused SMS
    key: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=MessageState.WAITING)
    attempts: Mapped[int] = mapped_column(server_default="0")  # which lease this is: an older one notes nothing
    failures: Mapped[int] = mapped_column(server_default="0")  # of the message itself
    doubtful: Mapped[bool] = mapped_column(server_default="false")  # a sender vanished with it: maybe sent twice
    created_at: Mapped[created_at]
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())  # when it was last asked for
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())  # while sending: when its lease is over
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    reference: Mapped[str | None]  # the far end's own name for it
    last_error: Mapped[str | None]


class MessagePart(OfOrganisation, Base):
    """One part of a sent SMS under the far end's own name. Its report may come before we know what it is a part of."""

    __tablename__ = "message_part"
    __table_args__ = (
        UniqueConstraint("channel_id", "reference"),
        CheckConstraint(f"outcome IS NULL OR {one_of('outcome', PartOutcome)}", name="outcome"),
        Index("ix_message_part_ask_at", "channel_id", "ask_at", postgresql_where=text("ask_at IS NOT NULL")),
    )

    id: Mapped[identity]
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id", ondelete="RESTRICT"))
    reference: Mapped[str]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    outcome: Mapped[str | None]  # NULL until the far end reports
    said: Mapped[str | None]  # in the far end's words
    ask_at: Mapped[datetime | None]  # when a far end that is asked will be asked next
    created_at: Mapped[created_at]


class OptOut(OfOrganisation, Base):
    """Somebody wants no SMS about their appeals. Taken back, the row stays with who did it."""

    __tablename__ = "opt_out"
    __table_args__ = (
        CheckConstraint("phone ~ '^\\+[0-9]{5,15}$'", name="phone"),
        CheckConstraint(one_of("way", RefusedBy), name="way"),
        CheckConstraint("(undone_at IS NULL) = (undone_way IS NULL)", name="undone"),
        Index("uq_opt_out_now", "organisation_id", "phone", unique=True, postgresql_where=text("undone_at IS NULL")),
    )

    id: Mapped[identity]
    phone: Mapped[str]  # E.164
    way: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # of the staff, who was told
    at: Mapped[created_at]
    undone_at: Mapped[datetime | None]
    undone_way: Mapped[str | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Wording(OfOrganisation, Base):
    """How an organisation words a message in one language, instead of our catalogue."""

    __tablename__ = "message_wording"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True)
    template: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]
    text: Mapped[str]
