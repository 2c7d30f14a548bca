"""The ledger: what the journal says of each call, as rows that can be counted. Legs and visits beside the call."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from calls.encoding import pack, unpack
from calls.events import CallArrived, CallEvent
from calls.legs import Leg, Visit
from calls.readers import Recorded
from calls.state import Call, UnexpectedEvent, begin, evolve
from calls.tables import CallRow, LegRow, UnexpectedRow, VisitRow
from db import Base
from staff.tables import Organisation

log = structlog.get_logger()

NAME = "ledger"


def read(session: Session, batch: Sequence[Recorded], *, strict: bool = False) -> None:
    """Follows the batch and writes what changed. An event that cannot be is recorded and passed over.

    A call arrives anew when the journal is read again from its beginning: rows of an earlier reading are replaced.
    """
    happened = [recorded for recorded in batch if isinstance(recorded.event, CallEvent)]
    calls = _known(session, {recorded.event.call for recorded in happened if isinstance(recorded.event, CallEvent)})
    nodes: dict[UUID, str] = {}
    begun: set[UUID] = set()
    changed: dict[UUID, Call] = {}
    misfits: list[dict[str, Any]] = []
    for recorded in happened:
        event = recorded.event
        assert isinstance(event, CallEvent)
        try:
            if isinstance(event, CallArrived):
                call = begin(event)
                begun.add(call.id)
            elif event.call in calls:
                call = evolve(calls[event.call], event)
            else:
                raise UnexpectedEvent("the call is not known, or has ended")
        except UnexpectedEvent as misfit:
            if strict:
                raise
            misfits.append(_misfit(recorded, str(misfit)))
            continue
        calls[call.id] = changed[call.id] = call
        nodes[call.id] = recorded.node
    _write(session, changed, nodes, begun)
    if misfits:
        log.warning("unexpected_events", count=len(misfits), first=misfits[0])
        session.execute(insert(UnexpectedRow).on_conflict_do_nothing(), misfits)


def _known(session: Session, ids: set[Any]) -> dict[UUID, Call]:
    rows = session.execute(
        select(CallRow.id, CallRow.progress).where(CallRow.id.in_(ids), CallRow.progress.is_not(None))
    )
    return {call: unpack(Call, progress) for call, progress in rows if progress is not None}


def _misfit(recorded: Recorded, reason: str) -> dict[str, Any]:
    event = recorded.event
    return {
        "reader": NAME,
        "node": recorded.node,
        "seq": recorded.seq,
        "kind": type(event).__name__,
        "call": event.call if isinstance(event, CallEvent) else None,
        "reason": reason,
    }


def _write(session: Session, changed: dict[UUID, Call], nodes: dict[UUID, str], begun: set[UUID]) -> None:
    organisations = set(session.execute(select(Organisation.id)).scalars())
    calls = [call for call in changed.values() if call.organisation in organisations]
    if len(calls) < len(changed):
        log.error("calls_of_unknown_organisation", count=len(changed) - len(calls))
    if begun:
        for parts in (LegRow, VisitRow):
            session.execute(delete(parts).where(parts.call.in_(begun)))
    _upsert(session, CallRow, [_call_row(call, nodes[call.id]) for call in calls], ["id"])
    legs = [_leg_row(call, number, leg) for call in calls for number, leg in enumerate(call.legs, 1)]
    _upsert(session, LegRow, legs, ["call", "number"])
    visits = [_visit_row(call, number, visit) for call in calls for number, visit in enumerate(call.visits, 1)]
    _upsert(session, VisitRow, visits, ["call", "number"])


def _upsert(session: Session, table: type[Base], rows: list[dict[str, Any]], key: Iterable[str]) -> None:
    if rows:
        key = list(key)
        statement = insert(table)
        new = {name: statement.excluded[name] for name in rows[0] if name not in key}
        session.execute(statement.on_conflict_do_update(index_elements=key, set_=new), rows)


def _call_row(call: Call, node: str) -> dict[str, Any]:
    return {
        "id": call.id,
        "organisation_id": call.organisation,
        "node": node,
        "channel": call.channel,
        "source": call.source,
        "caller": call.caller,
        "dialled": call.dialled,
        "language": call.language,
        "topic": call.topic,
        "menu_path": list(call.menu_path),
        "queue": call.queue,
        "agent": call.agent,
        "state": call.state,
        "fate": call.fate,
        "arrived_at": call.arrived_at,
        "queued_at": call.queued_at,
        "offered_at": call.offered_at,
        "answered_at": call.answered_at,
        "ended_at": call.ended_at,
        "waited": call.waited,
        "talked": call.talked,
        "held": call.held,
        "waits": len(call.visits),
        "transfers": call.transfers,
        "cause": call.cause,
        "progress": pack(call) if call.fate is None else None,
    }


def _leg_row(call: Call, number: int, leg: Leg) -> dict[str, Any]:
    return {
        "call": call.id,
        "number": number,
        "organisation_id": call.organisation,
        "agent": leg.agent,
        "queue": leg.queue,
        "offered_at": leg.offered_at,
        "answered_at": leg.answered_at,
        "left_at": leg.left_at,
        "talked": leg.talked,
        "outcome": leg.outcome,
    }


def _visit_row(call: Call, number: int, visit: Visit) -> dict[str, Any]:
    return {
        "call": call.id,
        "number": number,
        "organisation_id": call.organisation,
        "queue": visit.queue,
        "joined_at": visit.joined_at,
        "left_at": visit.left_at,
        "agent": visit.agent,
        "outcome": visit.outcome,
    }
