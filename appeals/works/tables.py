"""Works, the services they affect, their houses, history and appeals, as stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from appeals.works.model import ACTIVE, OPEN, Change, Kind, State, Why
from db import Base, OfOrganisation, created_at, identity, one_of

STILL_OPEN = f"state IN ({', '.join(sorted(repr(state.value) for state in OPEN))})"
BEGUN = ", ".join(sorted(repr(state.value) for state in ACTIVE | {State.FINISHED}))


class WorkService(OfOrganisation, Base):
    """What houses go without: water, heat, power, gas, the lift."""

    __tablename__ = "work_service"
    __table_args__ = (UniqueConstraint("organisation_id", "code"), CheckConstraint("code <> ''", name="code"))

    id: Mapped[identity]
    code: Mapped[str]
    name: Mapped[dict[str, str]]  # by language
    position: Mapped[int] = mapped_column(server_default="0")
    disabled_at: Mapped[datetime | None]  # no longer chosen; works of before keep its name


class Work(OfOrganisation, Base):
    """One work: what, why, from when until when, who knows more, what callers are told."""

    __tablename__ = "work"
    __table_args__ = (
        CheckConstraint(one_of("kind", Kind), name="kind"),
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("planned_from < planned_until", name="planned"),
        CheckConstraint("actual_from <= actual_until", name="actual"),
        CheckConstraint(f"state NOT IN ({BEGUN}) OR actual_from IS NOT NULL", name="begun"),
        CheckConstraint("(state = 'finished') = (actual_until IS NOT NULL)", name="finished"),
        CheckConstraint("facility_id IS NULL OR enterprise_id IS NULL", name="drawn_from"),
        CheckConstraint("version > 0", name="version"),
        Index("ix_work_planned_from", "organisation_id", "planned_from", "id"),
        Index("ix_work_open", "organisation_id", "planned_from", postgresql_where=text(STILL_OPEN)),
    )

    id: Mapped[identity]
    kind: Mapped[str]
    service_id: Mapped[int] = mapped_column(ForeignKey("work_service.id", ondelete="RESTRICT"), index=True)
    reason: Mapped[str]
    contact: Mapped[str] = mapped_column(server_default="")
    facility_id: Mapped[int | None] = mapped_column(ForeignKey("facility.id", ondelete="RESTRICT"), index=True)
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id", ondelete="RESTRICT"), index=True)
    planned_from: Mapped[datetime]
    planned_until: Mapped[datetime | None]  # NULL: of an emergency, nobody knows yet
    actual_from: Mapped[datetime | None]
    actual_until: Mapped[datetime | None]
    state: Mapped[str]
    said: Mapped[dict[str, str]]  # to callers, by language
    version: Mapped[int] = mapped_column(server_default="1")  # counts the changes: who saw an older one is told
    changed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[created_at]
    entered_at: Mapped[created_at]

    service: Mapped[WorkService] = relationship(lazy="raise")


class WorkHouse(OfOrganisation, Base):
    """A house of a work; an excluded one stays here, so that drawing anew does not bring it back."""

    __tablename__ = "work_house"
    __table_args__ = (CheckConstraint(one_of("why", Why), name="why"),)

    work_id: Mapped[int] = mapped_column(ForeignKey("work.id", ondelete="CASCADE"), primary_key=True)
    house_id: Mapped[int] = mapped_column(ForeignKey("house.id"), primary_key=True, index=True)
    why: Mapped[str]


class WorkChange(OfOrganisation, Base):
    """What happened to a work: appended, never changed."""

    __tablename__ = "work_change"
    __table_args__ = (
        Index("ix_work_change_work_id", "work_id", "id"),
        CheckConstraint(one_of("change", Change), name="change"),
        CheckConstraint(one_of("state", State), name="state"),
    )

    id: Mapped[identity]
    work_id: Mapped[int] = mapped_column(ForeignKey("work.id", ondelete="CASCADE"))
    at: Mapped[created_at]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    change: Mapped[str]
    state: Mapped[str]  # afterwards
    planned_until: Mapped[datetime | None]  # afterwards
    reason: Mapped[str] = mapped_column(server_default="")
    details: Mapped[dict[str, Any]] = mapped_column(server_default="{}")  # of an edit: before and after, by field


class WorkAppeal(OfOrganisation, Base):
    """An appeal that waits for a work instead of an executor, and is answered with it."""

    __tablename__ = "work_appeal"
    __table_args__ = (CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answered_by"),)

    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"), primary_key=True)
    work_id: Mapped[int] = mapped_column(ForeignKey("work.id", ondelete="RESTRICT"), index=True)
    begun: Mapped[bool]  # the link put the appeal in work: it is registered again when it waits no longer
    linked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    linked_at: Mapped[created_at]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
