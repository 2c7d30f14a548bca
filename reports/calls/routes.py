"""Calls of a month over HTTP: the page, and the same as an Excel file."""

import tempfile
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from calls.words import FATES
from reports.availability.model import month_of, next_month
from reports.calls import queries, sheet
from reports.calls.model import AGAIN_WITHIN, MISSED, MOST_DAYS, Received, days_of, together
from staff.access import DbSession, may
from staff.audit import audit
from staff.tables import Person
from web.files import excel
from web.forms import checked
from web.languages import audience
from web.pages import render

router = APIRouter(prefix="/reports")

Reader = Annotated[Person, may("reports.read")]
Month = Annotated[str, Query(max_length=10)]


class Asked(BaseModel):
    """What the page's address asks for."""

    month: str = Field("", max_length=10)
    within: str = Field("", max_length=10)


class WithinForm(BaseModel):
    """The days within which a call is repeated."""

    within: int = Field(AGAIN_WITHIN, ge=1, le=MOST_DAYS)


@router.get("/calls")
def page(request: Request, session: DbSession, person: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """A month's calls; `within` is how many days make a call a repeated one, and nonsense is told beside the field."""
    form = checked(WithinForm, {"within": asked.within})
    days = form.value.within if form.value is not None else AGAIN_WITHIN
    form.typed |= {"within": asked.within or str(days)}
    today = datetime.now(audience().zone).date()
    first = month_of(asked.month, today)
    following = next_month(first)
    since, until = _times(first)
    found = _received(session, first)
    return render(
        request,
        "reports/calls.html",
        status=200 if form.value is not None else 422,
        form=form,
        month=first,
        found=found,
        days=[(day, found.get(day, Received())) for day in days_of(first, min(today, following - timedelta(days=1)))],
        all=together(found.values()),
        made=queries.made(session, since, until),
        repeated=queries.repeated(session, since, until, within=timedelta(days=days)),
        most_days=MOST_DAYS,
        missed=MISSED,
        words=FATES,
        before=f"{first - timedelta(days=1):%Y-%m}",
        after=f"{following:%Y-%m}" if following <= today else "",
    )


@router.get("/calls.xlsx")
def export(session: DbSession, person: Reader, month: Month = "") -> Response:
    """The days as an Excel file; who took it along is written down."""
    first = month_of(month, datetime.now(audience().zone).date())
    with tempfile.TemporaryFile() as file:
        sheet.write(file, _received(session, first))
        answer = excel(file, f"calls-{first:%Y-%m}")
    audit(session, person, "report.exported", "report:calls", month=f"{first:%Y-%m}")
    return answer


def _received(session: Session, first: date) -> dict[date, Received]:
    return queries.received(session, audience().zone, *_times(first))


def _times(first: date) -> tuple[datetime, datetime]:
    """The month's first moment and the one after its last, by the organisation's clocks."""
    begins, ends = (datetime.combine(day, time(), audience().zone) for day in (first, next_month(first)))
    return begins.astimezone(UTC), ends.astimezone(UTC)
