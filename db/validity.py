"""What counts from a day on, and to its last day, which counts too; without one until somebody ends it."""

from datetime import date
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, or_


class Dated(Protocol):
    """A rule, a code, a membership: with the days on which it counts."""

    @property
    def valid_from(self) -> date: ...
    @property
    def valid_until(self) -> date | None: ...


def in_force(what: Dated, on: date) -> bool:
    """Whether it counts on that day."""
    return what.valid_from <= on and not_over(what, on)


def not_over(what: Dated, on: date) -> bool:
    """Whether it counts on that day, or will later."""
    return what.valid_until is None or on <= what.valid_until


def rows_in_force(table: Any, on: date) -> ColumnElement[bool]:
    """The same of the rows of a table."""
    return and_(table.valid_from <= on, rows_not_over(table, on))


def rows_not_over(table: Any, on: date) -> ColumnElement[bool]:
    """The same of the rows of a table."""
    return or_(table.valid_until.is_(None), table.valid_until >= on)
