"""Pages of streets: all of them, one with its names and houses; what an administrator enters and renames."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals.addresses import finding, jobs, kinds, queries, service, writing
from appeals.addresses.model import HouseNumber, StreetKind
from appeals.addresses.tables import Street
from db import NotFound
from staff import queries as staff
from staff.access import DbSession, may
from staff.rights import has
from staff.tables import Organisation, Person
from web.forms import Submitted, blank, submitted
from web.languages import audience
from web.languages import gettext as _
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter(prefix="/appeals/addresses")

Reader = Annotated[Person, may("addresses.read")]
Keeper = Annotated[Person, may("addresses.keep")]

Name = Annotated[str, Field(min_length=1, max_length=120)]


class StreetForm(BaseModel):
    """A street that is not there yet."""

    kind: StreetKind
    name: Name
    settlement: str = Field("", max_length=120)  # the main one where none is named


class NameForm(BaseModel):
    """Another name of a street: since when it is called so, or that it was misspelt."""

    kind: StreetKind
    name: Name
    deed: Literal["rename", "correct"]
    on: date | None = None


class OtherNameForm(BaseModel):
    """A name that the street had, perhaps until a day that is known, or one that people use beside its own."""

    other_kind: StreetKind
    other_name: Name
    sort: Literal["former", "also"]
    until: date | None = None


class HouseForm(BaseModel):
    """The number of a house that is not there yet."""

    number: str = Field(min_length=1, max_length=20)


@router.get("")
def streets(
    request: Request,
    session: DbSession,
    person: Reader,
    *,
    q: Annotated[str, Query(max_length=1000)] = "",
    after: Annotated[str, Query(max_length=400)] = "",
) -> Response:
    """All streets by name, or those that the words find."""
    return _list(request, session, person, _new_street(), q=q.strip(), after=after)


@router.post("/streets")
def add_street(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[StreetForm], submitted(StreetForm)]
) -> Response:
    """A street in the main settlement, or in the one named."""
    if form.value is not None:
        given = form.value
        known = queries.settlements(session)
        called = given.settlement or (known[0].name if known else "")
        if not called:
            form.refuse("settlement", _("Name the settlement; the first one is the main one"))
            return _list(request, session, person, form, status=422)
        settlement = next((each for each in known if each.name == called), None)
        settlement = settlement or service.add_settlement(session, person.organisation_id, called)
        try:
            street = service.add_street(session, settlement, given.kind, given.name, by=person)
        except service.Taken:
            form.refuse("name", _("A street there is called so already"))
        else:
            return see_other(f"/appeals/addresses/streets/{street.id}", notice=_("Saved"))
    return _list(request, session, person, form, status=422)


@router.get("/streets/{street_id}")
def street_page(request: Request, session: DbSession, person: Reader, street_id: int) -> Response:
    """One street: what it is called and was called, and its houses."""
    return _page(request, session, person, queries.get_street(session, street_id), blank())


@router.post("/streets/{street_id}/name")
def rename(
    request: Request,
    session: DbSession,
    person: Keeper,
    street_id: int,
    form: Annotated[Submitted[NameForm], submitted(NameForm)],
) -> Response:
    """The street is called otherwise since a day, or was misspelt. Every page has the new name at once."""
    street = queries.get_street(session, street_id)
    if form.value is not None and form.value.deed == "rename" and form.value.on is None:
        form.refuse("on", _("Write the day since which it is called so"))
    if form.value is not None:
        given = form.value
        try:
            if given.deed == "correct" or given.on is None:
                service.correct(session, street, given.kind, given.name, by=person)
            else:
                service.rename(session, street, given.kind, given.name, on=given.on, today=midnight().date(), by=person)
        except service.Taken:
            form.refuse("name", _("A street there is called so already"))
        except service.NotInOrder:
            form.refuse("on", _("The day must have come, and lie after the last renaming"))
    if form.value is None:
        return _page(request, session, person, street, form, status=422)
    return see_other(f"/appeals/addresses/streets/{street.id}", notice=_("Saved"))


@router.post("/streets/{street_id}/names")
def add_name(
    request: Request,
    session: DbSession,
    person: Keeper,
    street_id: int,
    form: Annotated[Submitted[OtherNameForm], submitted(OtherNameForm)],
) -> Response:
    """One more name by which the street is found."""
    street = queries.get_street(session, street_id)
    if form.value is not None:
        given = form.value
        try:
            service.add_name(
                session,
                street,
                given.other_kind,
                given.other_name,
                former=given.sort == "former",
                until=given.until,
                by=person,
            )
        except service.Taken:
            form.refuse("other_name", _("The street has this name already"))
    if form.value is None:
        return _page(request, session, person, street, form, status=422)
    return see_other(f"/appeals/addresses/streets/{street.id}", notice=_("Saved"))


@router.post("/streets/{street_id}/names/{name_id}/remove")
def remove_name(session: DbSession, person: Keeper, street_id: int, name_id: int) -> Response:
    """Takes a name away that was entered by mistake."""
    name = queries.find_name(session, queries.get_street(session, street_id).id, name_id)
    if name is None:
        raise NotFound(f"name {name_id} of street {street_id}")
    service.remove_name(session, name, by=person)
    return see_other(f"/appeals/addresses/streets/{street_id}", notice=_("Removed"))


@router.post("/streets/{street_id}/houses")
def add_house(
    request: Request,
    session: DbSession,
    person: Keeper,
    street_id: int,
    form: Annotated[Submitted[HouseForm], submitted(HouseForm)],
) -> Response:
    """A house of the street."""
    street = queries.get_street(session, street_id)
    number = HouseNumber.parse(form.value.number) if form.value is not None else None
    if form.value is not None and number is None:
        form.refuse("number", _("This is not the number of a house: write 12, 12А, 12/2 or 12 корп. 2"))
    if number is not None:
        try:
            house = service.add_house(session, street, number, by=person)
        except service.Taken:
            form.refuse("number", _("The street has this house already"))
        else:
            return see_other(f"/appeals/addresses/houses/{house.id}", notice=_("Saved"))
    return _page(request, session, person, street, form, status=422)


def _new_street() -> Submitted[Any]:
    return blank(kind=StreetKind.STREET, name="", settlement="")


def _list(
    request: Request,
    session: Session,
    person: Person,
    form: Submitted[Any],
    *,
    q: str = "",
    after: str = "",
    status: int = 200,
) -> Response:
    organisation = staff.organisation(session, person.organisation_id)
    offers = finding.offers(session, organisation, q, at_most=queries.PAGE) if q else []
    found = queries.streets_of(session, [offer.street for offer in offers])
    of_offers = [found[street] for street in dict.fromkeys(offer.street for offer in offers)]
    rows = of_offers if q else queries.streets(session, after=_place(after))
    shown = rows[: queries.PAGE]
    ids = [street.id for street in shown]
    return render(
        request,
        "appeals/addresses/streets.html",
        status=status,
        form=form,
        q=q,
        houses_found=[offer for offer in offers if offer.house is not None],
        streets=[
            (street, writing.street(street, street.settlement, organisation.default_language)) for street in shown
        ],
        older=f"{shown[-1].name}~{shown[-1].id}" if len(rows) > len(shown) else None,
        former=_former(session, organisation, ids),
        houses=queries.houses_on(session, ids),
        count=queries.count(session),
        kinds=kinds.titles(audience().language),
        spoken=organisation.default_language,
        settlements=queries.settlements(session),
        twice=_twice(session, organisation) if has(person, "addresses.keep") else [],
    )


def _twice(session: Session, organisation: Organisation) -> list[list[tuple[Street, str, int]]]:
    """Streets that stand there more than once, each with its name and how many houses it has."""
    alike = jobs.doubles(session, organisation.id)
    ids = [street for each in alike for street in each]
    known, houses = queries.streets_of(session, ids), queries.houses_on(session, ids)
    language = organisation.default_language
    return [
        [
            (known[street], writing.street(known[street], known[street].settlement, language), houses.get(street, 0))
            for street in each
        ]
        for each in alike
    ]


def _former(session: Session, organisation: Organisation, streets: list[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    for name in queries.other_names(session, streets) if streets else ():
        names.setdefault(name.street_id, []).append(writing.former(name, organisation.default_language))
    return names


def _page(
    request: Request, session: Session, person: Person, street: Street, form: Submitted[Any], *, status: int = 200
) -> Response:
    organisation = staff.organisation(session, person.organisation_id)
    language = organisation.default_language
    now = {"kind": street.kind, "name": street.name, "deed": "rename", "on": "", "number": ""}
    other = {"other_kind": StreetKind.STREET, "other_name": "", "sort": "former", "until": ""}
    form.typed = now | other | form.typed
    return render(
        request,
        "appeals/addresses/street.html",
        status=status,
        form=form,
        street=street,
        title=writing.street(street, street.settlement, language),
        names=[(name, writing.former(name, language)) for name in queries.other_names(session, [street.id])],
        houses=[(house, house.written_number.written(language)) for house in queries.houses(session, street.id)],
        kinds=kinds.titles(audience().language),
        spoken=language,
    )


def _place(text: str) -> tuple[str, int] | None:
    """The key of the last row on the page before; None for the first page or nonsense."""
    name, _separator, row = text.rpartition("~")
    return (name.replace("\x00", ""), int(row)) if row.isascii() and row.isdecimal() and len(row) < 19 else None
