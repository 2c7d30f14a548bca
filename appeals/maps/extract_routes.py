"""Import of an OpenStreetMap extract over HTTP: sent, read by a worker, looked at, saved or thrown away."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from appeals.addresses import queries as addresses
from appeals.addresses import words as address_words
from appeals.maps import extract, jobs, queries, service, words
from appeals.maps.model import UNDER_WAY, Stage
from db import after_commit
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import is_part, render, see_other

router = APIRouter(prefix="/appeals/addresses/map")

Keeper = Annotated[Person, may("addresses.keep")]
LARGEST = 60_000_000  # bytes; a request may bring a little more
NOTHING: dict[str, Any] = {
    "added": {}, "changed": {}, "left": 0, "left_out": 0, "shapes": 0, "examples": [], "faults": [], "why": "",
}  # fmt: skip
_WORDS: dict[str, Any] = {"words": words, "address_words": address_words, "stages": Stage}


class ExtractForm(BaseModel):
    """A file, and what is to be made of it."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    file: UploadFile
    settlement: str = Field("", max_length=200)
    map_only: bool = False


@router.get("")
def form_page(request: Request, session: DbSession, person: Keeper) -> Response:
    """Which map there is, and where an extract is sent."""
    main = next((each.name for each in addresses.settlements(session) if each.main), "")
    return _form_page(request, session, person, blank(settlement=main, map_only="", file=""))


@router.post("/upload")
def send(
    request: Request,
    session: DbSession,
    person: Keeper,
    form: Annotated[Submitted[ExtractForm], submitted(ExtractForm)],
) -> Response:
    """Takes the file; a worker reads it, and what it would change is shown. Nothing is saved but the file."""
    sent = form.value
    if sent is not None:
        content = sent.file.file.read(LARGEST + 1)
        if len(content) > LARGEST:
            form.refuse("file", _(words.TOO_LARGE))
        elif not extract.begins_rightly(content):
            form.refuse("file", _(words.NO_EXTRACT))
        else:
            name = (sent.file.filename or "").replace("\x00", "")[:200]
            kept = service.keep_extract(
                session, name, content, settlement=sent.settlement, with_addresses=not sent.map_only, by=person
            )
            after_commit(session, lambda: jobs.ask_for(kept.id))
            return see_other(f"/appeals/addresses/map/{kept.id}")
    return _form_page(request, session, person, form, status=422)


@router.get("/{extract_id}")
def progress(request: Request, session: DbSession, person: Keeper, extract_id: int) -> Response:
    """How far it is, then what it would add and change; asked again and again while a worker is at it."""
    found = queries.extract(session, extract_id)
    part = is_part(request)
    return render(
        request,
        "appeals/maps/_extract.html" if part else "appeals/maps/extract.html",
        extract=found,
        told=NOTHING | found.outcome,
        under_way=found.stage in UNDER_WAY,
        **_WORDS,
    )


@router.post("/{extract_id}/save")
def save(session: DbSession, person: Keeper, extract_id: int) -> Response:
    """A worker saves what was shown; twice is once."""
    found = queries.extract(session, extract_id)
    if service.save_extract(session, found, by=person):
        after_commit(session, lambda: jobs.ask_for(extract_id))
    return see_other(f"/appeals/addresses/map/{extract_id}")


@router.post("/{extract_id}/discard")
def discard(session: DbSession, person: Keeper, extract_id: int) -> Response:
    """Throws the file away; what it has changed stays."""
    service.forget_extract(session, queries.extract(session, extract_id))
    return see_other("/appeals/addresses/map", notice=_("Discarded"))


def _form_page(
    request: Request, session: Session, person: Person, form: Submitted[Any], *, status: int = 200
) -> Response:
    return render(
        request,
        "appeals/maps/import.html",
        status=status,
        form=form,
        ground=queries.ground(session, person.organisation_id),
        extracts=queries.extracts(session),
        **_WORDS,
    )
