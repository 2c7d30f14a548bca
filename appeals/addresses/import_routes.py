"""Import of addresses over HTTP: a file is sent, looked at, and saved or thrown away."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from appeals import sheets
from appeals.addresses import columns, importing, lines, queries, service, words
from appeals.addresses.carrying import Outcome
from appeals.addresses.tables import AddressImport
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import audience
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/appeals/addresses/import")

Keeper = Annotated[Person, may("addresses.keep")]
MOST_SHOWN = 200  # faulty rows on a page


class FileForm(BaseModel):
    """A table and what it lists."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    subject: Literal["houses", "facilities"]
    file: UploadFile


@router.get("")
def form_page(request: Request, session: DbSession, person: Keeper) -> Response:
    """Where a file is chosen, and which columns it may have."""
    return _form_page(request, session, person, blank(subject=importing.HOUSES))


@router.post("")
def send(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[FileForm], submitted(FileForm)]
) -> Response:
    """Takes the file; what it would change is shown next. Nothing is saved but the file."""
    if form.value is None:
        return _form_page(request, session, person, form, status=422)
    upload, subject = form.value.file, form.value.subject
    content = upload.file.read(sheets.LARGEST + 1)
    try:
        columns.rows(content, needed=_needed(subject), known=_known(subject))
    except columns.TooMany:
        form.refuse("file", _(words.TOO_MANY))
    except sheets.BadSheet as refusal:
        form.refuse("file", _(words.FAULTS_OF_FILES[refusal.fault]) % {"columns": ", ".join(refusal.about)})
    if form.errors:
        return _form_page(request, session, person, form, status=422)
    name = (upload.filename or "").replace("\x00", "")[:200]
    file = service.keep_file(session, subject, name, content, by=person)
    return see_other(f"/appeals/addresses/import/{file.id}")


@router.get("/{file_id}")
def preview(request: Request, session: DbSession, person: Keeper, file_id: int) -> Response:
    """What the file would add and change, or which of its rows are faulty."""
    file = queries.get_import(session, file_id)
    return _preview(request, file, importing.look(session, file, by=person))


@router.post("/{file_id}/save")
def save(request: Request, session: DbSession, person: Keeper, file_id: int) -> Response:
    """Imports the file as it was shown; what has become faulty meanwhile is shown again, and nothing saved."""
    file = queries.get_import(session, file_id)
    outcome = importing.carry_out(session, file, by=person)
    if outcome.faults:
        return _preview(request, file, outcome, status=422)
    return see_other("/appeals/addresses", notice=_("Imported"))


@router.post("/{file_id}/discard")
def discard(session: DbSession, person: Keeper, file_id: int) -> Response:
    """Throws the file away."""
    service.forget_file(session, queries.get_import(session, file_id))
    return see_other("/appeals/addresses/import", notice=_("Discarded"))


def _needed(subject: str) -> Any:
    return lines.HOUSES_NEED if subject == importing.HOUSES else lines.FACILITIES_NEED


def _known(subject: str) -> Any:
    return lines.HOUSES_KNOW if subject == importing.HOUSES else lines.FACILITIES_KNOW


def _form_page(
    request: Request, session: Session, person: Person, form: Submitted[Any], *, status: int = 200
) -> Response:
    language = audience().language
    headings = {
        subject: [(columns.heading(column, language), column in _needed(subject)) for column in _known(subject)]
        for subject in words.SUBJECTS_OF_FILES
    }
    return render(
        request,
        "appeals/addresses/import.html",
        status=status,
        form=form,
        columns=headings,
        words=words,
        waiting=queries.files_of(session, person.id),
    )


def _preview(request: Request, file: AddressImport, outcome: Outcome, *, status: int = 200) -> Response:
    faults = [(row, _(why) % {"value": value} if value else _(why)) for row, why, value in outcome.faults]
    return render(
        request,
        "appeals/addresses/preview.html",
        status=status,
        file=file,
        outcome=outcome,
        faults=faults[:MOST_SHOWN],
        more=max(len(faults) - MOST_SHOWN, 0),
        words=words,
    )
