"""The page that tells people who connect a system what may be asked: drawn from the very description programs read."""

from typing import Annotated

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from appeals.exchange.application import AT, described
from staff.access import may
from staff.tables import Person
from web.pages import render

router = APIRouter(prefix="/exchange")

Administrator = Annotated[Person, may("exchange.manage")]


@router.get("/api")
def calls(request: Request, administrator: Administrator) -> Response:
    """Every call with what it is for."""
    state = request.app.state
    return render(request, "exchange/api.html", operations=described(state.exchange), at=AT, site=state.site)
