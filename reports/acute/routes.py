"""The most acute problems over HTTP: the page, and the same as an Excel file."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from reports import book
from reports.acute import panel, sheet
from reports.appeals.forms import SPANS, Asked, chosen
from reports.appeals.routes import Reader, asker_of
from staff.access import DbSession
from staff.audit import audit
from staff.queries import organisation as organisation_of
from web.pages import render

router = APIRouter(prefix="/reports")


@router.get("/acute")
def page(request: Request, session: DbSession, person: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """What most appeals of a period are about, beside the period before."""
    wanted = chosen(asked)
    asker = asker_of(person)
    return render(
        request,
        "reports/acute.html",
        status=wanted.status,
        wanted=wanted,
        spans=SPANS,
        rankings=panel.rankings(session, asker, wanted.period),
        lists=panel.LISTS,
        shown=panel.SHOWN,
        personal=asker.personal,
        places=panel.PERSONAL,
        spoken=organisation_of(session, person.organisation_id).default_language,
    )


@router.get("/acute.xlsx")
def export(session: DbSession, person: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """The same as an Excel file, with longer lists; who took it along is written down."""
    period = chosen(asked).period
    found = panel.rankings(session, asker_of(person), period, at_most=panel.TAKEN)
    audit(session, person, "report.exported", "report:acute", since=f"{period.first}", until=f"{period.last}")
    return book.answer(sheet.tables(found), f"acute-{period.first}-{period.last}")
