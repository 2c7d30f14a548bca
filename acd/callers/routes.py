"""The card on the desk, and notes about a call and its caller."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from acd.callers import card, service
from db import NotFound
from staff.access import DbSession, ReadSession, may
from staff.tables import Person
from web.pages import render

router = APIRouter(prefix="/desk/calls")

Agent = Annotated[Person, may("desk.use")]
Text = Annotated[str, Form(min_length=1, max_length=4000)]
Told = Annotated[str, Query(max_length=40)]
Phone = Annotated[str | None, Query(max_length=40)]


@router.get("/{call}/card")
def caller_card(
    request: Request, session: ReadSession, person: Agent, call: UUID, *, number: Phone = None, source: Told = ""
) -> Response:
    """Who calls, and what is known of them. `number` and `source` are the phone's, until the ledger knows better.

    NotFound for a call that neither the ledger nor a phone knows.
    """
    return render(request, "acd/_card.html", **card.of_call(session, person, call, number, source=source))


@router.get("/{call}/number")
def number_given(request: Request, session: DbSession, person: Agent, call: UUID) -> Response:
    """Earlier calls and appeals of a number that the caller only says: looked for by the agent, and written down."""
    return render(request, "acd/_of_number.html", **card.of_number(session, person, call))


@router.post("/{call}/notes")
def write_note(request: Request, session: DbSession, person: Agent, call: UUID, text: Text) -> Response:
    """Keeps a note about the call. NotFound for a call that does not concern the agent."""
    number = card.number_of(session, person, call)
    service.write_note(session, person, call, text)
    return render(request, "acd/_notes.html", **card.notes(session, call, number))


@router.post("/{call}/caller-notes")
def write_caller_note(request: Request, session: DbSession, person: Agent, call: UUID, text: Text) -> Response:
    """Keeps a note about the caller, shown at each later call. NotFound as above, or without a number."""
    number = card.number_of(session, person, call)
    if not number:
        raise NotFound(f"number of {call}")
    service.write_caller_note(session, person, number, text)
    return render(request, "acd/_notes.html", **card.notes(session, call, number))
