"""Who wants no SMS, over HTTP: the list, one more on a citizen's word, taken back."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from notify import opt_outs, queries
from notify.model import ChannelKind, RefusedBy, is_recipient
from staff import queries as staff_queries
from staff.access import DbSession, may
from staff.audit import audit
from staff.channels import words
from staff.tables import Person
from web.forms import Submitted, blank, row_id, submitted, telephone
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/opt-outs")

Keeper = Annotated[Person, may("sms.opt_out")]


class Asked(BaseModel):
    """What the address asks for; nonsense narrows nothing."""

    q: str = Field("", max_length=40)
    after: str = ""


class OptOutForm(BaseModel):
    """A telephone number."""

    phone: str = Field(max_length=40)


@router.get("")
def page(request: Request, session: DbSession, person: Keeper, asked: Annotated[Asked, Query()]) -> Response:
    """Who wants none, the newest first."""
    return _page(request, session, asked, blank(phone=""))


@router.post("")
def add(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[OptOutForm], submitted(OptOutForm)]
) -> Response:
    """Somebody asked for it by telephone or at the desk."""
    phone = telephone(str(form.typed["phone"])) if form.value is not None else ""
    if form.value is not None and not (phone and is_recipient(ChannelKind.SMS_HTTP, phone)):
        form.refuse("phone", _("This is not a telephone number"))
    if form.value is None or not phone:
        return _page(request, session, Asked(), form, status=422)
    made = opt_outs.opt_out(session, person.organisation_id, phone, way=RefusedBy.STAFF, person=person.id)
    if made is None:
        return see_other("/opt-outs", notice=_("This number gets no SMS already"))
    audit(session, person, "opt_out.set", f"opt_out:{made.id}")
    return see_other("/opt-outs", notice=_("No SMS go to this number any more"))


@router.post("/{opt_out_id}/take-back")
def take_back(session: DbSession, person: Keeper, opt_out_id: int) -> Response:
    """The number gets SMS again."""
    row = queries.opt_out(session, opt_out_id)
    undone = opt_outs.take_back(session, row.organisation_id, row.phone, way=RefusedBy.STAFF, person=person.id)
    if undone is None:
        return see_other("/opt-outs", notice=_("This number gets SMS already"))
    audit(session, person, "opt_out.undone", f"opt_out:{undone.id}")
    return see_other("/opt-outs", notice=_("SMS go to this number again"))


def _page(request: Request, session: Session, asked: Asked, form: Submitted[Any], *, status: int = 200) -> Response:
    rows = queries.opt_outs(session, digits=re.sub(r"\D", "", asked.q), before=row_id(asked.after))
    shown = rows[: queries.PAGE]
    people = {each for row in shown for each in (row.person_id, row.undone_by) if each is not None}
    return render(
        request,
        "notify/opt_outs.html",
        status=status,
        rows=shown,
        after=shown[-1].id if len(rows) > queries.PAGE else None,
        asked=asked,
        form=form,
        names=staff_queries.names(session, people),
        words=words,
    )
