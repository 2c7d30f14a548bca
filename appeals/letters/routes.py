"""The letters to an author over HTTP: one that did not arrive is sent once more."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from appeals import queries
from appeals.letters import service
from db import NotFound
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import row_id
from web.languages import gettext as _
from web.pages import see_other

router = APIRouter(prefix="/appeals")

Actor = Annotated[Person, may("appeals.act")]


@router.post("/{number}/letters/again")
def send_again(
    session: DbSession, person: Actor, number: str, letter: Annotated[str, Form(max_length=20)] = ""
) -> Response:
    """To the contact that the author has now; the page says whether it arrives."""
    appeal = queries.get(session, number)
    try:
        service.send_again(session, appeal, row_id(letter) or 0, by=person)
    except service.NoWay:
        told = _("The author has left no contact that we have a channel for: correct it on the applicant's page")
    except (service.NotLost, NotFound):
        told = _("This letter is not one that can be sent again")
    else:
        told = _("The letter is sent once more; whether it arrives stands here")
    return see_other(f"/appeals/{appeal.number}#letters", notice=told)
