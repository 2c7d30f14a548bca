"""Published versions of the menus: who published each, when and why, what it changed, and the way back to it."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from calls import directory
from calls import words as call_words
from ivr import catalogue, document, queries, words
from ivr.document import BadDocument
from ivr.editor import service
from ivr.editor.difference import differences
from ivr.editor.draft import prompts_of, surroundings
from ivr.editor.offered import menu_titles, named
from ivr.editor.page import MOST_SHOWN, as_file, reading
from ivr.faults import Fault
from staff import queries as staff
from staff.access import DbSession, may
from staff.audit import audit
from staff.tables import Person
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/menus/versions")

Reader = Annotated[Person, may("menus.read")]
Editor = Annotated[Person, may("menus.edit")]


@router.get("")
def versions_page(request: Request, session: DbSession, person: Reader) -> Response:
    """Every version, the newest first."""
    versions = queries.versions(session)
    by = staff.names(session, {row.published_by for row in versions if row.published_by is not None})
    return render(request, "ivr/versions.html", versions=versions, by=by)


@router.get("/{version}")
def version_page(request: Request, session: DbSession, person: Reader, *, version: int, against: int = 0) -> Response:
    """What one version changed against the one before it, or against the one asked for."""
    return _page(request, session, person, version=version, against=against)


@router.get("/{version}/file")
def export(session: DbSession, person: Reader, version: int) -> Response:
    """The version as a JSON file."""
    row = queries.version(session, version)
    return as_file(row.document, str(row.version))


@router.post("/{version}/restore")
def restore(request: Request, session: DbSession, person: Editor, version: int) -> Response:
    """The version is heard again, as the newest one; refused with the reasons when it no longer fits."""
    row = queries.version(session, version)
    organisation = staff.organisation(session, person.organisation_id)
    try:
        known = prompts_of(session, organisation, document.parse(row.document))
        here = surroundings(session, organisation, known, request.app.state.queue_names(session))
        published = service.restore(session, row, here=here, by=person.id)
    except BadDocument as bad:
        return _page(request, session, person, version=version, faults=bad.faults)
    audit(session, person, "menus.restored", f"menus:{published.version}", version=str(row.version))
    said = _("Version %(old)s is heard again, as version %(new)s.") % {"old": row.version, "new": published.version}
    return see_other("/menus/versions", notice=said)


def _page(
    request: Request,
    session: Session,
    person: Person,
    *,
    version: int,
    against: int = 0,
    faults: Sequence[Fault] = (),
) -> Response:
    row = queries.version(session, version)
    before = queries.version(session, against) if against else queries.version_before(session, row)
    newest = queries.find_document(session)
    menus = document.parse(row.document)
    older = document.parse(before.document) if before else None
    organisation = staff.organisation(session, person.organisation_id)
    known = prompts_of(session, organisation, menus, *([older] if older else []))
    changes = differences(older, menus) if older else []
    return render(
        request,
        "ivr/version.html",
        status=422 if faults else 200,
        row=row,
        before=before,
        versions=[each for each in queries.versions(session) if each.id != row.id],
        is_newest=newest is not None and newest.id == row.id,
        by=staff.names(session, [row.published_by] if row.published_by is not None else []),
        changes=changes[:MOST_SHOWN],
        change_count=len(changes),
        topics=directory.names(session) | named(request.app.state.queue_names(session, closed=True)),
        menu_words=call_words.MENUS,
        menu_titles=menu_titles(menus, *([older] if older else [])),
        words=catalogue.shown(known, reading(organisation)),
        faults=[words.fault(fault) for fault in faults],
        labels=words,
    )
