"""Alarms, the kinds an organisation wants, and the steps of its ladder, as stored."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db import Base, OfOrganisation, created_at, identity, one_of
from supervisor.alarms.model import Kind, State


class AlarmRule(OfOrganisation, Base):
    """Whether an organisation wants alarms of a kind. Without a row `model.ON_FROM_THE_START` says it."""

    __tablename__ = "alarm_rule"
    __table_args__ = (CheckConstraint(one_of("kind", Kind), name="kind"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    wanted: Mapped[bool]


class AlarmStep(OfOrganisation, Base):
    """A step of an organisation's ladder: after how long, to whom, by which channel, about what."""

    __tablename__ = "alarm_step"
    __table_args__ = (
        CheckConstraint("after >= interval '0'", name="after"),
        CheckConstraint("again_every IS NULL OR again_every >= interval '1 minute'", name="again_every"),
        CheckConstraint("kinds <> '{}'", name="kinds"),
    )

    id: Mapped[identity]
    after: Mapped[timedelta]
    again_every: Mapped[timedelta | None]
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id", ondelete="RESTRICT"), index=True)
    recipient: Mapped[str]
    language: Mapped[str]
    kinds: Mapped[list[str]]


class Alarm(OfOrganisation, Base):
    """One matter for somebody to take. Nothing in it names a citizen."""

    __tablename__ = "alarm"
    __table_args__ = (
        Index("uq_alarm_call", "call", "kind", unique=True, postgresql_where=text("call IS NOT NULL")),
        Index("uq_alarm_appeal", "appeal_id", "kind", unique=True, postgresql_where=text("appeal_id IS NOT NULL")),
        Index(
            "uq_alarm_owed_call",
            "owed_call_id",
            unique=True,
            postgresql_where=text("owed_call_id IS NOT NULL AND state <> 'closed'"),
        ),
        Index(
            "uq_alarm_trouble",
            "organisation_id",
            "trouble",
            "place",
            unique=True,
            postgresql_where=text("trouble IS NOT NULL AND state <> 'closed'"),
        ),
        Index("ix_alarm_due", "due_at", postgresql_where=text("state = 'open' AND due_at IS NOT NULL")),
        Index("ix_alarm_page", "organisation_id", "id"),
        CheckConstraint(one_of("kind", Kind), name="kind"),
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint("num_nonnulls(call, appeal_id, owed_call_id, trouble) = 1", name="about_one_thing"),
        CheckConstraint("(trouble IS NULL) = (place IS NULL)", name="place"),
        CheckConstraint("state <> 'taken' OR taken_by IS NOT NULL", name="taken_by"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
    )

    id: Mapped[identity]
    kind: Mapped[str]
    call: Mapped[UUID | None]
    appeal_id: Mapped[int | None]  # no foreign key: an appeal does not wait for its alarm
    owed_call_id: Mapped[int | None]  # none here either: it may be escalated again after this one is closed
    trouble: Mapped[str | None]  # model.Trouble, of an installation
    place: Mapped[str | None]  # which reader, which trunk; "" where there is one only
    facts: Mapped[dict[str, str]]  # for the summary: codes and figures
    raised_at: Mapped[created_at]
    raised_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # NULL: a rule
    state: Mapped[str] = mapped_column(server_default=State.OPEN)
    told_at: Mapped[datetime | None]  # up to when the ladder was climbed
    due_at: Mapped[datetime | None]  # the next rung; NULL after the last
    taken_at: Mapped[datetime | None]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who has it now
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str] = mapped_column(server_default="")  # what was done about it


class AlarmDeed(OfOrganisation, Base):
    """What happened to an alarm: appended, never changed."""

    __tablename__ = "alarm_deed"

    id: Mapped[identity]
    alarm_id: Mapped[int] = mapped_column(ForeignKey("alarm.id", ondelete="CASCADE"), index=True)
    at: Mapped[created_at]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    deed: Mapped[str]  # supervisor.alarms.words.DEEDS
    text: Mapped[str] = mapped_column(server_default="")
