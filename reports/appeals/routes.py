"""The figures of appeals over HTTP: the page, and the same as an Excel file."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from appeals.journal.conditions import Asker
from reports import book
from reports.appeals import panel, sheet
from reports.appeals.forms import SPANS, Asked, chosen
from staff.access import DbSession, may
from staff.audit import audit
from staff.rights import has
from staff.tables import Person
from web.pages import render, see_other

router = APIRouter(prefix="/reports")

Reader = Annotated[Person, may("reports.read")]


@router.get("")
def first(person: Reader) -> Response:
    """The first of the reports."""
    return see_other("/reports/appeals")


@router.get("/appeals")
def page(request: Request, session: DbSession, person: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """A period's figures, each with the list it opens."""
    wanted = chosen(asked)
    return render(
        request,
        "reports/appeals.html",
        status=wanted.status,
        wanted=wanted,
        spans=SPANS,
        page=panel.page(session, asker_of(person), wanted.period),
        most=panel.MOST,
    )


@router.get("/appeals.xlsx")
def export(session: DbSession, person: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """The same as an Excel file; who took it along is written down."""
    period = chosen(asked).period
    found = panel.page(session, asker_of(person), period)
    audit(session, person, "report.exported", "report:appeals", since=f"{period.first}", until=f"{period.last}")
    return book.answer(sheet.tables(found), f"appeals-{period.first}-{period.last}")


def asker_of(person: Person) -> Asker:
    """For whom it is counted: what they find in the journal."""
    return Asker.of(person, personal=has(person, "data.personal"))
