"""Since when each server and process of the installation is as it is, for the status page."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from db import Base


class PartState(Base):
    """What the scheduler found when it looked last, and when it found that first."""

    __tablename__ = "part_state"

    name: Mapped[str] = mapped_column(primary_key=True)
    sign: Mapped[str]  # run.parts.Sign
    since: Mapped[datetime]
