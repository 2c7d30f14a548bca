"""What an organisation tells citizens by SMS, as stored."""

from datetime import datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from db import Base, OfOrganisation


class NoticePolicy(OfOrganisation, Base):
    """Since when each kind of event is told, NULL being never: what happened before is not told."""

    __tablename__ = "notice_policy"
    __table_args__ = (
        CheckConstraint("most_a_day > 0", name="most_a_day"),
        CheckConstraint(
            "channel_id IS NOT NULL OR COALESCE(registered_since, moved_since, closed_since) IS NULL", name="channel"
        ),
        CheckConstraint("(mail_channel_id IS NULL) = (mailed_since IS NULL)", name="mailed_since"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True)
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id", ondelete="RESTRICT"))
    registered_since: Mapped[datetime | None]
    moved_since: Mapped[datetime | None]
    closed_since: Mapped[datetime | None]
    quiet_begin: Mapped[time] = mapped_column(server_default=text("'21:00'"))
    quiet_end: Mapped[time] = mapped_column(server_default=text("'08:00'"))
    most_a_day: Mapped[int] = mapped_column(server_default=text("3"))  # to one number
    mail_channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id", ondelete="RESTRICT"))
    mailed_since: Mapped[datetime | None]  # the answer goes by e-mail to those who left one
