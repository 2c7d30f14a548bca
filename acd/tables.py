"""Queues and their members, shifts, agents' states, wrap-ups, notes, and the phones lent to browser callers."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from acd.model import AgentStateName, Result
from db import Base, OfOrganisation, created_at, identity, one_of


class Queue(OfOrganisation, Base):
    """Where callers of one subject wait. `asterisk_name` is `<organisation code>-<code>`, unique in one Asterisk."""

    __tablename__ = "queue"
    __table_args__ = (
        UniqueConstraint("organisation_id", "code"),
        CheckConstraint("code ~ '^[a-z][a-z0-9_]{0,31}$'", name="code"),
        CheckConstraint("asterisk_name ~ '^[a-z][a-z0-9]*-[a-z][a-z0-9_]*$'", name="asterisk_name"),
        CheckConstraint("messages_every > interval '0'", name="messages_every"),
    )

    id: Mapped[identity]
    code: Mapped[str]
    asterisk_name: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict[str, str]]  # by language
    ring_timeout: Mapped[timedelta] = mapped_column(server_default=text("interval '20 s'"))
    wrap_up_limit: Mapped[timedelta] = mapped_column(server_default=text("interval '60 s'"))
    service_target: Mapped[timedelta] = mapped_column(server_default=text("interval '20 s'"))  # T of the figures
    short_abandon: Mapped[timedelta] = mapped_column(server_default=text("interval '5 s'"))  # S of the figures
    weight: Mapped[int] = mapped_column(server_default="0")  # a heavier queue is served first
    says_wait: Mapped[bool] = mapped_column(server_default=text("true"))  # the expected wait, where it can be known
    messages: Mapped[list[str]] = mapped_column(server_default="{}")  # prompts heard in turn while waiting
    messages_every: Mapped[timedelta] = mapped_column(server_default=text("interval '90 s'"))  # one of them is heard
    music: Mapped[str] = mapped_column(server_default="default")  # Asterisk's class of music on hold
    position: Mapped[int] = mapped_column(server_default="0")  # order on pages
    closed_at: Mapped[datetime | None]  # nobody waits there any more; what was keeps its name


class QueueMember(OfOrganisation, Base):
    """A person's place in a queue: what Asterisk is told while the person is on a shift."""

    __tablename__ = "queue_member"

    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    penalty: Mapped[int] = mapped_column(server_default="0")  # a lower penalty is rung first


class Shift(OfOrganisation, Base):
    """A person's working time at one place. The phone's secret lives as long as the shift."""

    __tablename__ = "shift"
    __table_args__ = (
        Index("uq_shift_open", "person_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="ended_at"),
    )

    id: Mapped[identity]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    started_at: Mapped[created_at]
    ended_at: Mapped[datetime | None]
    phone_secret: Mapped[str]  # of endpoint agent<person_id>; a new one when the desk moves to another place
    seat: Mapped[str]  # the page that has the phone; another page with another seat is told so
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())  # the page's last sign of life
    phone_reachable: Mapped[bool] = mapped_column(server_default=text("false"))  # registered with Asterisk
    queues_joined: Mapped[int] = mapped_column(server_default="0")  # in which Asterisk has the person as a member
    pause_after: Mapped[str | None]  # a pause asked for during a call: begins after the wrap-up
    ends_after: Mapped[bool] = mapped_column(server_default=text("false"))  # a supervisor ends it, after the wrap-up


class AgentState(OfOrganisation, Base):
    """A period in which an agent did one thing. Appended; only `until` is filled in later."""

    __tablename__ = "agent_state"
    __table_args__ = (
        Index("uq_agent_state_open", "person_id", unique=True, postgresql_where=text("until IS NULL")),
        Index("ix_agent_state_person_since", "person_id", "since"),
        CheckConstraint(one_of("state", AgentStateName), name="state"),
        CheckConstraint("until IS NULL OR until >= since", name="until"),
    )

    id: Mapped[identity]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str]
    reason: Mapped[str | None]  # a pause's reason: a PauseReason.code, or one of the model's own
    call: Mapped[UUID | None]
    queue: Mapped[str | None]  # Queue.asterisk_name the call came from
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    due_at: Mapped[datetime | None]  # when a pause should be over; past it the desk reminds, nothing is cut off

    @property
    def name(self) -> AgentStateName:
        """The state as the model knows it."""
        return AgentStateName(self.state)


class PauseReason(OfOrganisation, Base):
    """Why an agent may pause, in the organisation's own words."""

    __tablename__ = "pause_reason"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)

    id: Mapped[identity]
    code: Mapped[str]
    name: Mapped[dict[str, str]]
    lasts: Mapped[timedelta | None]  # how long it should take
    position: Mapped[int] = mapped_column(server_default="0")
    disabled_at: Mapped[datetime | None]  # nobody pauses for it any more; what was keeps its name


class OutgoingLine(OfOrganisation, Base):
    """How calls to citizens leave. Without a row the organisation's first number is shown, and any may be dialled."""

    __tablename__ = "outgoing_line"
    __table_args__ = (
        CheckConstraint("longest > interval '0'", name="longest"),
        CheckConstraint("most_an_hour > 0", name="most_an_hour"),
        CheckConstraint("most_of_person > 0", name="most_of_person"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True)
    shown: Mapped[str | None] = mapped_column(ForeignKey("dialled_number.number", ondelete="SET NULL"))
    prefixes: Mapped[list[str]] = mapped_column(server_default="{}")  # beginnings of numbers allowed; none: all
    forbidden: Mapped[list[str]] = mapped_column(server_default="{}")  # the longer beginning decides
    longest: Mapped[timedelta | None]  # a call ends after it
    most_an_hour: Mapped[int | None]  # calls out within an hour
    most_of_person: Mapped[int | None]  # of these, by one person


class WrapUp(OfOrganisation, Base):
    """What an agent must say about a talk before the next one. Open until a result is given.

    A caller who comes back to the same agent within one call is another talk.
    """

    __tablename__ = "wrap_up"
    __table_args__ = (
        Index("ix_wrap_up_call", "call", "person_id"),
        Index("uq_wrap_up_open", "call", "person_id", unique=True, postgresql_where=text("finished_at IS NULL")),
        Index("ix_wrap_up_open", "person_id", postgresql_where=text("finished_at IS NULL")),
        Index(
            "ix_wrap_up_finished", "organisation_id", "finished_at", postgresql_where=text("finished_at IS NOT NULL")
        ),
        CheckConstraint(f"result IS NULL OR {one_of('result', Result)}", name="result"),
        CheckConstraint("finished_at IS NULL OR result IS NOT NULL", name="finished_with_result"),
    )

    id: Mapped[identity]
    call: Mapped[UUID]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    result: Mapped[str | None]
    topic: Mapped[str | None]  # calls.tables.Topic.code
    note: Mapped[str] = mapped_column(server_default="")
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]  # the queue's limit; past it the desk warns, nothing is cut off
    finished_at: Mapped[datetime | None]


class CallNote(OfOrganisation, Base):
    """What an agent wrote down during a call, for whoever takes the next one."""

    __tablename__ = "call_note"

    id: Mapped[identity]
    call: Mapped[UUID] = mapped_column(index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str]
    created_at: Mapped[created_at]


class CallerNote(OfOrganisation, Base):
    """What agents should know about a number before they answer it ("hard of hearing, speak slowly")."""

    __tablename__ = "caller_note"
    __table_args__ = (Index("ix_caller_note_number", "organisation_id", "number"),)

    id: Mapped[identity]
    number: Mapped[str]  # as calls.tables.CallRow.caller
    text: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[created_at]


class VisitorPhone(Base):
    """A phone lent to a citizen's browser for one call. Shared by all organisations, so it belongs to none.

    A secret is used once: when the call is over it is `spent`, and the phone is lent again only after a new secret
    was rendered into Asterisk (`usable_from`). So no reload of Asterisk is needed for a single call.
    """

    __tablename__ = "visitor_phone"
    __table_args__ = (CheckConstraint("name ~ '^visitor[0-9]{2}$'", name="name"),)

    name: Mapped[str] = mapped_column(primary_key=True)  # visitor01 ... visitor20
    secret: Mapped[str]
    usable_from: Mapped[datetime] = mapped_column(server_default=func.now())
    spent: Mapped[bool] = mapped_column(server_default=text("false"))
    token_hash: Mapped[str | None]
    address: Mapped[str | None]  # the browser's, for the limits per address; kept a while after the lease
    leased_until: Mapped[datetime | None]  # while there is a token; without one, when the last lease ended


class AgentCommand(OfOrganisation, Base):
    """A desk's wish that only the listener can fulfil over AMI. Done once; NOTIFY `acd_commands` wakes the listener."""

    __tablename__ = "agent_command"
    __table_args__ = (
        Index("uq_agent_command_open", "deed", "call", unique=True, postgresql_where=text("done_at IS NULL")),
    )

    id: Mapped[identity]
    deed: Mapped[str]  # acd.model.Wish
    call: Mapped[UUID]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    party: Mapped[str | None]  # of a conference: the colleague's phone or the number that was asked
    asked_at: Mapped[created_at]
    done_at: Mapped[datetime | None]
    outcome: Mapped[str | None]  # as `commands.done` is told
