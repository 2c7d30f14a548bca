"""What the operators said about a call and wrote down in it: a part for the call's page."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from acd import queries
from acd.callers import queries as callers
from calls import directory, words
from calls import queries as calls
from staff.access import DbSession, may
from staff.tables import Person
from web.pages import render

router = APIRouter(prefix="/wrap-ups")


@router.get("/of")
def of_call(
    request: Request, session: DbSession, person: Annotated[Person, may("calls.read_own")], call: UUID
) -> Response:
    """Results and notes of one call. NotFound for calls the person may not read."""
    calls.readable(session, person, call)
    return render(
        request,
        "acd/_wrap_ups.html",
        wrap_ups=queries.finished_wrap_ups(session, call),
        notes=callers.notes(session, call, ""),
        topics=directory.names(session),
        words=words,
    )
