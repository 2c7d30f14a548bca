"""What a domain says when a thing is not there or is in the way, and what PostgreSQL meant by an error.

The web turns the first into 404 and 409.
"""

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Json, Jsonb
from sqlalchemy.exc import DBAPIError, OperationalError

_NUMBERS = range(-(2**63), 2**63)  # of a bigint, the longest there is


class NotFound(LookupError):
    """The thing asked for does not exist, or not for this organisation."""


class Conflict(ValueError):
    """The change contradicts what is stored."""


def is_away(error: Exception) -> bool:
    """Whether PostgreSQL is not there; a statement cancelled, a deadlock or a lock not given in time is our failure.

    SQLSTATE class 08 is the connection, 57P a server that goes down or comes up; a connection refused has none.
    """
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return error.connection_invalidated or isinstance(error, OperationalError)
    return error.connection_invalidated or state.startswith(("08", "57P"))


def is_storable(value: Any) -> bool:
    """Whether a column can hold the value and all that is in it: no text with a NUL, no number beyond a bigint."""
    match value:
        case str():
            return "\x00" not in value
        case int():
            return value in _NUMBERS
        case Json() | Jsonb():
            return is_storable(value.obj)
        case Mapping():
            return all(is_storable(each) for pair in value.items() for each in pair)
        case list() | tuple():
            return all(is_storable(each) for each in value)
    return True
