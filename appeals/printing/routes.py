"""The printed card over HTTP: as a page to look at and print, and as PDF."""

from typing import Annotated

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from appeals.printing import service
from appeals.printing.model import Paper
from appeals.printing.pdf import pdf_of
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web.pages import render

router = APIRouter(prefix="/appeals")

Reader = Annotated[Person, may("appeals.read")]


@router.get("/{number}/card")
def page(request: Request, session: DbSession, person: Reader, number: str, paper: str = "") -> Response:
    """Both sides as they will be printed, with ways to the PDF."""
    card = service.print_card(session, number, _paper(paper), by=person)
    return render(request, "appeals/printing/card.html", card=card, papers=list(Paper))


@router.get("/{number}/card.pdf")
def pdf(session: DbSession, person: Reader, number: str, paper: str = "") -> Response:
    """The same as PDF."""
    card = service.print_card(session, number, _paper(paper), by=person)
    with service.in_its_language(staff.organisation(session, person.organisation_id)):
        made = pdf_of("appeals/printing/document.html", card=card)
    name = f"card-{card.number}-{card.paper}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(made, media_type="application/pdf", headers=headers)


def _paper(written: str) -> Paper:
    """The sheet an address asks for; A5, the statutory one, for nonsense."""
    return Paper(written) if written in set(Paper) else Paper.A5
