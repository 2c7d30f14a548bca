"""The cards of calls over HTTP: an Excel file of those that the list of calls shows."""

import tempfile
from collections.abc import Iterator
from typing import Annotated, Final

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from calls import listing
from calls.listing import Filters, Key
from calls.routes import Asked, filters_of, names_of
from reports.cards import service, sheet
from reports.cards.shapes import Call
from staff.access import DbSession, may
from staff.audit import audit
from staff.tables import Person
from web.files import excel
from web.languages import audience

router = APIRouter(prefix="/reports")

Reader = Annotated[Person, may("reports.read")]
AT_ONCE: Final = 500  # calls read together
MOST: Final = 20_000  # calls of one file: some ten seconds


@router.get("/call-cards.xlsx")
def export(request: Request, session: DbSession, person: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """The full cards of the calls that these filters find; who took them along is written down."""
    sort = asked.sort if asked.sort.lstrip("-") in listing.ORDERS else listing.NEWEST_FIRST
    found = _Found(session, person.organisation_id, filters_of(asked, own=None), sort)
    with tempfile.TemporaryFile() as file:
        names, zone = names_of(request, session), audience().zone
        number = sheet.write(file, found.cards(), names=names, zone=zone, whole=lambda: not found.more)
        answer = excel(file, "call-cards")
    audit(session, person, "report.exported", "report:call-cards", rows=str(number))
    return answer


class _Found:
    """The calls of a file, some hundred at a time; `more` says whether some were left out."""

    def __init__(self, session: Session, organisation: int, filters: Filters, sort: str) -> None:
        self._session, self._organisation, self._filters, self._sort = session, organisation, filters, sort
        self.more = False

    def cards(self) -> Iterator[Call]:
        """One card after the other."""
        after: Key | None = None
        for _place in range(MOST // AT_ONCE):
            page = listing.page(
                self._session, self._organisation, self._filters, sort=self._sort, after=after, rows=AT_ONCE
            )
            yield from service.cards(self._session, page.rows, personal=True)
            after = page.after
            if after is None:
                return
        self.more = True
