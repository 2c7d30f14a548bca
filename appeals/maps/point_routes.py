"""The point of an appeal over HTTP: moved by those who register appeals, and by the executor who stands there."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.responses import Response

import appeals.queries
import appeals.workflow.queries
from appeals.addresses import queries as addresses
from appeals.maps import service
from appeals.maps.model import Point
from appeals.tables import Appeal
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, submitted
from web.languages import gettext as _
from web.pages import see_other
from web.periods import midnight

router = APIRouter()

Writer = Annotated[Person, may("appeals.register")]
Executor = Annotated[Person, may("assignments.work")]


class PointForm(BaseModel):
    """Which address, and where it is now."""

    position: int = Field(0, ge=0, lt=20)
    latitude: str = Field("", max_length=40)
    longitude: str = Field("", max_length=40)
    deed: Literal["move", "back"] = "move"


Sent = Annotated[Submitted[PointForm], submitted(PointForm)]


@router.post("/appeals/{number}/point")
def move(session: DbSession, person: Writer, number: str, form: Sent) -> Response:
    """The point as somebody has put it, or back at the house."""
    return _moved(session, appeals.queries.get(session, number), form, f"/appeals/{number}", by=person)


@router.post("/assignments/{assignment_id}/point")
def move_there(session: DbSession, person: Executor, assignment_id: int, form: Sent) -> Response:
    """The same by the executor, on the spot."""
    today = midnight().date()
    appeal = appeals.workflow.queries.own(session, assignment_id, person.id, today).appeal
    return _moved(session, appeal, form, f"/assignments/{assignment_id}", by=person)


def _moved(session: Session, appeal: Appeal, form: Submitted[PointForm], page: str, *, by: Person) -> Response:
    sent = form.value
    point = Point.read(sent.latitude, sent.longitude) if sent is not None else None
    known = {0} | {each.position for each in addresses.addresses_of(session, appeal.id)}
    if sent is None or sent.position not in known or (sent.deed == "move" and point is None):
        return see_other(page, notice=_("This is no place on the map: nothing was changed"))
    if sent.deed == "back":
        service.put_back(session, appeal, sent.position, by=by)
        return see_other(f"{page}#map", notice=_("The point is at the house again"))
    if point is not None:
        service.place(session, appeal, sent.position, point, by=by)
    return see_other(f"{page}#map", notice=_("The place is saved"))
