"""Teams, their leaders and people."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from acd.queues.model import OPERATORS_A_LEADER
from acd.queues.queries import agents
from acd.queues.teams import queries, service
from db import Conflict
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, row_id, submitted
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/queues/teams")

Reader = Annotated[Person, may("queues.read")]
Arranger = Annotated[Person, may("queues.arrange")]


class TeamForm(BaseModel):
    """A new team."""

    name: str = Field(min_length=2, max_length=80)


@router.get("")
def teams(request: Request, session: DbSession, person: Reader) -> Response:
    """Teams and their leaders; a team with too many on a shift is warned of."""
    return _teams(request, session, blank(name=""))


@router.post("")
def add_team(
    request: Request, session: DbSession, person: Arranger, form: Annotated[Submitted[TeamForm], submitted(TeamForm)]
) -> Response:
    """A further team."""
    if form.value is not None:
        try:
            service.add_team(session, form.value.name, by=person)
        except Conflict:
            form.refuse("name", _("There is one already"))
    if form.value is None:
        return _teams(request, session, form, status=422)
    return see_other("/queues/teams", notice=_("Saved"))


@router.post("/{team_id}")
def change_team(
    session: DbSession,
    person: Arranger,
    team_id: int,
    leader: Annotated[str, Form(max_length=20)] = "",
    people: Annotated[list[int] | None, Form()] = None,
) -> Response:
    """The leader and the people."""
    team = queries.team(session, team_id)
    service.change_team(session, team, leader=row_id(leader), people=people or [], by=person)
    return see_other("/queues/teams", notice=_("Saved"))


@router.post("/{team_id}/remove")
def remove_team(session: DbSession, person: Arranger, team_id: int) -> Response:
    """The team is no more."""
    service.remove_team(session, queries.team(session, team_id), by=person)
    return see_other("/queues/teams", notice=_("Removed"))


def _teams(request: Request, session: Session, form: Submitted[TeamForm], *, status: int = 200) -> Response:
    return render(
        request,
        "acd/queues/teams.html",
        status=status,
        form=form,
        teams=queries.teams(session),
        agents=agents(session),
        most=OPERATORS_A_LEADER,
    )
