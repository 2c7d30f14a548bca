"""Legal holds over HTTP: what must not be deleted, and why."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from calls import queries as calls
from recordings.keeping import queries, service
from recordings.keeping.tables import LegalHold
from staff import queries as people
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter(prefix="/recordings/keeping/holds")

Reader = Annotated[Person, may("recordings.keeping")]
Holder = Annotated[Person, may("recordings.hold")]


class HoldForm(BaseModel):
    """What must not be deleted, and why."""

    call: UUID
    scope: str = Field("call", pattern="^(call|number)$")
    why: str = Field(min_length=3, max_length=500)
    until: date | None = None


class ReleaseForm(BaseModel):
    """Why a hold is released."""

    why: str = Field(min_length=3, max_length=500)


@router.get("")
def holds(request: Request, session: DbSession, person: Reader, call: UUID | None = None) -> Response:
    """What may not be deleted; with a call, the form for it."""
    if call is not None:
        calls.get(session, call)
    return _holds_page(request, session, _nothing_typed(call))


@router.post("")
def place_hold(
    request: Request, session: DbSession, person: Holder, form: Annotated[Submitted[HoldForm], submitted(HoldForm)]
) -> Response:
    """Puts a call's recordings, or all of its caller's, under a hold."""
    if form.value is not None:
        given, call = form.value, calls.get(session, form.value.call)
        if given.scope == "number" and not call.caller:
            form.refuse("scope", _("This caller withheld the number"))
        elif given.until is not None and given.until < midnight().date():
            form.refuse("until", _("That day is over"))
        else:
            whole = given.scope == "number"
            service.place_hold(session, call, whole_number=whole, why=given.why, until=given.until, by=person)
    if form.value is None:
        return _holds_page(request, session, form, status=422)
    return see_other("/recordings/keeping/holds", notice=_("Nothing of it is deleted from now on"))


@router.post("/{hold_id}/release")
def release_hold(
    request: Request,
    session: DbSession,
    person: Holder,
    hold_id: int,
    form: Annotated[Submitted[ReleaseForm], submitted(ReleaseForm)],
) -> Response:
    """The hold no longer counts."""
    hold = queries.hold(session, hold_id)
    if form.value is None:
        return _holds_page(request, session, _nothing_typed(), releasing=(hold, form), status=422)
    service.release_hold(session, hold, why=form.value.why, by=person)
    return see_other("/recordings/keeping/holds", notice=_("The hold is released"))


def _nothing_typed(call: UUID | None = None) -> Submitted[Any]:
    return blank(call=call or "", scope="call", why="", until="")


def _holds_page(
    request: Request,
    session: Session,
    form: Submitted[Any],
    *,
    releasing: tuple[LegalHold, Submitted[ReleaseForm]] | None = None,
    status: int = 200,
) -> Response:
    """The holds and the form for a new one; `releasing` is the hold whose release was refused, and what was typed."""
    known = queries.holds(session)
    who = {hold.placed_by for hold in known} | {hold.released_by for hold in known if hold.released_by}
    hold, release_form = releasing or (None, blank(why=""))
    return render(
        request,
        "recordings/holds.html",
        status=status,
        holds=known,
        today=midnight().date(),
        names=people.names(session, who),
        form=form,
        releasing=None if hold is None else hold.id,
        release_form=release_form,
    )
