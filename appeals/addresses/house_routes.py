"""The page of one house with everything about it, and what an administrator says of it."""

from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals import words as words_of_appeals
from appeals.addresses import queries, service, words, writing
from appeals.addresses.tables import House
from appeals.rights import model as rights
from appeals.rights import queries as rights_of
from appeals.tables import Appeal
from appeals.works import panel as works
from calls import directory
from staff import queries as staff
from staff.access import DbSession, may
from staff.rights import has
from staff.tables import Person
from web.forms import Submitted, blank, row_id, submitted
from web.languages import gettext as _
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter(prefix="/appeals/addresses/houses")

Reader = Annotated[Person, may("addresses.read")]
Keeper = Annotated[Person, may("addresses.keep")]


class PlaceForm(BaseModel):
    """Where a house lies."""

    postal_code: str = Field("", max_length=12)
    district: str = Field("", max_length=120)
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)


class CareForm(BaseModel):
    """Who looks after a house, and since when."""

    enterprise: str = ""
    since: date | None = None


@router.get("/{house_id}")
def page(request: Request, session: DbSession, person: Reader, house_id: int) -> Response:
    """One house: where it lies, who looks after it, what serves it, and its appeals (U-128)."""
    return _page(request, session, person, queries.get_house(session, house_id), blank())


@router.post("/{house_id}")
def change(
    request: Request,
    session: DbSession,
    person: Keeper,
    house_id: int,
    form: Annotated[Submitted[PlaceForm], submitted(PlaceForm)],
) -> Response:
    """Postal code, district, point on the map."""
    house = queries.get_house(session, house_id)
    given = form.value
    if given is not None and (given.latitude is None) != (given.longitude is None):
        form.refuse("longitude", _("A point has a latitude and a longitude"))
    if form.value is None or given is None:
        return _page(request, session, person, house, form, status=422)
    settlement = house.street.settlement
    district = next((each for each in queries.districts(session, settlement.id) if each.name == given.district), None)
    if district is None and given.district:
        district = service.add_district(session, settlement, given.district)
    point = None if given.latitude is None or given.longitude is None else (given.latitude, given.longitude)
    service.change_house(session, house, postal_code=given.postal_code, district=district, point=point, by=person)
    return see_other(f"/appeals/addresses/houses/{house.id}", notice=_("Saved"))


@router.post("/{house_id}/enterprise")
def look_after(
    request: Request,
    session: DbSession,
    person: Keeper,
    house_id: int,
    form: Annotated[Submitted[CareForm], submitted(CareForm)],
) -> Response:
    """Another enterprise looks after the house from a day on, or none."""
    house = queries.get_house(session, house_id)
    if form.value is not None:
        given = form.value
        chosen = row_id(given.enterprise)
        enterprise = queries.get_enterprise(session, chosen) if chosen is not None else None
        try:
            service.look_after(session, house, enterprise, since=given.since, by=person)
        except service.NotInOrder:
            form.refuse("since", _("Write a day after the last change"))
    if form.value is None:
        return _page(request, session, person, house, form, status=422)
    return see_other(f"/appeals/addresses/houses/{house.id}", notice=_("Saved"))


def _page(
    request: Request, session: Session, person: Person, house: House, form: Submitted[Any], *, status: int = 200
) -> Response:
    place = {
        "postal_code": house.postal_code,
        "district": house.district.name if house.district is not None else "",
        "latitude": house.latitude if house.latitude is not None else "",
        "longitude": house.longitude if house.longitude is not None else "",
    }
    form.typed = place | {"enterprise": "", "since": ""} | form.typed
    spoken = staff.organisation(session, person.organisation_id).default_language
    finds = has(person, "appeals.find")
    seen = rights_of.seen(Appeal.id, rights_of.scope(session, person))
    appeals = service.open_appeals(session, house, seen, by=person) if finds else ()
    return render(
        request,
        "appeals/addresses/house.html",
        status=status,
        form=form,
        house=house,
        title=writing.house(house, spoken),
        spoken=spoken,
        care=queries.looked_after(session, house.id),
        enterprises=queries.enterprises(session, midnight().date()),
        facilities=queries.facilities_of(session, house.id),
        districts=queries.districts(session, house.street.settlement_id),
        appeals=appeals[: queries.PAGE],
        more=len(appeals) > queries.PAGE,
        states=queries.states_of_house(session, house.id, seen) if finds else {},
        sees=partial(rights.sees, partial(has, person)),
        masked=rights.masked,
        masked_phone=rights.masked_phone,
        topics=directory.choices(session),
        words=words,
        words_of_appeals=words_of_appeals,
        **works.of_house(session, house.id),
    )
