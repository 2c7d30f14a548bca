"""Works beside an appeal over HTTP: the block of the card, and the link of one appeal."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

import appeals.queries
import calls.queries
from appeals.works import answering, panel, queries
from appeals.works.forms import LinkForm
from db import Conflict
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, row_id, submitted
from web.languages import audience
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter()

Reader = Annotated[Person, may("works.read")]
Writer = Annotated[Person, may("appeals.register")]


class Here(BaseModel):
    """The houses in a card, and the work chosen there; nonsense is no house."""

    house: str = Field("", max_length=19)
    also_house: list[str] = Field([], max_length=19)
    work: str = Field("", max_length=19)
    call: str = Field("", max_length=36)


@router.get("/works/here")
def here(request: Request, session: DbSession, person: Reader, asked: Annotated[Here, Query()]) -> Response:
    """Works at the addresses of a card, with what to tell the caller: a part (U-100, U-116)."""
    houses = {row for each in (asked.house, *asked.also_house) if (row := row_id(each)) is not None}
    context = panel.at_addresses(session, person, houses, _language(session, asked.call), row_id(asked.work))
    return render(request, "appeals/works/_here.html", **context)


@router.post("/appeals/{number}/linked-work")
def link(
    session: DbSession, person: Writer, number: str, form: Annotated[Submitted[LinkForm], submitted(LinkForm)]
) -> Response:
    """The appeal waits for the work."""
    appeal = appeals.queries.get(session, number)
    if form.value is None:
        return see_other(f"/appeals/{number}")
    queries.get(session, form.value.work)
    try:
        answering.link(session, appeal, form.value.work, by=person)
    except answering.Over:
        return see_other(f"/appeals/{number}", notice=_("The work or the appeal is over; nothing was linked"))
    except answering.Filed:
        return see_other(f"/appeals/{number}", notice=_("The chancellery answers this appeal; it waits for no work"))
    return see_other(f"/appeals/{number}", notice=_("The appeal waits for the work"))


@router.post("/appeals/{number}/linked-work/unlink")
def unlink(session: DbSession, person: Writer, number: str) -> Response:
    """The appeal waits no longer."""
    appeal = appeals.queries.get(session, number)
    try:
        answering.unlink(session, appeal, by=person)
    except Conflict:
        return see_other(f"/appeals/{number}", notice=_("The appeal is answered already"))
    return see_other(f"/appeals/{number}", notice=_("The appeal waits for the work no longer"))


def _language(session: Session, call: str) -> str:
    """The caller's, where there is a call; else the reader's."""
    try:
        row = calls.queries.find(session, UUID(call))
    except ValueError:
        row = None
    return row.language if row is not None else audience().language
