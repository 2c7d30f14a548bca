"""The card: what an agent sees of a caller before the first word."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from acd import queries
from acd.desk import RESULT_WORDS, named
from calls import directory
from calls import queries as calls
from calls.tables import CallRow
from db import NotFound
from web.languages import LANGUAGES

EARLIER = 8  # calls of the same number on the card


def of_call(session: Session, call: UUID, number: str) -> dict[str, Any]:
    """What the card's template shows. `number`, from the phone itself, serves until the ledger knows the call."""
    row = calls.find(session, call)
    caller = row.caller if row else _cleaned(number)
    earlier = queries.calls_of(session, caller, but=call, limit=EARLIER) if caller else []
    by_code = directory.choices(session)
    queue = queries.find_queue(session, row.queue) if row and row.queue else None
    return {
        "call": row,
        "call_id": call,
        "number": caller,
        "language_name": LANGUAGES.get(row.language, row.language) if row else "",
        "topic": by_code.get(row.topic, row.topic) if row and row.topic else None,
        "queue": named(queue.name) if queue else None,
        "keys_pressed": keys_pressed(row) if row else "",
        "earlier": earlier,
        "topics": by_code,
        "wrap_ups": queries.wrap_ups_of(session, [each.id for each in earlier]),
        "result_words": RESULT_WORDS,
        **notes(session, call, caller),
    }


def notes(session: Session, call: UUID, number: str) -> dict[str, Any]:
    """What the notes' part shows."""
    return {
        "call_id": call,
        "number": number,
        "call_notes": queries.notes_of_call(session, call),
        "caller_notes": queries.notes_of_number(session, number) if number else [],
    }


def number_of(session: Session, call: UUID, *, default: str | None = None) -> str:
    """The call's number. NotFound, unless there is a default, for a call without one."""
    row = calls.find(session, call)
    if row and row.caller:
        return row.caller
    if default is None:
        raise NotFound(f"number of {call}")
    return default


def keys_pressed(row: CallRow) -> str:
    """The keys the caller pressed, "1 → 3"."""
    return " → ".join(step.rpartition(":")[2] for step in row.menu_path)


def _cleaned(number: str) -> str:
    return "".join(sign for sign in number if sign in "+0123456789")
