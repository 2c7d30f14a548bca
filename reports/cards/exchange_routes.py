"""Calls for programs: the cards of a period, and one."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.requests import Request

from calls import listing, queries
from calls.listing import Filters, Key
from calls.tables import CallRow
from reports.cards import service
from reports.cards.shapes import Call, Calls
from staff.audit import audit
from staff.keys.access import Caller, KeySession, by_key
from web import periods

router = APIRouter(prefix="/calls", tags=["calls"])

Reader = Annotated[Caller, by_key("calls.read")]
Day = Annotated[date | None, Query(description="a day by the organisation's clocks; both ends belong to the period")]
MOST_ROWS: Final = 100
OLDEST_FIRST: Final = "arrived"


@router.get("")
def calls(
    request: Request,
    session: KeySession,
    caller: Reader,
    *,
    since: Day = None,
    until: Day = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 50,
    after: Annotated[str, Query(max_length=200, description="as `next` has it")] = "",
) -> Calls:
    """The cards of the calls of a period, the oldest first. Whose numbers were shown is written down."""
    filters = Filters(
        since=periods.beginning(since.isoformat()) if since else None,
        until=periods.end(until.isoformat()) if until else None,
    )
    key = Key.read(after, OLDEST_FIRST) if after else None
    page = listing.page(session, caller.organisation.id, filters, sort=OLDEST_FIRST, after=key, rows=limit)
    kept = {name: value for name, value in request.query_params.items() if name != "after"}
    following = f"{request.url.path}?{urlencode(kept | {'after': str(page.after)})}" if page.after else None
    return Calls(items=_told(session, page.rows, caller), next=following)


@router.get("/{call}")
def call(session: KeySession, caller: Reader, call: UUID) -> Call:
    """One call with everything that is known of it; the reading is written down."""
    [card] = _told(session, [queries.get(session, call)], caller)
    return card


def _told(session: Session, rows: Sequence[CallRow], caller: Caller) -> list[Call]:
    personal = caller.may("data.personal")
    if personal and rows:
        shown = ", ".join(str(row.id) for row in rows)
        audit(session, caller.person, "calls.opened", "calls:cards", count=str(len(rows)), shown=shown)
    return service.cards(session, rows, personal=personal)
