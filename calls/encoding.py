"""Events and calls as JSON and back. Fields are known by their types, so a new event needs nothing here.

Times are ISO 8601 in UTC, durations are seconds. A field that an old record lacks takes its default.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from calls import events
from calls.events import CallEvent, Event
from calls.model import CallId

Convert = Callable[[Any], Any]
T = TypeVar("T")


class UnknownKind(ValueError):
    """The journal holds an event that this version of the product does not know."""


def _kinds(base: type[Event]) -> dict[str, type[Event]]:
    found = {base.__name__: base}
    for kind in base.__subclasses__():
        found |= _kinds(kind)
    return found


KINDS: dict[str, type[Event]] = {
    name: kind for name, kind in _kinds(Event).items() if kind.__module__ == events.__name__
}
_COLUMNS = {"at", "call"}  # kept beside the body


def encode(event: Event) -> dict[str, Any]:
    """The event's own fields; `at` and `call` stand beside it."""
    return {name: write(getattr(event, name)) for name, write, _ in _fields(type(event)) if name not in _COLUMNS}


def decode(kind: str, at: datetime, call: UUID | None, body: dict[str, Any]) -> Event:
    """The event that `encode` made. UnknownKind if this version has no such event."""
    of = KINDS.get(kind)
    if of is None:
        raise UnknownKind(kind)
    known: dict[str, Any] = {name: read(body[name]) for name, _, read in _fields(of) if name in body}
    if issubclass(of, CallEvent) and call is not None:
        known["call"] = CallId(call)
    return of(at=at, **known)


def pack(value: Any) -> dict[str, Any]:
    """Any frozen dataclass of ours as JSON."""
    return {name: write(getattr(value, name)) for name, write, _ in _fields(type(value))}


def unpack(of: type[T], packed: dict[str, Any]) -> T:
    """What `pack` was given."""
    return of(**{name: read(packed[name]) for name, _, read in _fields(of) if name in packed})


_known: dict[type[Any], list[tuple[str, Convert, Convert]]] = {}


def _fields(of: type[Any]) -> list[tuple[str, Convert, Convert]]:
    if of not in _known:
        hints = get_type_hints(of)
        _known[of] = [(field.name, *_converters(hints[field.name])) for field in fields(of)]
    return _known[of]


def _same(value: Any) -> Any:
    return value


def _converters(of: Any) -> tuple[Convert, Convert]:
    of = getattr(of, "__supertype__", of)  # NewType
    origin, arguments = get_origin(of), get_args(of)
    if origin in (Union, UnionType):
        write, read = _converters(next(argument for argument in arguments if argument is not NoneType))
        return (lambda value: None if value is None else write(value)), (
            lambda value: None if value is None else read(value)
        )
    if origin is frozenset:
        write, read = _converters(arguments[0])
        return (lambda values: sorted(map(write, values))), (lambda values: frozenset(map(read, values)))
    if origin is tuple:
        write, read = _converters(arguments[0])
        return (lambda values: [write(value) for value in values]), (lambda values: tuple(map(read, values)))
    if of is datetime:
        return datetime.isoformat, datetime.fromisoformat
    if of is timedelta:
        return timedelta.total_seconds, lambda seconds: timedelta(seconds=seconds)
    if of is UUID:
        return str, UUID
    if isinstance(of, type) and issubclass(of, Enum):
        return (lambda value: value.value), of
    if is_dataclass(of):
        return pack, lambda packed: unpack(of, packed)  # type: ignore[arg-type]
    return _same, _same
