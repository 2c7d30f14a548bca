"""Appeals by channel over HTTP: the page, and the same as an Excel file."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from reports import book
from reports.appeals.forms import SPANS, Asked, chosen
from reports.appeals.routes import Reader, asker_of
from reports.sources import panel, sheet
from staff.access import DbSession
from staff.audit import audit
from web.pages import render

router = APIRouter(prefix="/reports")


@router.get("/sources")
def page(request: Request, session: DbSession, person: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """How the appeals of a period came, and how those of each channel fared."""
    wanted = chosen(asked)
    found = panel.page(session, asker_of(person), wanted.period)
    return render(request, "reports/sources.html", status=wanted.status, wanted=wanted, spans=SPANS, page=found)


@router.get("/sources.xlsx")
def export(session: DbSession, person: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """The same as an Excel file; who took it along is written down."""
    period = chosen(asked).period
    found = panel.page(session, asker_of(person), period)
    audit(session, person, "report.exported", "report:sources", since=f"{period.first}", until=f"{period.last}")
    return book.answer(sheet.tables(found), f"channels-{period.first}-{period.last}")
