"""Appeals over HTTP: the journal of all, one appeal, and the parts that the desk and a call's page ask for."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

import calls.model
import calls.queries
from appeals import queries, service, words
from appeals.addresses import queries as directory_of_addresses
from appeals.addresses import writing
from appeals.attachments.panel import panel as attachments
from appeals.cabinet import panel as cabinet
from appeals.classifier import words as entry_words
from appeals.feedback import panel as feedback
from appeals.letters import panel as letters
from appeals.maps import panel as maps
from appeals.numbering import queries as numbering
from appeals.particulars import queries as particulars_of
from appeals.rights import model as rights
from appeals.rights import queries as rights_of
from appeals.rights import words as rights_words
from appeals.routing import panel as routing
from appeals.terms.routes import shown
from appeals.workflow import dispatch_routes
from appeals.works import panel as works
from calls import directory
from staff import queries as staff_queries
from staff.access import DbSession, may
from staff.audit import audit
from staff.rights import has
from staff.tables import Person
from web.languages import gettext as _
from web.pages import render, see_other
from web.problems import problem

router = APIRouter(prefix="/appeals")

Reader = Annotated[Person, may("appeals.read")]
Finder = Annotated[Person, may("appeals.find")]
Number = Annotated[str, Query(max_length=40)]


@router.get("/of")
def of_number(request: Request, session: DbSession, person: Reader, number: Number = "") -> Response:
    """The appeals of a number, open ones first: a part for the desk."""
    rows = queries.appeals_of(session, number)
    return render(request, "appeals/_of_number.html", appeals=rows, words=words)


@router.get("/of-call")
def of_call(request: Request, session: DbSession, person: Reader, call: UUID) -> Response:
    """What was registered in a call, and begun: a part for the call's page. NotFound for a call not known here."""
    calls.queries.get(session, call)
    registered = queries.appeals_from_call(session, call)
    begun = queries.begun_in_call(session, person, call)
    return render(request, "appeals/_of_call.html", appeals=registered, begun=begun, words=words)


@router.delete("/{number}")
def never_deleted(request: Request, session: DbSession, person: Reader, number: str) -> Response:
    """Refused, and written down: what was registered ends, it does not vanish (U-11)."""
    audit(session, person, "appeal.delete_refused", f"appeal:{queries.get(session, number).number}")
    told = _("What was registered is never deleted: it is closed, or cancelled as entered by mistake.")
    return problem(request, 405, details=told, headers={"Allow": "GET"})


@router.get("/{number}")
def page(request: Request, session: DbSession, person: Finder, number: str, why: str = "work") -> Response:
    """One appeal, as the life of the matter; an executor's is on the page of their work, and another's is not there.

    The applicant's data are shown, so the look is written down; masked to who may not see them.
    """
    scope = rights_of.scope(session, person)
    if scope.executors is not None:
        return see_other(f"/assignments/{rights_of.own_assignment(session, queries.get(session, number), scope)}")
    appeal = service.open_card(session, number, why=why if why in rights.REASONS else "work", by=person)
    call = calls.queries.find(session, appeal.call_id) if appeal.call_id else None  # one not heard of has no page
    organisation = staff_queries.organisation(session, person.organisation_id)
    addresses = [
        (writing.of_appeal(each, organisation.default_language), each.house_id)
        for each in directory_of_addresses.addresses_of(session, appeal.id)
    ]
    sees, limit = rights_of.sight(session, person, appeal.number), request.app.state.attachment_limit
    return render(
        request,
        "appeals/page.html",
        appeal=appeal,
        index=numbering.index_of(session, appeal.id),
        registrar=staff_queries.get(session, appeal.registered_by),
        topics=directory.names(session),
        call=call,
        words=words,
        codes=[pair for pair in particulars_of.codes(session, appeal.id) if sees(rights.of_code(pair[0].section))],
        sees=sees,
        may_open=has(person, rights.OPENING) and not sees("applicant.name"),
        masked=rights.masked,
        masked_phone=rights.masked_phone,
        purposes=rights_words.PURPOSES,
        paper=particulars_of.find(session, appeal.id),
        entry_words=entry_words,
        **shown(session, appeal),
        **routing.shown(session, appeal),
        **dispatch_routes.shown(session, appeal, person),
        **works.of_appeal(session, appeal),
        **letters.of_appeal(session, appeal, person, sees),
        cabinet=cabinet.of_appeal(session, appeal),
        feedback=feedback.of_appeal(session, appeal, person, sees),
        **maps.of_appeal(session, appeal, person, f"/appeals/{number}/point", movable=has(person, "appeals.register")),
        spoken=organisation.default_language,
        attached=attachments(session, appeal, person, limit=limit) if has(person, "appeals.read") else None,
        addresses=addresses or ([(appeal.address, None)] if appeal.address else []),
    )
