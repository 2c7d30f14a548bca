"""The cards of calls, each question asked once for all of them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from calls import directory
from calls.tables import CallRow
from reports.cards import queries
from reports.cards.shapes import Call, Leg, Recorded, Registered, Said, Visit

Row = TypeVar("Row")

_PLAIN = (
    "id", "direction", "source", "dialled", "language", "topic", "menu_path", "queue", "state", "fate", "result",
    "arrived_at", "queued_at", "offered_at", "answered_at", "ended_at", "transfers",
)  # fmt: skip
_LENGTHS = ("waited", "talked", "held")


def cards(session: Session, calls: Sequence[CallRow], *, personal: bool) -> list[Call]:
    """The full cards, in the order of the calls; without whose number it was to who may not see it."""
    ids = [call.id for call in calls]
    legs = _by(queries.legs(session, ids), lambda leg: leg.call)
    visits = _by(queries.visits(session, ids), lambda visit: visit.call)
    recordings = _by(queries.recordings(session, ids), lambda recording: recording.call)
    said = _by(queries.wrap_ups(session, ids), lambda pair: pair[0].call)
    appeals = _by(queries.appeals(session, ids), lambda appeal: appeal.call_id)
    names = directory.operators(session, {leg.agent for each in legs.values() for leg in each})
    return [
        Call(
            **{name: getattr(call, name) for name in _PLAIN},
            **{name: getattr(call, name).total_seconds() for name in _LENGTHS},
            caller=call.caller if personal else None,
            visits=[_taken(Visit, each) for each in visits.get(call.id, ())],
            legs=[
                _taken(Leg, each, operator=names[each.agent], talked=each.talked.total_seconds())
                for each in legs.get(call.id, ())
            ],
            recordings=[
                _taken(Recorded, each, duration=each.duration.total_seconds() if each.duration is not None else None)
                for each in recordings.get(call.id, ())
            ],
            said=[
                _taken(Said, wrap_up, operator=name, note=wrap_up.note if personal else None)
                for wrap_up, name in said.get(call.id, ())
            ],
            appeals=[_taken(Registered, each) for each in appeals.get(call.id, ())],
        )
        for call in calls
    ]


def _taken(shape: Any, row: object, **told: object) -> Any:
    """The row in this shape; what is `told` is not read from it."""
    return shape(**{name: getattr(row, name) for name in shape.model_fields if name not in told}, **told)


def _by(rows: Iterable[Row], call_of: Callable[[Row], UUID | None]) -> dict[UUID | None, list[Row]]:
    found: dict[UUID | None, list[Row]] = {}
    for row in rows:
        found.setdefault(call_of(row), []).append(row)
    return found
