"""Channels over HTTP: in use now, the peak of the day, who was refused; and how many there are."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from db import EVERY_ORGANISATION, transaction
from staff import queries as staff
from staff import service
from staff.access import DbSession, has, may
from staff.tables import Person
from supervisor.capacity import queries
from supervisor.capacity.model import WARN_AT
from web.forms import Submitted, blank, submitted
from web.languages import audience
from web.languages import gettext as _
from web.pages import is_part, render, see_other

router = APIRouter(prefix="/surge/capacity")

Reader = Annotated[Person, may("surge.read")]
Setter = Annotated[Person, may("capacity.set")]


class CapacityForm(BaseModel):
    """How many channels, and from which share of them to warn."""

    channels: int = Field(ge=1, le=10_000)
    warn_at: int = Field(ge=1, le=100)


@router.get("")
def capacity(request: Request, session: DbSession, person: Reader) -> Response:
    """The organisation's channels and those of each trunk."""
    organisation = staff.organisation(session, person.organisation_id)
    form = blank(channels=organisation.capacity, warn_at=organisation.warn_at)
    return _page(request, session, person, form)


@router.post("")
def set_capacity(
    request: Request,
    session: DbSession,
    person: Setter,
    form: Annotated[Submitted[CapacityForm], submitted(CapacityForm)],
) -> Response:
    """Another number of channels, from the next call on."""
    if form.value is None:
        return _page(request, session, person, form, status=422)
    organisation = staff.organisation(session, person.organisation_id)
    service.set_capacity(session, organisation, channels=form.value.channels, warn_at=form.value.warn_at, by=person)
    return see_other("/surge/capacity", notice=_("Saved"))


def _page(request: Request, session: Session, person: Person, form: Submitted[Any], *, status: int = 200) -> Response:
    now = datetime.now(UTC)
    midnight = now.astimezone(audience().zone).replace(hour=0, minute=0, second=0, microsecond=0)
    organisation = staff.organisation(session, person.organisation_id)
    with transaction(EVERY_ORGANISATION) as every:
        trunks = queries.of_trunks(every, request.app.state.trunk_channels, midnight=midnight, now=now)
    refused = queries.refusals(session, organisation.id, midnight)
    return render(
        request,
        "surge/_capacity.html" if is_part(request) else "surge/capacity.html",
        status=status,
        own=queries.of_organisation(session, organisation, midnight=midnight, now=now),
        trunks=trunks,
        refused=[refused.get(hour, 0) for hour in range((now - midnight).seconds // 3600 + 1)],
        refused_hours=[(midnight + timedelta(hours=hour), number) for hour, number in sorted(refused.items())],
        warn_at=WARN_AT,
        form=form,
        may_set=has(person, "capacity.set"),
    )
