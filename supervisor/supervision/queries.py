"""Who takes part in whose call, which phones are lent, what an organisation has said about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from acd.model import IN_TALK
from acd.tables import AgentState
from db import NotFound
from staff.tables import Audit, Person
from supervisor.supervision.model import DIRECTIONS, LIMIT
from supervisor.supervision.tables import Supervision, SupervisionRules, SupervisorMessage, SupervisorPhone


def get(session: Session, supervision_id: int) -> Supervision:
    """The supervision, locked. NotFound, also for one of another organisation."""
    found = session.scalar(select(Supervision).where(Supervision.id == supervision_id).with_for_update())
    if found is None:
        raise NotFound(f"supervision {supervision_id}")
    return found


def find(session: Session, supervision_id: int) -> Supervision | None:
    """As `get`, None instead of NotFound."""
    return session.scalar(select(Supervision).where(Supervision.id == supervision_id).with_for_update())


def open_of(session: Session, person_id: int) -> Supervision | None:
    """What this supervisor takes part in now."""
    return session.scalar(
        select(Supervision).where(Supervision.person_id == person_id, Supervision.ended_at.is_(None)).with_for_update()
    )


def wished(session: Session) -> Sequence[Supervision]:
    """What the listener has not asked Asterisk for yet, the oldest first; taken by one listener at a time.

    One that has ended is asked for too: its supervisor's phone is to leave the talk.
    """
    return session.scalars(
        select(Supervision).where(Supervision.wished).order_by(Supervision.id).with_for_update(skip_locked=True)
    ).all()


def open_of_call(session: Session, call: UUID) -> Sequence[Supervision]:
    """Who takes part in this call."""
    return session.scalars(
        select(Supervision).where(Supervision.call == call, Supervision.ended_at.is_(None)).with_for_update()
    ).all()


@dataclass(frozen=True, slots=True)
class Beside:
    """A supervisor in an agent's talk."""

    id: int
    agent: int
    person: int
    name: str
    mode: str
    shown: bool
    started_at: datetime | None


def beside(session: Session, *, agent: int | None = None) -> list[Beside]:
    """Everybody who takes part in a talk now; with `agent`, in that agent's."""
    wanted = (
        select(
            Supervision.id,
            Supervision.agent_id,
            Supervision.person_id,
            Person.name,
            Supervision.mode,
            Supervision.shown,
            Supervision.started_at,
        )
        .join(Person, Person.id == Supervision.person_id)
        .where(Supervision.ended_at.is_(None), Supervision.started_at.is_not(None))
        .where(Supervision.until > func.now())  # one whose end nobody told is over with its time
        .order_by(Supervision.id)
    )
    if agent is not None:
        wanted = wanted.where(Supervision.agent_id == agent)
    return [Beside(*row) for row in session.execute(wanted)]


def talk_of(session: Session, agent_id: int) -> AgentState | None:
    """The talk that the agent is in now."""
    return session.scalar(
        select(AgentState).where(
            AgentState.person_id == agent_id, AgentState.until.is_(None), AgentState.state.in_(IN_TALK)
        )
    )


def phone_of(session: Session, person_id: int) -> SupervisorPhone | None:
    """The phone lent to this supervisor, perhaps no longer."""
    return session.scalar(select(SupervisorPhone).where(SupervisorPhone.person_id == person_id).with_for_update())


def phones_lent(session: Session, now: datetime) -> Sequence[SupervisorPhone]:
    """Every phone that is lent now, in an order that does not change."""
    return session.scalars(
        select(SupervisorPhone).where(SupervisorPhone.lent_until > now).order_by(SupervisorPhone.person_id)
    ).all()


def rules(session: Session, organisation_id: int) -> SupervisionRules:
    """What the organisation says, or what holds where it has said nothing; such a row is not stored."""
    found = session.get(SupervisionRules, organisation_id)
    return found or SupervisionRules(organisation_id=organisation_id, shown=True, limit=LIMIT)


def unread(session: Session, agent_id: int) -> list[tuple[SupervisorMessage, str]]:
    """Messages that the agent has not read, with their writers' names, the oldest first."""
    rows = session.execute(
        select(SupervisorMessage, Person.name)
        .join(Person, Person.id == SupervisorMessage.person_id)
        .where(SupervisorMessage.agent_id == agent_id, SupervisorMessage.read_at.is_(None))
        .order_by(SupervisorMessage.id)
    )
    return [(message, name) for message, name in rows]


def message_to(session: Session, message_id: int, agent_id: int) -> SupervisorMessage:
    """The message. NotFound, also for one to somebody else."""
    found = session.scalar(
        select(SupervisorMessage).where(SupervisorMessage.id == message_id, SupervisorMessage.agent_id == agent_id)
    )
    if found is None:
        raise NotFound(f"message {message_id}")
    return found


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log of supervision."""

    supervision: Supervision
    supervisor: str
    agent: str


@dataclass(frozen=True, slots=True)
class Direction:
    """A message, a pause or an end of a shift from the board, as the audit trail has it."""

    written: Audit
    supervisor: str
    agent: str


def directions(session: Session, *, before: int | None, at_most: int) -> list[Direction]:
    """The latest first, those ahead of `before`."""
    supervisor, agent = aliased(Person), aliased(Person)
    wanted = (
        select(Audit, supervisor.name, agent.name)
        .join(supervisor, supervisor.id == Audit.person_id)
        .join(agent, func.concat("person:", agent.id) == Audit.subject)
        .where(Audit.deed.in_(DIRECTIONS))
        .order_by(Audit.id.desc())
        .limit(at_most)
    )
    if before is not None:
        wanted = wanted.where(Audit.id < before)
    return [Direction(*row) for row in session.execute(wanted)]


def log(session: Session, *, before: int | None, at_most: int, call: UUID | None = None) -> list[Entry]:
    """The latest first, those ahead of `before`; with `call`, of that call."""
    supervisor, agent = aliased(Person), aliased(Person)
    wanted = (
        select(Supervision, supervisor.name, agent.name)
        .join(supervisor, supervisor.id == Supervision.person_id)
        .join(agent, agent.id == Supervision.agent_id)
        .order_by(Supervision.id.desc())
        .limit(at_most)
    )
    if before is not None:
        wanted = wanted.where(Supervision.id < before)
    if call is not None:
        wanted = wanted.where(Supervision.call == call)
    return [Entry(*row) for row in session.execute(wanted)]
