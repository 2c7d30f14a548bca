"""The card: what an agent sees of a caller before the first word."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from acd.callers import queries
from acd.desk import RESULT_WORDS, named
from calls.model import Source
from calls.tables import CallRow
from db import NotFound
from staff.audit import audit
from staff.tables import Person
from web.languages import LANGUAGES

EARLIER = 8  # calls of the same number on the card


def of_call(session: Session, person: Person, call: UUID, number: str | None, *, source: str = "") -> dict[str, Any]:
    """What the card's template shows.

    Of a call that is not this agent's, or that the ledger does not know yet, the card is `early`: it shows `number`,
    the phone's own, and nothing of anybody's past. A number that the caller only says (`declared`: from a browser)
    opens nobody's past either until the agent looks for it. Where no phone says anything, there is no such call:
    NotFound.
    """
    found = queries.call_of_agent(session, call, person)
    if found is None and number is None:
        raise NotFound(f"call {call}")
    row, queue, topic = found or (None, None, None)
    caller = row.caller if row else _cleaned(number or "")
    declared = caller != "" and (row.source if row else source) == Source.BROWSER
    known = row is not None and caller != "" and not declared
    return {
        "early": row is None,
        "call": row,
        "call_id": call,
        "number": caller,
        "declared": declared,
        "language_name": LANGUAGES.get(row.language, row.language) if row else "",
        "topic": named(topic) if topic else row and row.topic,
        "queue": named(queue) if queue else None,
        "keys_pressed": keys_pressed(row) if row else "",
        "earlier": queries.earlier_calls(session, caller, but=call, limit=EARLIER) if known else [],
        "named": named,
        "result_words": RESULT_WORDS,
        "notes": queries.notes(session, call, caller if known else "") if row else [],
    }


def notes(session: Session, call: UUID, number: str) -> dict[str, Any]:
    """What the notes' part shows."""
    return {
        "call_id": call,
        "number": number,
        "notes": queries.notes(session, call, number),
    }


def number_of(session: Session, person: Person, call: UUID) -> str:
    """The number of a call that concerns this agent, "" when nobody vouches for one. NotFound for any other call."""
    row = _of_agent(session, person, call)
    return "" if row.source == Source.BROWSER else row.caller


def of_number(session: Session, person: Person, call: UUID) -> dict[str, Any]:
    """What is known of the number that this call's caller gave, whoever it belongs to; the look is written down.

    NotFound for a call that does not concern the agent, and for one without a number.
    """
    number = _of_agent(session, person, call).caller
    if not number:
        raise NotFound(f"number of {call}")
    audit(session, person, "number.looked_for", f"call:{call}", number=number)
    return {
        "number": number,
        "earlier": queries.earlier_calls(session, number, but=call, limit=EARLIER),
        "named": named,
        "result_words": RESULT_WORDS,
    }


def _of_agent(session: Session, person: Person, call: UUID) -> CallRow:
    found = queries.call_of_agent(session, call, person)
    if found is None:
        raise NotFound(f"call {call}")
    return found.call


def keys_pressed(row: CallRow) -> str:
    """The keys the caller pressed, "1 → 3"."""
    return " → ".join(step.rpartition(":")[2] for step in row.menu_path)


def _cleaned(number: str) -> str:
    if number.startswith("agent"):  # a colleague asks about a caller whose number the phone does not know
        return ""
    return "".join(sign for sign in number if sign in "+0123456789")
