"""What the ledger knows of one call."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from calls import journal
from calls.events import PromptHeard
from calls.journal import Recorded
from calls.model import CallState, LegOutcome, NodeName, QueueName, VisitOutcome, interface_of
from calls.tables import CallRow, JournalPlace, JournalRow, LegRow, ReaderPlace, Topic, VisitRow
from db import NotFound
from staff.rights import has
from staff.tables import Person


class OpenCall(NamedTuple):
    """A call that has not ended, as far as the ledger knows."""

    id: UUID
    organisation: int
    channel: str
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Stay:
    """One visit to a queue, as the ledger or as Asterisk's queue_log tells it."""

    channel: str
    queue: QueueName
    joined_at: datetime
    outcome: VisitOutcome


def find(session: Session, call: UUID) -> CallRow | None:
    """The call, or None while the ledger does not know it."""
    return session.get(CallRow, call)


def get(session: Session, call: UUID) -> CallRow:
    """The call. NotFound, also for calls of other organisations."""
    found = find(session, call)
    if found is None:
        raise NotFound(f"call {call}")
    return found


def legs(session: Session, call: UUID) -> Sequence[LegRow]:
    """The agents' parts in the call, in order."""
    return session.scalars(select(LegRow).where(LegRow.call == call).order_by(LegRow.number)).all()


def visits(session: Session, call: UUID) -> Sequence[VisitRow]:
    """The call's visits to queues, in order."""
    return session.scalars(select(VisitRow).where(VisitRow.call == call).order_by(VisitRow.number)).all()


def topics(session: Session) -> Sequence[Topic]:
    """The directory of topics, in its order."""
    return session.scalars(select(Topic).order_by(Topic.position, Topic.id)).all()


def readable(session: Session, person: Person, call: UUID) -> CallRow:
    """The call, if this person reads every call or took part in this one. NotFound for any other."""
    found = get(session, call)
    if not has(person, "calls.read") and not took_part(session, call, interface_of(person.id)):
        raise NotFound(f"call {call}")
    return found


def took_part(session: Session, call: UUID, agent: str) -> bool:
    """Whether this agent talked with the caller, or called them."""
    called = LegRow.outcome.in_((LegOutcome.DIALLING, LegOutcome.NOT_REACHED))
    took = or_(LegRow.answered_at.is_not(None), called)
    talked = exists().where(LegRow.call == call, LegRow.agent == agent, took)
    return bool(session.scalar(select(talked)))


def story(session: Session, call: UUID) -> list[Recorded]:
    """Every event of the call, in order; none of a call of another organisation."""
    return journal.of_call(session, call)


def heard(session: Session, call: UUID, prompt: str) -> bool:
    """Whether this prompt was played to the caller to its end."""
    told = exists().where(
        JournalRow.call == call, JournalRow.kind == PromptHeard.__name__, JournalRow.body["prompt"].astext == prompt
    )
    return bool(session.scalar(select(told)))


def is_current(session: Session, node: str, reader: str) -> bool:
    """Whether the reader has read all that the node's journal has."""
    seqs = select(ReaderPlace.seq).join(JournalPlace, JournalPlace.node == ReaderPlace.node)
    here = seqs.where(ReaderPlace.reader == reader, ReaderPlace.node == node, ReaderPlace.seq == JournalPlace.seq)
    return session.scalar(here) is not None


def progress(session: Session, ids: Collection[UUID]) -> dict[UUID, dict[str, Any] | None]:
    """Those of the calls that the ledger has, each with its state as `encoding.pack` made it; None once it ended."""
    rows = session.execute(select(CallRow.id, CallRow.progress).where(CallRow.id.in_(ids)))
    return {row.id: row.progress for row in rows}


def is_on(session: Session, call: UUID) -> bool:
    """Whether the call has not ended yet."""
    found = find(session, call)
    return found is not None and found.state != CallState.ENDED


def calls_now(session: Session) -> int:
    """Calls on the line at this moment, of the organisation the transaction works for."""
    return session.scalar(select(func.count()).where(CallRow.state != CallState.ENDED)) or 0


def calls_by_trunk(session: Session) -> dict[str, int]:
    """Calls on the line at this moment by trunk, of all organisations (needs EVERY_ORGANISATION)."""
    going_on = CallRow.state != CallState.ENDED, CallRow.trunk.is_not(None)
    rows = session.execute(select(CallRow.trunk, func.count().label("calls")).where(*going_on).group_by(CallRow.trunk))
    return {str(row.trunk): row.calls for row in rows}


def stays(session: Session, node: NodeName, since: datetime, until: datetime) -> list[Stay]:
    """The node's visits to queues that began in the period, in their order."""
    rows = session.execute(
        select(CallRow.channel, VisitRow.queue, VisitRow.joined_at, VisitRow.outcome)
        .join(CallRow, CallRow.id == VisitRow.call)
        .where(CallRow.node == node, VisitRow.joined_at >= since, VisitRow.joined_at < until)
        .order_by(VisitRow.joined_at)
    )
    return [Stay(channel, QueueName(queue), at, VisitOutcome(outcome)) for channel, queue, at, outcome in rows]


def open_calls(session: Session, node: str) -> list[OpenCall]:
    """The node's calls that have not ended."""
    rows = session.execute(
        select(CallRow.id, CallRow.organisation_id, CallRow.channel, CallRow.arrived_at).where(
            CallRow.node == node, CallRow.state != CallState.ENDED
        )
    )
    return [OpenCall(*row) for row in rows]
