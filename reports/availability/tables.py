"""The monitor's log, as stored."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from db import Base, one_of
from reports.availability.model import Sign


class PartSpan(Base):
    """From `since` until `until` the monitor saw a part of the installation in one state, look after look."""

    __tablename__ = "part_span"
    __table_args__ = (
        CheckConstraint(one_of("sign", Sign), name="sign"),
        CheckConstraint("until >= since", name="until"),
        Index("ix_part_span_until", "until"),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    until: Mapped[datetime]
    sign: Mapped[str]
