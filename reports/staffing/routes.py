"""Staffing over HTTP: the forecast of a coming day and the operators it takes, as a chart and as a table."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

import acd.queries
from acd.desk import named
from reports.staffing.erlang import Target
from reports.staffing.model import DAY
from reports.staffing.service import Wish, plan
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import checked
from web.languages import audience
from web.pages import render

router = APIRouter(prefix="/reports")

Planner = Annotated[Person, may("reports.read")]


class Asked(BaseModel):
    """What the address asks for; nonsense is told beside the field, and the usual is shown."""

    day: str = ""
    queue: str = ""
    share: str = ""
    within: str = ""
    away: str = ""
    times: str = ""


class PlanForm(BaseModel):
    """The same, checked."""

    day: date | None = None
    queue: str = Field("", max_length=64)
    share: int = Field(80, ge=1, le=99)
    within: int = Field(20, ge=1, le=3600)
    away: int = Field(30, ge=0, le=80)
    times: float = Field(1.0, ge=0.1, le=20)


@router.get("/staffing")
def page(request: Request, session: DbSession, person: Planner, asked: Annotated[Asked, Query()]) -> Response:
    """A coming day; tomorrow unless another is asked for."""
    form = checked(PlanForm, asked.model_dump())
    queues = {each.asterisk_name: named(each.name) for each in acd.queries.open_queues(session)}
    now = datetime.now(UTC)
    tomorrow = now.astimezone(audience().zone).date() + DAY
    given = form.value or PlanForm.model_validate({})
    wish = Wish(
        day=given.day or tomorrow,
        queue=given.queue if given.queue in queues else "",
        target=Target(given.share / 100, timedelta(seconds=given.within)),
        away=given.away / 100,
        times=given.times,
    )
    organisation = staff.organisation(session, person.organisation_id)
    found = plan(session, organisation, wish, now=now)
    form.typed |= _shown(given, wish, form.typed)
    return render(
        request,
        "reports/staffing.html",
        status=200 if form.value is not None else 422,
        form=form,
        wish=wish,
        plan=found,
        queues=queues,
    )


def _shown(given: PlanForm, wish: Wish, typed: dict[str, Any]) -> dict[str, Any]:
    """What was typed, and what counts where nothing was."""
    usual = {name: str(getattr(given, name)) for name in ("share", "within", "away", "times")}
    return {name: typed.get(name) or text for name, text in (usual | {"day": f"{wish.day:%Y-%m-%d}"}).items()}
