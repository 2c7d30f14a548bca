"""Files of others over HTTP: sent, looked at, taken in or thrown away; and the schema that says what a file is."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from appeals.xml import importing, jobs, queries, service, words
from appeals.xml.importing import FaultyRow
from appeals.xml.model import State
from appeals.xml.reading import LARGEST, NoFile, read
from appeals.xml.schema import published
from appeals.xml.tables import AppealFile
from appeals.xml.writing import XML
from db import after_commit
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import audience
from web.languages import gettext as _
from web.pages import is_part, render, see_other

router = APIRouter(prefix="/appeals/xml")

Importer = Annotated[Person, may("appeals.import")]
MOST_SHOWN = 200  # rows, and faults, on a page


class FileForm(BaseModel):
    """A file of appeals."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    file: UploadFile


@router.get("")
def form_page(request: Request, session: DbSession, person: Importer) -> Response:
    """Where a file is chosen, and those that were sent."""
    return _form_page(request, session, person, blank())


@router.get("/schema.xsd")
def schema(person: Importer) -> Response:
    """The published schema."""
    return Response(published(), media_type=XML)


@router.post("/upload")
def send(
    request: Request, session: DbSession, person: Importer, form: Annotated[Submitted[FileForm], submitted(FileForm)]
) -> Response:
    """Takes the file; what it would change is shown next. Nothing is saved but the file."""
    if form.value is None:
        return _form_page(request, session, person, form, status=422)
    upload = form.value.file
    content = upload.file.read(LARGEST + 1)
    try:
        found = read(content)
    except NoFile as why:
        told = _(words.NO_FILES[why.why])
        form.refuse("file", _("%(what)s (line %(line)d)") % {"what": told, "line": why.line} if why.line else told)
        return _form_page(request, session, person, form, status=422)
    name = (upload.filename or "").replace("\x00", "")[:200]
    kept = service.keep(session, name, content, len(found.appeals), language=audience().language, by=person)
    return see_other(f"/appeals/xml/{kept.id}")


@router.get("/{file_id}")
def file_page(request: Request, session: DbSession, person: Importer, file_id: int) -> Response:
    """What the file would change; while it is taken in, how far that is; then what came of it."""
    kept = queries.get(session, file_id, person.id)
    return _file_page(request, session, person, kept)


@router.post("/{file_id}/save")
def save(request: Request, session: DbSession, person: Importer, file_id: int) -> Response:
    """Takes the file in as it was shown; what has become faulty meanwhile is shown again, and nothing is changed."""
    kept = queries.get(session, file_id, person.id, lock=True)
    if kept.state == State.KEPT:
        if importing.look(session, read(kept.content), by=person).faults:
            return _file_page(request, session, person, kept, status=422)
        service.begin(session, kept, by=person)
        after_commit(session, lambda: jobs.ask_for(file_id))
    return see_other(f"/appeals/xml/{file_id}")


@router.post("/{file_id}/discard")
def discard(session: DbSession, person: Importer, file_id: int) -> Response:
    """Throws the file away; what was taken in stays."""
    service.throw_away(session, queries.get(session, file_id, person.id, lock=True))
    return see_other("/appeals/xml", notice=_("Discarded"))


def _form_page(
    request: Request, session: Session, person: Person, form: Submitted[Any], *, status: int = 200
) -> Response:
    files = queries.files_of(session, person.id)
    return render(request, "appeals/xml/import.html", status=status, form=form, files=files, words=words)


def _file_page(request: Request, session: Session, person: Person, kept: AppealFile, *, status: int = 200) -> Response:
    outcome = None
    faults = [FaultyRow(**each) for each in kept.faults]
    if kept.state == State.KEPT:
        outcome = importing.look(session, read(kept.content), by=person)
        faults = outcome.faults
    template = "appeals/xml/_progress.html" if is_part(request) else "appeals/xml/file.html"
    return render(
        request,
        template,
        status=status,
        file=kept,
        outcome=outcome,
        rows=outcome.rows[:MOST_SHOWN] if outcome is not None else (),
        faults=faults[:MOST_SHOWN],
        more=max(len(faults) - MOST_SHOWN, 0),
        state=State,
        spoken=staff.organisation(session, person.organisation_id).default_language,
        words=words,
    )
