"""Availability over HTTP: a month's page, and the same as an Excel file."""

import tempfile
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from reports.availability import queries, service, sheet
from reports.availability.model import month_of, next_month
from staff import queries as staff
from staff.access import DbSession, may
from staff.audit import audit
from staff.tables import Person
from web.files import excel
from web.languages import audience
from web.pages import render

router = APIRouter(prefix="/reports")

Reader = Annotated[Person, may("reports.read")]
Month = Annotated[str, Query(max_length=10)]


@router.get("/availability")
def page(request: Request, session: DbSession, person: Reader, month: Month = "") -> Response:
    """A month's figures and outages."""
    now = datetime.now(UTC)
    today = now.astimezone(audience().zone).date()
    first = month_of(month, today)
    organisation = staff.organisation(session, person.organisation_id)
    found = service.of_month(session, organisation, first, now)
    following = next_month(first)
    return render(
        request,
        "reports/availability.html",
        month=first,
        found=found,
        outages=[outage for each in found for outage in each.outages],
        before=f"{first - timedelta(days=1):%Y-%m}",
        after=f"{following:%Y-%m}" if following <= today else "",
        begun=queries.first_look(session),
        part_words=request.app.state.part_words,
    )


@router.get("/availability.xlsx")
def export(request: Request, session: DbSession, person: Reader, month: Month = "") -> Response:
    """The same as an Excel file; who took it along is written down."""
    now = datetime.now(UTC)
    first = month_of(month, now.astimezone(audience().zone).date())
    found = service.of_month(session, staff.organisation(session, person.organisation_id), first, now)
    with tempfile.TemporaryFile() as file:
        sheet.write(file, found, names=request.app.state.part_words, zone=audience().zone)
        answer = excel(file, f"availability-{first:%Y-%m}")
    audit(session, person, "report.exported", "report:availability", month=f"{first:%Y-%m}")
    return answer
