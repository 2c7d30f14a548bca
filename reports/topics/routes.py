"""Appeals by topics over HTTP: the page, and the same as an Excel file."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from reports import book
from reports.appeals.forms import SPANS, Asked, chosen
from reports.appeals.routes import Reader, asker_of
from reports.topics import panel, sheet
from staff.access import DbSession
from staff.audit import audit
from web.pages import render

router = APIRouter(prefix="/reports")


@router.get("/topics")
def page(request: Request, session: DbSession, person: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """What the appeals of a period are about."""
    wanted = chosen(asked)
    found = panel.page(session, asker_of(person), wanted.period)
    return render(request, "reports/topics.html", status=wanted.status, wanted=wanted, spans=SPANS, page=found)


@router.get("/topics.xlsx")
def export(session: DbSession, person: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """The same as an Excel file; who took it along is written down."""
    period = chosen(asked).period
    found = panel.page(session, asker_of(person), period)
    audit(session, person, "report.exported", "report:topics", since=f"{period.first}", until=f"{period.last}")
    return book.answer(sheet.tables(found), f"topics-{period.first}-{period.last}")
