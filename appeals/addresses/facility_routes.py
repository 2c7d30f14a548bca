"""Pages of objects: boiler houses, mains, lifts, each with the houses it serves (U-115)."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals.addresses import finding, queries, service, words, writing
from appeals.addresses.model import FacilityKind
from appeals.addresses.tables import Facility
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, row_id, submitted
from web.languages import gettext as _
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter(prefix="/appeals/addresses/facilities")

Reader = Annotated[Person, may("addresses.read")]
Keeper = Annotated[Person, may("addresses.keep")]


class FacilityForm(BaseModel):
    """An object that is not there yet."""

    kind: FacilityKind
    code: str = Field(min_length=1, max_length=40)
    name: str = Field(min_length=2, max_length=200)
    enterprise: str = ""


class ServedForm(BaseModel):
    """A house that an object serves: the address, and the house chosen for it."""

    address: str = Field(min_length=2, max_length=200)
    house: str = ""


@router.get("")
def facilities(request: Request, session: DbSession, person: Reader) -> Response:
    """All objects with how many houses each serves."""
    return _list(request, session, blank(kind=FacilityKind.BOILER_HOUSE, code="", name="", enterprise=""))


@router.post("")
def add(
    request: Request,
    session: DbSession,
    person: Keeper,
    form: Annotated[Submitted[FacilityForm], submitted(FacilityForm)],
) -> Response:
    """An object that is not there yet."""
    if form.value is not None:
        given = form.value
        chosen = row_id(given.enterprise)
        owner = queries.get_enterprise(session, chosen) if chosen is not None else None
        try:
            made = service.add_facility(
                session,
                person.organisation_id,
                kind=given.kind,
                code=given.code,
                name=given.name,
                enterprise=owner,
                by=person,
            )
        except service.Taken:
            form.refuse("code", _("Another one has this code"))
        else:
            return see_other(f"/appeals/addresses/facilities/{made.id}", notice=_("Saved"))
    return _list(request, session, form, status=422)


@router.get("/{facility_id}")
def page(request: Request, session: DbSession, person: Reader, facility_id: int) -> Response:
    """One object and its houses."""
    return _page(request, session, person, queries.get_facility(session, facility_id), blank(address="", house=""))


@router.post("/{facility_id}/houses")
def serve(
    request: Request,
    session: DbSession,
    person: Keeper,
    facility_id: int,
    form: Annotated[Submitted[ServedForm], submitted(ServedForm)],
) -> Response:
    """The object serves one more house."""
    facility = queries.get_facility(session, facility_id)
    if form.value is not None:
        organisation = staff.organisation(session, person.organisation_id)
        house, _rest = finding.house_named(session, organisation, form.value.address, row_id(form.value.house))
        if house is None:
            form.refuse("address", _("Choose a house of those that are offered"))
        else:
            service.serve(session, facility, house, by=person)
            return see_other(f"/appeals/addresses/facilities/{facility.id}", notice=_("Saved"))
    return _page(request, session, person, facility, form, status=422)


@router.post("/{facility_id}/houses/{house_id}/remove")
def serve_no_longer(session: DbSession, person: Keeper, facility_id: int, house_id: int) -> Response:
    """The object serves the house no longer."""
    facility = queries.get_facility(session, facility_id)
    service.serve_no_longer(session, facility, queries.get_house(session, house_id), by=person)
    return see_other(f"/appeals/addresses/facilities/{facility.id}", notice=_("Removed"))


def _list(request: Request, session: Session, form: Submitted[Any], *, status: int = 200) -> Response:
    return render(
        request,
        "appeals/addresses/facilities.html",
        status=status,
        form=form,
        facilities=queries.facilities(session),
        enterprises=queries.enterprises(session, midnight().date()),
        words=words,
    )


def _page(
    request: Request, session: Session, person: Person, facility: Facility, form: Submitted[Any], *, status: int = 200
) -> Response:
    language = staff.organisation(session, person.organisation_id).default_language
    owner = queries.get_enterprise(session, facility.enterprise_id) if facility.enterprise_id is not None else None
    return render(
        request,
        "appeals/addresses/facility.html",
        status=status,
        form=form,
        facility=facility,
        owner=owner,
        spoken=language,
        houses=[(house, writing.house(house, language)) for house in queries.houses_of_facility(session, facility.id)],
        words=words,
    )
