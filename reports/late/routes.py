"""What missed its term over HTTP: the page, and the same as an Excel file. Comments on measures are for colleagues."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

import appeals.words
from appeals.journal.directories import Directories
from reports import book
from reports.appeals.forms import SPANS, Asked, chosen
from reports.appeals.routes import asker_of
from reports.late import panel, sheet
from staff.access import DbSession, may
from staff.audit import audit
from staff.tables import Person
from web.pages import render

router = APIRouter(prefix="/reports")

Watcher = Annotated[Person, may("terms.watch")]


class AskedOfCause(Asked):
    """The period, and a cause."""

    cause: str = Field("", max_length=200)


@router.get("/late")
def page(request: Request, session: DbSession, person: Watcher, asked: Annotated[AskedOfCause, Query()]) -> Response:
    """What missed its term in a period, and why."""
    wanted = chosen(asked)
    found = panel.page(session, asker_of(person), wanted.period, asked.cause)
    return render(
        request,
        "reports/late.html",
        status=wanted.status,
        wanted=wanted,
        spans=SPANS,
        page=found,
        cause=panel.chosen_of(found.causes, asked.cause),
        known=Directories(session, person.organisation_id),
        appeal_words=appeals.words,
    )


@router.get("/late.xlsx")
def export(session: DbSession, person: Watcher, asked: Annotated[AskedOfCause, Query()]) -> Response:
    """The same as an Excel file; who took it along is written down."""
    period, asker = chosen(asked).period, asker_of(person)
    causes, found = panel.every(session, asker, period, asked.cause)
    lines = panel.lines(session, found, asker.now)
    tables = sheet.tables(lines, causes, Directories(session, person.organisation_id), whole=len(found) < panel.TAKEN)
    days = {"since": f"{period.first}", "until": f"{period.last}"}
    audit(session, person, "report.exported", "report:late", rows=str(len(found)), **days)
    return book.answer(tables, f"late-{period.first}-{period.last}")
