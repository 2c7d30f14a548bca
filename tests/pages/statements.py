"""Statements that PostgreSQL gets for what a test does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

import db


def statements_of(deed: Callable[[], object]) -> int:
    """How many are sent for it: the least of three times, since other threads of the process ask now and then."""
    numbers = []
    for _ in range(3):
        with counted(db.engine()) as statements:
            deed()
        numbers.append(len(statements))
    return min(numbers)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements sent inside the block, by any thread."""
    statements: list[str] = []

    def note(*said):
        statements.append(said[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
