"""The administrator's page of their organisation: its name, time zone, country and languages."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from staff import organisation as service
from staff import queries
from staff.access import DbSession, may
from staff.tables import Person
from web import names
from web.forms import Submitted, blank, submitted
from web.languages import LANGUAGES, Code, locale
from web.languages import gettext as _
from web.names import NamesForm, names_of, refuse_unnamed
from web.pages import render, see_other

router = APIRouter(prefix="/organisation")

Manager = Annotated[Person, may("organisation.manage")]


class OrganisationForm(NamesForm):
    """Everything an administrator may change of the organisation."""

    time_zone: str = Field(max_length=64)
    country: str = Field(max_length=2)
    languages: set[Code] = Field(min_length=1)
    default_language: Code


@router.get("")
def page(request: Request, session: DbSession, person: Manager) -> Response:
    """The organisation as it is."""
    organisation = queries.organisation(session, person.organisation_id)
    form = blank(
        **names.typed(organisation.name),
        time_zone=organisation.time_zone,
        country=organisation.country,
        languages=organisation.languages,
        default_language=organisation.default_language,
    )
    return _page(request, session, person, form)


@router.post("")
def change(
    request: Request,
    session: DbSession,
    person: Manager,
    form: Annotated[Submitted[OrganisationForm], submitted(OrganisationForm)],
) -> Response:
    """From the next call and the next page on."""
    refuse_unnamed(form, [code for code in LANGUAGES if code in form.typed["languages"]])
    if form.value is not None:
        _take(request, session, person, form)
    if form.value is None:
        return _page(request, session, person, form, status=422)
    return see_other("/organisation", notice=_("Saved"))


def _take(request: Request, session: Session, person: Person, form: Submitted[OrganisationForm]) -> None:
    given = form.value
    assert given is not None, "checked"
    if given.time_zone not in service.time_zones():
        form.refuse("time_zone", _("Choose one of the values offered"))
    if given.country not in service.countries():
        form.refuse("country", _("Choose one of the values offered"))
    if given.default_language not in given.languages:
        form.refuse("default_language", _("Choose one of the languages offered"))
    if form.errors:
        return
    organisation = queries.organisation(session, person.organisation_id)
    try:
        service.change(
            session,
            organisation,
            names=names_of(given),
            time_zone=given.time_zone,
            country=given.country,
            languages=_in_order(organisation.languages, given.languages),
            default_language=given.default_language,
            needed=request.app.state.languages_needed(session),
            by=person,
        )
    except service.LanguageNeeded as refused:
        values = {"language": LANGUAGES[refused.language], "places": "; ".join(refused.places)}
        form.refuse("languages", _("%(language)s is still needed: %(places)s") % values)


def _in_order(before: list[str], chosen: set[Code]) -> list[str]:
    """Those there were in their order, then the new ones."""
    return [code for code in dict.fromkeys([*before, *LANGUAGES]) if code in chosen]


def _page(request: Request, session: Session, person: Person, form: Submitted[Any], *, status: int = 200) -> Response:
    organisation = queries.organisation(session, person.organisation_id)
    territories = locale().territories
    countries = {code: territories.get(code, code) for code in service.countries()}
    return render(
        request,
        "staff/organisation.html",
        status=status,
        form=form,
        organisation=organisation,
        zones={zone: zone.replace("_", " ") for zone in service.time_zones()},
        countries=dict(sorted(countries.items(), key=lambda country: country[1])),
    )
