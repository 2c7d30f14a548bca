"""The journal: every event of every node, in order, for ever. Only the node's listener appends to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from calls.encoding import decode, encode
from calls.events import CallEvent, Event
from calls.model import NodeName
from calls.tables import JournalRow
from db import table_of

_INSERT = insert(table_of(JournalRow))


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its place in the journal and the organisation whose call it was."""

    node: NodeName
    seq: int
    organisation: int | None  # None: the event is about the node, or its call is not known
    event: Event


def call_of(event: Event) -> UUID | None:
    """The call that the event belongs to, if any."""
    return event.call if isinstance(event, CallEvent) else None


def append(session: Session, node: NodeName, events: Sequence[Mapping[str, Any]], *, after: int) -> int:
    """Writes events, each as its columns, behind the node's event `after`; the number of the last one.

    The primary key refuses a second writing.
    """
    if events:
        rows = [{"node": node, "seq": seq, **event} for seq, event in enumerate(events, after + 1)]
        session.execute(_INSERT, rows)
    return after + len(events)


def write(session: Session, node: NodeName, organisation: int, happened: Sequence[Event]) -> list[Recorded]:
    """Events that no listener has heard, such as examples, behind the last one of the node; as a reader meets them."""
    last = session.scalar(select(func.max(JournalRow.seq)).where(JournalRow.node == node)) or 0
    columns = [
        {
            "at": event.at,
            "kind": type(event).__name__,
            "call": call_of(event),
            "organisation_id": organisation,
            "body": encode(event),
        }
        for event in happened
    ]
    append(session, node, columns, after=last)
    return [Recorded(node, seq, organisation, event) for seq, event in enumerate(happened, last + 1)]


def read(session: Session, node: NodeName, *, after: int, limit: int) -> list[Recorded]:
    """The next events of a node behind `after`."""
    rows = session.execute(
        select(
            JournalRow.seq,
            JournalRow.organisation_id,
            JournalRow.kind,
            JournalRow.at,
            JournalRow.call,
            JournalRow.body,
        )
        .where(JournalRow.node == node, JournalRow.seq > after)
        .order_by(JournalRow.seq)
        .limit(limit)
    )
    return [
        Recorded(node, seq, organisation, decode(kind, at, call, body))
        for seq, organisation, kind, at, call, body in rows
    ]


def of_call(session: Session, call: UUID) -> list[Recorded]:
    """Everything that happened to one call, in order."""
    rows = session.execute(select(JournalRow).where(JournalRow.call == call).order_by(JournalRow.seq)).scalars()
    return [
        Recorded(NodeName(row.node), row.seq, row.organisation_id, decode(row.kind, row.at, row.call, row.body))
        for row in rows
    ]
