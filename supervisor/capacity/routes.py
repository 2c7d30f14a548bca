"""Channels over HTTP: in use now, the peak of the day, who was refused; and how many there are."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from db import EVERY_ORGANISATION, transaction
from staff import queries as staff
from staff.access import may
from staff.capacity import change_capacity
from staff.rights import has
from staff.tables import Person
from supervisor.capacity import queries
from supervisor.capacity.model import WARN_AT, hours_begun
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import is_part, render, see_other
from web.periods import midnight

router = APIRouter(prefix="/surge/capacity")

Reader = Annotated[Person, may("surge.read")]
Setter = Annotated[Person, may("capacity.set")]


class CapacityForm(BaseModel):
    """How many channels, and from which share of them to warn."""

    channels: int = Field(ge=1, le=10_000)
    warn_at: int = Field(ge=1, le=100)


@router.get("")
def capacity(request: Request, person: Reader) -> Response:
    """The organisation's channels and those of each trunk."""
    return _page(request, person)


@router.post("")
def set_capacity(
    request: Request,
    person: Setter,
    form: Annotated[Submitted[CapacityForm], submitted(CapacityForm)],
) -> Response:
    """Another number of channels, from the next call on."""
    if form.value is None:
        return _page(request, person, form)
    given = form.value
    with transaction(person.organisation_id) as session:
        organisation = staff.organisation(session, person.organisation_id)
        change_capacity(session, organisation, channels=given.channels, warn_at=given.warn_at, by=person)
    return see_other("/surge/capacity", notice=_("Saved"))


def _page(request: Request, person: Person, refused_form: Submitted[Any] | None = None) -> Response:
    today, now = midnight(), datetime.now(UTC)
    with transaction(EVERY_ORGANISATION) as session:  # a trunk carries the calls of all
        organisation = staff.organisation(session, person.organisation_id)
        own = queries.of_organisation(session, organisation, since=today, now=now)
        trunks = queries.of_trunks(session, request.app.state.trunk_channels, since=today, now=now)
        refused = queries.refusals(session, organisation.id, today)
    return render(
        request,
        "surge/_capacity.html" if is_part(request) else "surge/capacity.html",
        status=422 if refused_form else 200,
        own=own,
        trunks=trunks,
        refused=[refused.get(hour, 0) for hour in range(hours_begun(today, now))],
        refused_hours=[(today + timedelta(hours=hour), number) for hour, number in sorted(refused.items())],
        warn_at=WARN_AT,
        form=refused_form or blank(channels=organisation.capacity, warn_at=organisation.warn_at),
        may_set=has(person, "capacity.set"),
    )
