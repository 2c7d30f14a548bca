"""Call us from the browser: the public page, and the phone it borrows."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from acd import visitor_calls, visitors
from db import EVERY_ORGANISATION, NotFound, transaction
from staff.queries import organisations
from staff.tables import Organisation
from web.languages import gettext as _
from web.pages import render

router = APIRouter(prefix="/call")

Token = Annotated[str, Form(min_length=16, max_length=64)]


@router.get("")
def choose(request: Request) -> Response:
    """Whom to call."""
    with transaction(EVERY_ORGANISATION) as session:
        known = organisations(session)
        numbers = request.app.state.dialled_numbers(session)
    reachable = [organisation for organisation in known if numbers[organisation.id]]
    if len(reachable) == 1:
        return _phone(request, reachable[0], numbers[reachable[0].id])
    return render(request, "acd/call_choose.html", organisations=reachable, numbers=numbers)


@router.get("/{code}")
def phone(request: Request, code: str) -> Response:
    """The phone for one organisation."""
    organisation = _organisation(code)
    with transaction(EVERY_ORGANISATION) as session:
        numbers = request.app.state.dialled_numbers(session)
    return _phone(request, organisation, numbers[organisation.id])


@router.post("/{code}/number")
def number(code: str, typed: Annotated[str, Form(max_length=40)]) -> Response:
    """A number to be called back at, as it will be dialled; 422 with what is wrong."""
    organisation = _organisation(code)
    given = visitors.number_given(typed, organisation.country)
    if given is None:
        advice = _("This is not a number we can call back. Write it with its code, or leave it out.")
        return JSONResponse({"advice": advice}, 422)
    return JSONResponse({"number": given})


def _organisation(code: str) -> Organisation:
    with transaction(EVERY_ORGANISATION) as session:
        found = next((each for each in organisations(session) if each.code == code), None)
    if found is None:
        raise NotFound(code)
    return found


def _phone(request: Request, organisation: Organisation, numbers: list[str]) -> Response:
    return render(request, "acd/call.html", organisation=organisation, numbers=numbers)


@router.post("/phone")
def lend(request: Request) -> Response:
    """A phone for one call. 409 when all are lent, 429 when this address has its share."""
    address = request.client.host if request.client else ""
    try:
        with transaction(EVERY_ORGANISATION) as session:
            lease = visitors.lend(session, address)
    except visitors.TooManyFromOneAddress:
        return JSONResponse({"advice": _("Calls from your network are already running. End one of them first.")}, 429)
    except visitors.TooOftenFromOneAddress:
        return JSONResponse({"advice": _("Many calls came from your network just now. Try again in a minute.")}, 429)
    if lease is None:
        return JSONResponse({"advice": _("All lines for calls from the browser are busy.")}, 409)
    return JSONResponse(
        {
            "user": lease.phone,
            "secret": lease.secret,
            "token": lease.token,
            "socket": request.app.state.phone_socket,
            "name": "",
        }
    )


@router.post("/phone/seen")
def seen(token: Token) -> Response:
    """The page is still there."""
    with transaction(EVERY_ORGANISATION) as session:
        return JSONResponse({"yours": visitors.prolong(session, token)})


@router.post("/phone/call")
def call(token: Token, known: Annotated[UUID | None, Form()] = None) -> Response:
    """Where the page's own call stands, for as long as it has its phone; nothing of any other call."""
    return JSONResponse({"call": visitor_calls.of_page(token, known)})


@router.post("/phone/back")
def give_back(token: Token) -> Response:
    """The call is over."""
    with transaction(EVERY_ORGANISATION) as session:
        visitors.give_back(session, token)
    return Response(status_code=204)
