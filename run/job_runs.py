"""When each of the scheduler's jobs ran last and how it ended, for the status page."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from db import Base

LATE = timedelta(minutes=2)  # beyond its interval, before a job counts as late


class JobRun(Base):
    """The last run of one job."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(primary_key=True)
    every: Mapped[timedelta]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ok: Mapped[bool | None]
    counts: Mapped[dict[str, Any] | None]  # what it did, in numbers: {"asked_for": 3}
    error: Mapped[str | None]
    failed_at: Mapped[datetime | None]  # the last time that it failed, kept after it works again

    def is_late(self, now: datetime) -> bool:
        """Whether it should have run again by now."""
        return now - self.started_at > self.every + LATE
