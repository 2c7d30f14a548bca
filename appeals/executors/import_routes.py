"""A file of executors over HTTP: sent, looked at, and only then carried out."""

from collections.abc import Iterator
from functools import partial
from typing import Annotated

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals import previewing
from appeals.executors import importing, words
from appeals.executors.importing import Plan
from appeals.previewing import FileForm, Preview, SeenForm
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import audience
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/executors/import")

Keeper = Annotated[Person, may("executors.keep")]


@router.get("")
def form(request: Request, session: DbSession, person: Keeper) -> Response:
    """Where a file is chosen."""
    return _page(request, Preview(blank()), status=200)


@router.post("")
def look(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[FileForm], submitted(FileForm)]
) -> Response:
    """What the file would change; nothing changes yet."""
    found = previewing.look(form, partial(_plan, session, person), _told)
    return _page(request, found, status=found.status)


@router.post("/carry-out")
def carry_out(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[SeenForm], submitted(SeenForm)]
) -> Response:
    """What was looked at happens; where it would be something else by now, it is shown anew."""
    found = previewing.once_more(form, partial(_plan, session, person), _told)
    if found.plan is None or not found.is_as_seen:
        return _page(request, found, status=found.status)
    count = importing.carry_out(session, person.organisation_id, found.plan, by=person)
    told = _("Executors changed: %s") % count if count else _("The directory is as the file has it")
    return see_other("/executors", notice=told)


def _plan(session: Session, person: Person, content: bytes) -> Plan:
    return importing.planned(session, person.organisation_id, content)


def _told(plan: Plan) -> Iterator[str]:
    """Tells two plans apart."""
    yield from map(repr, plan.added)
    for executor, each in plan.changed:
        yield f"{executor.id} {importing.state_of(executor)} {each!r}"


def _page(request: Request, found: Preview[Plan], *, status: int) -> Response:
    language, faults = audience().language, found.plan.faults if found.plan is not None else []
    return render(
        request,
        "appeals/executors/import.html",
        status=status,
        faults=[(row, _(words.FAULTS[fault])) for row, fault in faults],
        headings=[(each[language][0], name in importing.NEEDED) for name, each in importing.HEADINGS.items()],
        **found.shown(),
    )
