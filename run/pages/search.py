"""The field in the top line: a telephone number, a name or an appeal's number, whatever one has at hand."""

import re
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from appeals.model import AppealNumber
from staff.access import may
from staff.tables import Person
from web.pages import see_other
from web.shell import viewer_of

router = APIRouter()

TELEPHONE = re.compile(r"^[+\d][\d\s()-]{2,}$")
LONGEST = 64  # characters that the journals look at


@router.get("/search")
def search(request: Request, person: Annotated[Person, may("calls.read_own")], q: str = "") -> Response:
    """Leads to the journal that knows such things: appeals by number or words, calls by telephone number."""
    asked = q.strip()[:LONGEST]
    viewer = viewer_of(request)
    reads_appeals = viewer is not None and viewer.may("appeals.read")
    is_appeal = "-" in asked and AppealNumber.parse(asked) is not None
    if asked and reads_appeals and (is_appeal or not TELEPHONE.match(asked)):
        return see_other("/appeals?" + urlencode({"q": asked}))
    return see_other("/calls?" + urlencode({"q": asked}) if asked else "/calls")
