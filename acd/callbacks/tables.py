"""Owed calls, the missed calls they are owed for, the attempts to pay them, and each organisation's rules."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from acd.callbacks.model import HELD, OPEN, Outcome, Reason, State
from db import Base, OfOrganisation, identity


def _among(column: str, values: frozenset[State] | type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(value.value) for value in sorted(values))})"


class OwedCall(OfOrganisation, Base):
    """A number that did not get through to a queue. One open row for each number and queue."""

    __tablename__ = "owed_call"
    __table_args__ = (
        Index(
            "uq_owed_call_open", "organisation_id", "number", "queue", unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("uq_owed_call_person", "person_id", unique=True, postgresql_where=text(_among("state", HELD))),
        Index("ix_owed_call_closed", "organisation_id", "closed_at"),
        CheckConstraint(_among("state", State), name="state"),
        CheckConstraint(_among("reason", Reason), name="reason"),
        CheckConstraint(f"({_among('state', OPEN)}) = (closed_at IS NULL)", name="closed_at"),
        CheckConstraint(f"NOT ({_among('state', HELD)}) OR person_id IS NOT NULL", name="person"),
        CheckConstraint("attempts >= 0 AND missed > 0", name="counts"),
    )  # fmt: skip

    id: Mapped[identity]
    number: Mapped[str]  # E.164
    queue: Mapped[str]  # Queue.asterisk_name; the general one for who was never in a queue
    reason: Mapped[str]  # of the last missed call; asked, once somebody has asked
    state: Mapped[str] = mapped_column(server_default=State.WAITING.value)
    language: Mapped[str]
    topic: Mapped[str | None]
    missed: Mapped[int]  # calls
    first_missed_at: Mapped[datetime]
    last_missed_at: Mapped[datetime]
    place_at: Mapped[datetime]  # since when they wait: their place among the callers of the queue
    asked_at: Mapped[datetime | None]  # when they last pressed the key
    due_at: Mapped[datetime]  # not before
    deadline_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))  # counted ones
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who has it, had it last, or closed it
    offered_until: Mapped[datetime | None]
    passed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who gave it back last
    passed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(server_default="")  # why it was closed by hand

    @property
    def name(self) -> State:
        """The state as the model knows it."""
        return State(self.state)


class MissedCall(OfOrganisation, Base):
    """A call that did not get through, counted once however often the journal is read."""

    __tablename__ = "missed_call"
    __table_args__ = (CheckConstraint(_among("reason", Reason), name="reason"),)

    call: Mapped[UUID] = mapped_column(primary_key=True)
    owed_call_id: Mapped[int] = mapped_column(ForeignKey("owed_call.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str]
    at: Mapped[datetime]  # when it ended


class CallbackAttempt(OfOrganisation, Base):
    """One call to the citizen. Which call it is, the journal says: the agent's next one to that number."""

    __tablename__ = "callback_attempt"
    __table_args__ = (
        Index("uq_callback_attempt_open", "owed_call_id", unique=True, postgresql_where=text("outcome IS NULL")),
        CheckConstraint(f"outcome IS NULL OR {_among('outcome', Outcome)}", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="ended_at"),
    )

    id: Mapped[identity]
    owed_call_id: Mapped[int] = mapped_column(ForeignKey("owed_call.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # the last sign of life of the page whose phone dials
    call: Mapped[UUID | None] = mapped_column(unique=True)  # Asterisk has it: from now on only the journal ends it
    outcome: Mapped[str | None]
    ended_at: Mapped[datetime | None]  # answered, or over


class CallbackRules(OfOrganisation, Base):
    """How an organisation calls back, where it differs from `model.Rules`."""

    __tablename__ = "callback_rules"
    __table_args__ = (
        UniqueConstraint("organisation_id"),
        CheckConstraint("most_attempts BETWEEN 1 AND 20", name="most_attempts"),
    )

    id: Mapped[identity]
    most_attempts: Mapped[int]
    pause: Mapped[timedelta]
    quiet_from: Mapped[time]
    quiet_until: Mapped[time]
    deadline: Mapped[timedelta]
