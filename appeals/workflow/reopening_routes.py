"""The limit for reopening over HTTP: the rules of all times, and one more from a day on."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals.workflow import queries, reopening
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Day, Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter(prefix="/terms/reopening")

Reader = Annotated[Person, may("directories.read")]
Keeper = Annotated[Person, may("directories.edit")]


class RuleForm(BaseModel):
    """A limit from a day on; no days is no limit."""

    days: int | None = Field(None, ge=1, le=3650)
    basis: str = Field(min_length=3, max_length=500)
    verified: bool = False
    valid_from: Day


@router.get("")
def page(request: Request, session: DbSession, person: Reader) -> Response:
    """The rules, and the form of a new one."""
    return _page(
        request, session, person, blank(days="", basis="", verified="", valid_from=midnight().date().isoformat())
    )


@router.post("")
def set_rule(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[RuleForm], submitted(RuleForm)]
) -> Response:
    """For what is closed from a day on."""
    given = form.value
    if given is not None:
        try:
            reopening.set_rule(
                session, given.days, given.basis, verified=given.verified, valid_from=given.valid_from, by=person
            )
        except reopening.BeginsThen:
            form.refuse("valid_from", _("Another rule begins that day"))
        else:
            return see_other("/terms/reopening", notice=_("Saved"))
    return _page(request, session, person, form, status=422)


@router.post("/{rule_id}/verify")
def verify(session: DbSession, person: Keeper, rule_id: int) -> Response:
    """Somebody has compared it with what it rests on."""
    reopening.verify(session, queries.reopening_rule(session, rule_id), by=person)
    return see_other("/terms/reopening", notice=_("Saved"))


def _page(request: Request, session: Session, person: Person, form: Submitted[Any], *, status: int = 200) -> Response:
    rules = queries.reopenings(session, person.organisation_id)
    current = queries.reopening(session, person.organisation_id, midnight().date())
    return render(request, "appeals/workflow/reopening.html", status=status, rules=rules, current=current, form=form)
