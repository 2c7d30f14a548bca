"""Opening masked data over HTTP: what for, then the page of the appeal with them."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from appeals import queries
from appeals.rights import service
from appeals.rights.model import LONGEST_NOTE, Purpose, needs_words
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, submitted
from web.languages import gettext as _
from web.pages import see_other

router = APIRouter(prefix="/appeals")

Opener = Annotated[Person, may("data.open")]


class OpeningForm(BaseModel):
    """What the data are opened for."""

    purpose: Purpose
    purpose_note: str = Field("", max_length=LONGEST_NOTE)


@router.post("/{number}/open-data")
def open_data(
    session: DbSession, person: Opener, number: str, form: Annotated[Submitted[OpeningForm], submitted(OpeningForm)]
) -> Response:
    """Writes down who opens whose data and what for; without a purpose nothing opens."""
    appeal = queries.get(session, number)
    given = form.value
    if given is None or needs_words(given.purpose, given.purpose_note):
        return see_other(f"/appeals/{appeal.number}#who", notice=_("Nothing was opened: say what for"))
    service.open_data(session, appeal.number, given.purpose, given.purpose_note, by=person)
    return see_other(
        f"/appeals/{appeal.number}#who", notice=_("Open to you for a quarter of an hour, and written down")
    )
