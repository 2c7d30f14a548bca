"""The list of queues, with the form of another; a queue's name, its closing and its opening again."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from acd import queries as desk
from acd.desk import named
from acd.queues import queries, words
from acd.queues.opening import queries as opening
from acd.queues.opening import service
from acd.queues.opening.service import CodeTaken, StillNeeded
from acd.queues.routes import queue_page
from acd.queues.skill_routes import CODE
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.names import NamesForm, names_of, refuse_unnamed
from web.pages import render, see_other

router = APIRouter(prefix="/queues")

Reader = Annotated[Person, may("queues.read")]
Manager = Annotated[Person, may("queues.manage")]


class QueueForm(NamesForm):
    """A new queue."""

    code: str = Field(pattern=CODE)


@router.get("")
def page(request: Request, session: DbSession, person: Reader) -> Response:
    """Every queue at a glance."""
    return _list(request, session, person, blank())


@router.post("")
def add(
    request: Request, session: DbSession, person: Manager, form: Annotated[Submitted[QueueForm], submitted(QueueForm)]
) -> Response:
    """A further queue; Asterisk has it within a moment."""
    if "code" in form.errors and form.typed["code"]:
        form.errors["code"] = _("Small Latin letters, digits and _, a letter first")
    organisation = staff.organisation(session, person.organisation_id)
    refuse_unnamed(form, organisation.languages)
    if form.value is not None:
        try:
            service.add(session, organisation, form.value.code, names_of(form.value), by=person)
        except CodeTaken:
            form.refuse("code", _("There is one already, perhaps closed"))
    if form.value is None:
        return _list(request, session, person, form, status=422)
    notice = _("The queue is there. Now say who answers, and let a menu lead to it.")
    return see_other(f"/queues/of/{form.value.code}", notice=notice)


@router.post("/of/{code}/name")
def rename(
    request: Request,
    session: DbSession,
    person: Manager,
    code: str,
    form: Annotated[Submitted[NamesForm], submitted(NamesForm)],
) -> Response:
    """Another name, at once everywhere."""
    queue = queries.queue(session, code)
    refuse_unnamed(form, staff.organisation(session, person.organisation_id).languages)
    if form.value is None:
        return queue_page(request, session, person, queue, naming=form, status=422)
    service.rename(session, queue, names_of(form.value), by=person)
    return see_other(f"/queues/of/{code}", notice=_("Saved"))


@router.post("/of/{code}/close")
def close(request: Request, session: DbSession, person: Manager, code: str) -> Response:
    """Nobody waits there any more; refused with the reasons while callers are led there."""
    queue = queries.queue(session, code)
    try:
        service.close(session, queue, request.app.state.menus_leading_to(session, code), by=person)
    except StillNeeded as refused:
        return queue_page(request, session, person, queue, needs=words.needs(refused.needs), status=409)
    return see_other("/queues", notice=_("Closed: %(name)s") % {"name": named(queue.name)})


@router.post("/of/{code}/open")
def open_again(session: DbSession, person: Manager, code: str) -> Response:
    """As it was before it was closed."""
    service.open_again(session, queries.queue(session, code), by=person)
    return see_other(f"/queues/of/{code}", notice=_("The queue is open again"))


def _list(request: Request, session: Session, person: Person, form: Submitted[Any], *, status: int = 200) -> Response:
    ready, waiting = queries.ready(session), desk.waiting(session)
    waits = queries.waits_now(session, [each.queue for each in waiting])
    rows = [
        (each, ready.get(each.queue.id, queries.Ready()), words.expected(waits.get(each.queue.id))) for each in waiting
    ]
    return render(
        request,
        "acd/queues/list.html",
        status=status,
        rows=rows,
        closed=opening.closed(session),
        form=form,
        needed=staff.organisation(session, person.organisation_id).languages,
        named=named,
    )
