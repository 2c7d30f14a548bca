"""The ledger: what the journal says of each call, as rows that can be counted. Legs and visits beside the call."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from calls import queries
from calls.encoding import pack, unpack
from calls.events import CallArrived, CallEvent, SupervisorJoined
from calls.legs import Leg, Visit
from calls.model import CallState, LegOutcome
from calls.readers import Recorded
from calls.state import Call, UnexpectedEvent, begin, evolve
from calls.tables import CallRow, LegRow, UnexpectedRow, VisitRow
from db import Base, notify, table_of
from db.notices import FIGURES
from staff.queries import organisations as organisations_of

log = structlog.get_logger()

NAME = "ledger"

_CALLED = (LegOutcome.DIALLING, LegOutcome.NOT_REACHED)  # the agent took part though nobody answered

Part = TypeVar("Part", Leg, Visit)


@dataclass(slots=True)
class _Reading:
    """What one batch came to."""

    before: dict[UUID, Call]  # as the ledger has them
    calls: dict[UUID, Call]  # as they are now
    again: set[UUID]  # rows are there, perhaps from an earlier reading
    nodes: dict[UUID, str] = field(default_factory=dict)  # of the calls that changed
    begun: set[UUID] = field(default_factory=set)
    misfits: list[dict[str, Any]] = field(default_factory=list)

    def follow(self, recorded: Recorded, event: CallEvent) -> None:
        """UnexpectedEvent for one that cannot be."""
        if isinstance(event, CallArrived):
            call = begin(event)
            self.begun.add(call.id)
            self.before.pop(call.id, None)
        elif isinstance(event, SupervisorJoined) and not self._goes_on(event.call):
            return  # whoever began to listen just when the talk ended heard nobody
        elif event.call in self.calls:
            call = evolve(self.calls[event.call], event)
        else:
            raise UnexpectedEvent("the call is not known, or has ended")
        self.calls[call.id] = call
        self.nodes[call.id] = recorded.node

    def _goes_on(self, call: UUID) -> bool:
        return call in self.calls and self.calls[call].state is not CallState.ENDED


def read(session: Session, batch: Sequence[Recorded], *, strict: bool = False) -> None:
    """Follows the batch and writes what changed. An event that cannot be is recorded and passed over.

    A call arrives anew when the journal is read again from its beginning: rows of an earlier reading are replaced.
    """
    happened = [(recorded, recorded.event) for recorded in batch if isinstance(recorded.event, CallEvent)]
    present = queries.progress(session, {event.call for _, event in happened})
    known = {call: unpack(Call, progress) for call, progress in present.items() if progress is not None}
    reading = _Reading(known, dict(known), again=set(present))
    for recorded, event in happened:
        try:
            reading.follow(recorded, event)
        except UnexpectedEvent as misfit:
            if strict:
                raise
            reading.misfits.append(_misfit(recorded, str(misfit)))
    _write(session, reading)
    if reading.misfits:
        log.warning("unexpected_events", count=len(reading.misfits), first=reading.misfits[0])
        session.execute(insert(UnexpectedRow).on_conflict_do_nothing(), reading.misfits)


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


def _write(session: Session, reading: _Reading) -> None:
    if outdated := reading.begun & reading.again:
        for parts in (LegRow, VisitRow):
            session.execute(delete(parts).where(parts.call.in_(outdated)))
    strangers = _strangers(session, reading)
    legs, visits, calls = [], [], []
    for call in (reading.calls[id_] for id_ in reading.nodes if id_ not in strangers):
        before = reading.before.get(call.id)
        calls.append(_call_row(call, reading.nodes[call.id]))
        legs += [_leg_row(call, *part) for part in _changed(call.legs, before.legs if before else ())]
        visits += [_visit_row(call, *part) for part in _changed(call.visits, before.visits if before else ())]
    _upsert(session, CallRow, calls, "id")
    _upsert(session, LegRow, legs, "call", "number")
    _upsert(session, VisitRow, visits, "call", "number")
    for organisation in {row["organisation_id"] for row in calls}:
        notify(session, FIGURES, str(organisation))


def _strangers(session: Session, reading: _Reading) -> set[UUID]:
    """New calls of organisations that nobody knows."""
    if not reading.begun:
        return set()
    organisations = {it.id for it in organisations_of(session)}
    found = {call for call in reading.begun if reading.calls[call].organisation not in organisations}
    if found:
        log.error("calls_of_unknown_organisation", count=len(found))
    return found


def _changed(parts: Sequence[Part], before: Sequence[Part]) -> Iterator[tuple[int, Part]]:
    """The numbered parts of a call that are not as the ledger has them."""
    for number, part in enumerate(parts, 1):
        if number > len(before) or part != before[number - 1]:
            yield number, part


def _upsert(session: Session, table: type[Base], rows: list[dict[str, Any]], *key: str) -> None:
    if rows:
        session.execute(_upserting(table, tuple(rows[0]), key), rows)


@cache
def _upserting(table: type[Base], columns: tuple[str, ...], key: tuple[str, ...]) -> Insert:
    statement = insert(table_of(table))
    new = {name: statement.excluded[name] for name in columns if name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=new)


def _call_row(call: Call, node: str) -> dict[str, Any]:
    took_part = sorted({str(leg.agent) for leg in call.legs if leg.answered_at is not None or leg.outcome in _CALLED})
    return {
        "id": call.id,
        "organisation_id": call.organisation,
        "node": node,
        "channel": call.channel,
        "source": call.source,
        "trunk": call.trunk or None,
        "direction": call.direction,
        "caller": call.caller,
        "dialled": call.dialled,
        "language": call.language,
        "topic": call.topic,
        "menu_path": list(call.menu_path),
        "queue": call.queue,
        "agent": call.agent,
        "agents": took_part if set(took_part) - {call.agent} else [],
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
