"""Pages of housing enterprises: all of them, and one with the houses it looks after."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals.addresses import queries, service, writing
from appeals.addresses.tables import Enterprise
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted, telephone
from web.languages import gettext as _
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter(prefix="/appeals/addresses/enterprises")

Reader = Annotated[Person, may("addresses.read")]
Keeper = Annotated[Person, may("addresses.keep")]


class EnterpriseForm(BaseModel):
    """What is said of an enterprise."""

    name: str = Field(min_length=2, max_length=200)
    phone: str = Field("", max_length=40)


class NewEnterpriseForm(EnterpriseForm):
    """The same, and the code, which never changes."""

    code: str = Field(min_length=1, max_length=40)


@router.get("")
def enterprises(request: Request, session: DbSession, person: Reader) -> Response:
    """All enterprises with how many houses each looks after today."""
    return _list(request, session, blank(code="", name="", phone=""))


@router.post("")
def add(
    request: Request,
    session: DbSession,
    person: Keeper,
    form: Annotated[Submitted[NewEnterpriseForm], submitted(NewEnterpriseForm)],
) -> Response:
    """An enterprise that is not there yet."""
    phone = _phone(form)
    if form.value is not None:
        given = form.value
        try:
            made = service.add_enterprise(
                session, person.organisation_id, code=given.code, name=given.name, phone=phone, by=person
            )
        except service.Taken:
            form.refuse("code", _("Another one has this code"))
        else:
            return see_other(f"/appeals/addresses/enterprises/{made.id}", notice=_("Saved"))
    return _list(request, session, form, status=422)


@router.get("/{enterprise_id}")
def page(request: Request, session: DbSession, person: Reader, enterprise_id: int) -> Response:
    """One enterprise and its houses of today."""
    enterprise = queries.get_enterprise(session, enterprise_id)
    return _page(request, session, person, enterprise, blank(name=enterprise.name, phone=enterprise.phone))


@router.post("/{enterprise_id}")
def change(
    request: Request,
    session: DbSession,
    person: Keeper,
    enterprise_id: int,
    form: Annotated[Submitted[EnterpriseForm], submitted(EnterpriseForm)],
) -> Response:
    """Another name, another telephone."""
    enterprise = queries.get_enterprise(session, enterprise_id)
    phone = _phone(form)
    if form.value is None:
        return _page(request, session, person, enterprise, form, status=422)
    service.change_enterprise(session, enterprise, name=form.value.name, phone=phone, by=person)
    return see_other(f"/appeals/addresses/enterprises/{enterprise.id}", notice=_("Saved"))


def _phone(form: Submitted[Any]) -> str:
    """The phone as E.164, "" when there is none; refused when it is no number."""
    phone = telephone(str(form.typed["phone"]))
    if phone is None:
        form.refuse("phone", _("This is not a telephone number"))
    return phone or ""


def _list(request: Request, session: Session, form: Submitted[Any], *, status: int = 200) -> Response:
    rows = queries.enterprises(session, midnight().date())
    return render(request, "appeals/addresses/enterprises.html", status=status, form=form, enterprises=rows)


def _page(
    request: Request,
    session: Session,
    person: Person,
    enterprise: Enterprise,
    form: Submitted[Any],
    *,
    status: int = 200,
) -> Response:
    language = staff.organisation(session, person.organisation_id).default_language
    houses = queries.houses_of_enterprise(session, enterprise.id, midnight().date())
    return render(
        request,
        "appeals/addresses/enterprise.html",
        status=status,
        form=form,
        enterprise=enterprise,
        spoken=language,
        houses=[(house, writing.house(house, language)) for house in houses],
    )
