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
    return render(request, "exchange/api.html", operations=described(), at=AT, site=request.app.state.site)
