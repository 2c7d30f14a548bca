"""Prepared incidents with their thresholds, and the incidents that were, as stored."""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from db import Base, OfOrganisation, created_at, identity, one_of
from supervisor.surge.model import End, Measure


class IncidentPlan(OfOrganisation, Base):
    """An incident prepared: with a threshold it begins by itself, without one somebody begins it."""

    __tablename__ = "incident_plan"
    __table_args__ = (
        CheckConstraint(f"measure IS NULL OR {one_of('measure', Measure)}", name="measure"),
        CheckConstraint(
            "num_nulls(measure, at_least, begins_after, below, ends_after) IN (0, 5)", name="whole_threshold"
        ),
        CheckConstraint("at_least > 0 AND below > 0 AND below <= at_least", name="below"),
        CheckConstraint("lasting > interval '0'", name="lasting"),
    )

    id: Mapped[identity]
    topic: Mapped[str]
    script: Mapped[str]
    prompt: Mapped[str] = mapped_column(server_default="")  # its words and their sound are typed prompts of ivr
    offers_callback: Mapped[bool]
    queues: Mapped[list[str]] = mapped_column(server_default="{}")  # codes; whose callers hear it; none: everybody's
    lasting: Mapped[timedelta]  # at most
    measure: Mapped[str | None]
    queue_id: Mapped[int | None] = mapped_column(
        ForeignKey("queue.id", ondelete="CASCADE"), index=True
    )  # watched; NULL: all
    at_least: Mapped[int | None]
    begins_after: Mapped[timedelta | None]
    below: Mapped[int | None]
    ends_after: Mapped[timedelta | None]
    high_since: Mapped[datetime | None]
    calm_since: Mapped[datetime | None]
    rests: Mapped[bool] = mapped_column(server_default=text("false"))
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[created_at]
    off_at: Mapped[datetime | None]  # switched off: nobody and no threshold begins it
    removed_at: Mapped[datetime | None]


class Incident(OfOrganisation, Base):
    """A time in which callers hear an announcement and operators answer briefly. At most one is not ended."""

    __tablename__ = "incident"
    __table_args__ = (
        Index("uq_incident_open", "organisation_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("until_at > began_at", name="until_at"),
        CheckConstraint(f"ended_because IS NULL OR {one_of('ended_because', End)}", name="ended_because"),
        CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="ended"),
    )

    id: Mapped[identity]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("incident_plan.id", ondelete="SET NULL"), index=True)
    topic: Mapped[str]
    script: Mapped[str]
    emergency_id: Mapped[int] = mapped_column(ForeignKey("emergency.id", ondelete="CASCADE"), index=True)
    measured: Mapped[int | None]  # the value that began it
    began_at: Mapped[datetime] = mapped_column(server_default=func.now())
    began_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # NULL: its threshold
    until_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_because: Mapped[str | None]
