"""Files of the journal over HTTP: asked for, told of while they are made, taken."""

import tempfile
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from appeals.journal import jobs, listing, queries, service, sheet, words
from appeals.journal.asking import asked_of
from appeals.journal.columns import chosen
from appeals.journal.conditions import Asker
from appeals.journal.directories import Directories
from appeals.journal.exports import MEDIA_TYPES
from appeals.journal.model import AT_ONCE, UNDER_WAY, ExportState, Format
from appeals.journal.routes import Address, Text
from appeals.xml import writing as xml
from db import NotFound, after_commit, store
from staff import queries as staff
from staff.access import DbSession, may
from staff.rights import has
from staff.tables import Person
from web.files import to_keep
from web.languages import audience
from web.languages import gettext as _
from web.pages import is_part, render, see_other
from web.periods import midnight
from web.problems import Unavailable

router = APIRouter(prefix="/appeals")

Exporter = Annotated[Person, may("appeals.export")]
_WORDS: dict[str, Any] = {"words": words, "state": ExportState}


@router.post("/export")
def export(
    session: DbSession,
    person: Exporter,
    *,
    back: Address = "",
    column: Annotated[list[str], Form(max_length=60)] = [],  # noqa: B006 - FastAPI copies it
    codes: Text = "",
    kind: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """The list as an Excel file or as XML: few rows at once, many by a worker; who took them along is written down."""
    personal = has(person, "data.personal")
    asked = asked_of(dict(parse_qsl(back)), personal=personal)
    columns = chosen(column)
    asker = Asker.of(person, personal=personal)
    wanted = Format.XML if kind == Format.XML and has(person, "appeals.read") else Format.XLSX
    if listing.count(session, asked, asker) > AT_ONCE:
        keys = [each.key for each in columns]
        file = service.ask_for_file(
            session, person, asked, columns=keys, codes=bool(codes), language=audience().language, kind=wanted
        )
        after_commit(session, lambda: jobs.ask_for(file.id))
        return see_other(f"/appeals/exports/{file.id}")
    appeals = listing.every(session, asked, asker, at_most=AT_ONCE)
    with tempfile.TemporaryFile() as made:
        directories = Directories(session, person.organisation_id)
        rows = queries.rows(session, appeals)
        if wanted is Format.XML:
            xml.write(made, session, rows, staff.organisation(session, person.organisation_id), by=person)
        else:
            sheet.write(made, rows, columns, directories, codes=bool(codes), personal=personal, zone=audience().zone)
        made.seek(0)
        content = made.read()
    service.note_file(session, person, asked, rows=len(appeals))
    return Response(content, media_type=MEDIA_TYPES[wanted], headers=_headers(wanted))


@router.get("/exports")
def files(request: Request, session: DbSession, person: Exporter) -> Response:
    """The files that this person asked for, until their time is over."""
    files_of = queries.exports(session, person.id)
    return render(request, "appeals/journal/files.html", file=None, files=files_of, **_WORDS)


@router.get("/exports/{export_id}")
def file_page(request: Request, session: DbSession, person: Exporter, export_id: int) -> Response:
    """How far one file is; asked again and again while it is made."""
    found = queries.export(session, export_id, person.id)
    under_way = found.state in UNDER_WAY
    if is_part(request):
        return render(request, "appeals/journal/_file.html", file=found, under_way=under_way, **_WORDS)
    files_of = queries.exports(session, person.id)
    return render(request, "appeals/journal/files.html", file=found, under_way=under_way, files=files_of, **_WORDS)


@router.post("/exports/{export_id}/give-up")
def give_up(session: DbSession, person: Exporter, export_id: int) -> Response:
    """Nobody wants it any more."""
    service.give_up(session, export_id, by=person)
    return see_other("/appeals/exports", notice=_("Given up"))


@router.get("/exports/{export_id}/file")
def take(session: DbSession, person: Exporter, export_id: int) -> Response:
    """The file itself. NotFound before it is made and after its time."""
    found = queries.export(session, export_id, person.id)
    if found.object_key is None:
        raise NotFound(f"file {export_id}")
    try:
        pieces = store.read(found.object_key)
    except store.StoreAway as error:
        raise Unavailable("the store of files does not answer") from error
    return StreamingResponse(pieces, media_type=MEDIA_TYPES[found.format], headers=_headers(found.format))


def _headers(kind: str) -> dict[str, str]:
    return to_keep(f"appeals-{midnight():%Y-%m-%d}.{kind}")
