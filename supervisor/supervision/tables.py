"""Who took part in whose call, when and for what; phones lent to supervisors; messages to agents; the rules."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db import Base, OfOrganisation, created_at, identity
from supervisor.supervision.model import Mode, Outcome, Purpose


def _among(column: str, values: type[Mode] | type[Outcome] | type[Purpose]) -> str:
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


class Supervision(OfOrganisation, Base):
    """Leave for one supervisor to take part in one call, once, for a time. Nothing that is dialled gives it."""

    __tablename__ = "supervision"
    __table_args__ = (
        Index("uq_supervision_open", "person_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_supervision_page", "organisation_id", "asked_at"),
        CheckConstraint(_among("mode", Mode), name="mode"),
        CheckConstraint(_among("purpose", Purpose), name="purpose"),
        CheckConstraint(f"outcome IS NULL OR {_among('outcome', Outcome)}", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="ended_at"),
    )

    id: Mapped[identity]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    call: Mapped[UUID] = mapped_column(index=True)
    mode: Mapped[str]  # asked for last
    purpose: Mapped[str]
    note: Mapped[str]
    shown: Mapped[bool]  # to the agent
    asked_at: Mapped[created_at]
    until: Mapped[datetime]
    wished: Mapped[bool] = mapped_column(server_default=text("true"))  # not asked of Asterisk yet: to begin, or to end
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]


class SupervisorPhone(OfOrganisation, Base):
    """A phone lent to a supervisor's page. Asterisk knows it as `supervisor<person_id>`; it can dial nothing."""

    __tablename__ = "supervisor_phone"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[str]
    lent_until: Mapped[datetime]


class SupervisorMessage(OfOrganisation, Base):
    """What a supervisor told an agent's desk."""

    __tablename__ = "supervisor_message"
    __table_args__ = (Index("ix_supervisor_message_unread", "agent_id", postgresql_where=text("read_at IS NULL")),)

    id: Mapped[identity]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str]
    created_at: Mapped[created_at]
    read_at: Mapped[datetime | None]


class SupervisionRules(OfOrganisation, Base):
    """What an organisation says about supervision. Without a row agents are shown it, and `model.LIMIT` holds."""

    __tablename__ = "supervision_rules"
    __table_args__ = (CheckConstraint("\"limit\" > interval '0' AND \"limit\" <= interval '2 h'", name="limit"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True)
    shown: Mapped[bool]
    limit: Mapped[timedelta]
