"""Addresses over HTTP: what is offered while one is typed."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, Response

from appeals.addresses import finding
from appeals.addresses.finding import Offer
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web.languages import gettext as _

router = APIRouter(prefix="/appeals/addresses")

Finder = Annotated[Person, may("addresses.find")]


@router.get("/suggest")
def suggest(session: DbSession, person: Finder, q: Annotated[str, Query(max_length=1000)] = "") -> Response:
    """Streets and houses for what was typed: the text for the field, and why it is offered."""
    organisation = staff.organisation(session, person.organisation_id)
    found = finding.offers(session, organisation, q) if q.strip() else []
    offers = [{"text": each.text, "house": each.house, "street": each.street, "note": note(each)} for each in found]
    return JSONResponse({"offers": offers}, headers={"Cache-Control": "no-store"})


def note(offer: Offer) -> str:
    """Why it is offered: a former name, another one, the district."""
    former = _("formerly %(name)s") % {"name": offer.formerly} if offer.formerly else ""
    return " · ".join(part for part in (former, offer.also, offer.where) if part)
