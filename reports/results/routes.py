"""Calls by result over HTTP: the page, and the same as an Excel file."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from calls.words import RESULTS
from reports import book
from reports.appeals.forms import SPANS, Asked, chosen
from reports.appeals.routes import Reader
from reports.results import panel, sheet
from staff.access import DbSession
from staff.audit import audit
from web.pages import render

router = APIRouter(prefix="/reports")


@router.get("/results")
def page(request: Request, session: DbSession, person: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """How the answered calls of a period ended for who called."""
    wanted = chosen(asked)
    found = panel.page(session, person.organisation_id, wanted.period)
    return render(
        request, "reports/results.html", status=wanted.status, wanted=wanted, spans=SPANS, page=found, words=RESULTS
    )


@router.get("/results.xlsx")
def export(session: DbSession, person: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """The same as an Excel file; who took it along is written down."""
    period = chosen(asked).period
    found = panel.page(session, person.organisation_id, period)
    audit(session, person, "report.exported", "report:results", since=f"{period.first}", until=f"{period.last}")
    return book.answer(sheet.tables(found), f"results-{period.first}-{period.last}")
