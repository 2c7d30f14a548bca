"""The first page: for citizens the numbers and the ways to reach us, for people who work here their place."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from appeals.cabinet.queries import open_of
from db import EVERY_ORGANISATION, transaction
from run.pages.queries import dialled_numbers
from staff.access import recognise
from staff.queries import organisations
from web.pages import render, see_other
from web.shell import places_of

router = APIRouter()


@router.get("/")
def home(request: Request) -> Response:
    """Numbers and ways for citizens; whoever is signed in goes to the first place of their rail."""
    recognise(request)
    places = places_of(request)
    if places:
        return see_other(places[0].url)
    with transaction(EVERY_ORGANISATION) as session:
        return render(
            request,
            "home.html",
            organisations=organisations(session),
            numbers=dialled_numbers(session),
            written_to=open_of(session),
        )
