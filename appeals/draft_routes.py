"""Cards that were begun and not registered, over HTTP: kept while somebody types, listed, thrown away."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from appeals import queries, service
from appeals.applicants.forms import ApplicantDraft
from appeals.particulars.forms import ParticularsDraft
from staff.access import DbSession, may
from staff.tables import Person
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/appeals")

Writer = Annotated[Person, may("appeals.register")]


class DraftForm(ApplicantDraft, ParticularsDraft):
    """The card half filled in: any text is right, and whatever else the form carries is left out."""

    submission: str = ""
    call: str = ""
    source: str = ""
    against: str = ""
    house: str = ""  # the id of the one chosen for the address
    point: str = ""  # where it was moved to on the map
    also: list[str] = []  # further addresses
    also_house: list[str] = []
    kind: str = ""
    topic: str = ""
    problem: str = ""
    substance: str = Field("", max_length=100_000)
    explanation: str = Field("", max_length=100_000)
    work: str = ""  # the id of the one the appeal is to wait for
    letter: str = ""
    seen: str = ""


@router.post("/draft")
def save_draft(
    session: DbSession, person: Writer, form: Annotated[DraftForm, Form()], call: UUID | None = None
) -> Response:
    """Keeps what was typed so far."""
    service.save_draft(session, person, call, form.model_dump(exclude={"seen"}), seen=form.seen)
    return JSONResponse({"saved": True})


@router.get("/draft")
def is_begun(session: DbSession, person: Writer, call: UUID | None = None) -> Response:
    """Whether a begun card of this call is left with this person, as the desk asks before it goes on."""
    return JSONResponse({"begun": call is not None and queries.is_left_begun(session, person, call)})


@router.get("/begun")
def begun(request: Request, session: DbSession, person: Writer) -> Response:
    """What this person has begun and not registered: a part for the desk between calls."""
    return render(request, "appeals/_begun_here.html", begun=queries.begun(session, person))


@router.post("/draft/discard")
def discard_draft(session: DbSession, person: Writer, call: UUID | None = None) -> Response:
    """Throws away what was typed; without a call an empty card follows, else the list."""
    service.discard_draft(session, person, call)
    return see_other("/appeals", notice=_("Discarded")) if call else see_other("/appeals/new")
