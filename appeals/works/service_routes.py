"""The directory of services that works affect, over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals.works import queries, service, words
from appeals.works.tables import WorkService
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.names import NamesForm, names_of, refuse_unnamed, typed
from web.pages import render, see_other

router = APIRouter(prefix="/works/services")

Reader = Annotated[Person, may("directories.read")]
Keeper = Annotated[Person, may("directories.edit")]


class NewServiceForm(NamesForm):
    """A service that is not there yet."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")


@router.get("")
def page(request: Request, session: DbSession, person: Reader) -> Response:
    """Every service, and the form of another."""
    return _page(request, session, person, blank(code="", **typed({})))


@router.post("")
def add(
    request: Request,
    session: DbSession,
    person: Keeper,
    form: Annotated[Submitted[NewServiceForm], submitted(NewServiceForm)],
) -> Response:
    """A service more."""
    if "code" in form.errors and form.typed["code"]:
        form.errors["code"] = _("Small Latin letters, digits and _, a letter first")
    refuse_unnamed(form, staff.organisation(session, person.organisation_id).languages)
    if form.value is not None:
        try:
            service.add_service(session, form.value.code, names_of(form.value), by=person)
        except service.CodeTaken:
            form.refuse("code", _("There is one already, perhaps switched off"))
        else:
            return see_other("/works/services", notice=_("Added"))
    return _page(request, session, person, form, status=422)


@router.post("/usual")
def load_usual(session: DbSession, person: Keeper) -> Response:
    """The usual services where they are missing."""
    count = service.load_services(session, person.organisation_id)
    return see_other("/works/services", notice=_("Added: %s") % count if count else _("Nothing was missing"))


@router.get("/{service_id}")
def one(request: Request, session: DbSession, person: Reader, service_id: int) -> Response:
    """The same page with the form of one service."""
    changing = queries.service(session, service_id)
    return _page(request, session, person, blank(**typed(changing.name)), changing=changing)


@router.post("/{service_id}")
def rename(
    request: Request,
    session: DbSession,
    person: Keeper,
    service_id: int,
    form: Annotated[Submitted[NamesForm], submitted(NamesForm)],
) -> Response:
    """Other names."""
    changing = queries.service(session, service_id)
    refuse_unnamed(form, staff.organisation(session, person.organisation_id).languages)
    if form.value is None:
        return _page(request, session, person, form, changing=changing, status=422)
    service.rename_service(session, changing, names_of(form.value), by=person)
    return see_other("/works/services", notice=_("Saved"))


@router.post("/{service_id}/off")
def switch_off(session: DbSession, person: Keeper, service_id: int) -> Response:
    """Nobody chooses it any more."""
    service.switch_service(session, queries.service(session, service_id), on=False, by=person)
    return see_other("/works/services", notice=_("Saved"))


@router.post("/{service_id}/on")
def switch_on(session: DbSession, person: Keeper, service_id: int) -> Response:
    """It is chosen again."""
    service.switch_service(session, queries.service(session, service_id), on=True, by=person)
    return see_other("/works/services", notice=_("Saved"))


def _page(
    request: Request,
    session: Session,
    person: Person,
    form: Submitted[Any],
    *,
    changing: WorkService | None = None,
    status: int = 200,
) -> Response:
    return render(
        request,
        "appeals/works/services.html",
        status=status,
        form=form,
        changing=changing,
        services=queries.services(session),
        needed=staff.organisation(session, person.organisation_id).languages,
        words=words,
    )
