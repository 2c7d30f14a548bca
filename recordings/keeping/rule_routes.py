"""Rules of retention over HTTP: how long recordings are kept, from which day on."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from calls import directory
from calls import words as call_words
from db.validity import in_force
from recordings.keeping import queries, service
from recordings.keeping.model import order
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter(prefix="/recordings/keeping/rules")

Reader = Annotated[Person, may("recordings.keeping")]
Ruler = Annotated[Person, may("recordings.rules")]


class RuleForm(BaseModel):
    """How long such recordings are kept."""

    topic: str = Field("", max_length=64)
    fate: str = Field("", max_length=32)
    days: int = Field(ge=1, le=36_500)
    basis: str = Field(min_length=3, max_length=500)
    valid_from: date


@router.get("")
def rules(request: Request, session: DbSession, person: Reader) -> Response:
    """How long recordings are kept."""
    form = blank(topic="", fate="", days="", basis="", valid_from=midnight().date().isoformat())
    return _rules_page(request, session, form)


@router.post("")
def set_rule(
    request: Request, session: DbSession, person: Ruler, form: Annotated[Submitted[RuleForm], submitted(RuleForm)]
) -> Response:
    """A rule from a day on."""
    if form.value is not None:
        given = form.value
        if given.topic and given.topic not in directory.names(session):
            form.refuse("topic", _("Choose one of the values offered"))
        elif given.fate and given.fate not in call_words.FATES:
            form.refuse("fate", _("Choose one of the values offered"))
        else:
            try:
                service.set_rule(
                    session,
                    topic=given.topic,
                    fate=given.fate,
                    keeps=timedelta(days=given.days),
                    basis=given.basis,
                    valid_from=given.valid_from,
                    by=person,
                )
            except service.BeginsThen:
                form.refuse("valid_from", _("Another rule for the same recordings begins that day"))
    if form.value is None:
        return _rules_page(request, session, form, status=422)
    return see_other("/recordings/keeping/rules", notice=_("The rule is set"))


@router.post("/{rule_id}/end")
def end_rule(session: DbSession, person: Ruler, rule_id: int) -> Response:
    """Today is its last day; one that has not begun is withdrawn."""
    rule, today = queries.rule(session, rule_id), midnight().date()
    told = _("The rule is withdrawn") if rule.valid_from > today else _("The rule ends today")
    service.end_rule(session, rule, today=today, by=person)
    return see_other("/recordings/keeping/rules", notice=told)


def _rules_page(request: Request, session: Session, form: Submitted[Any], *, status: int = 200) -> Response:
    today, known = midnight().date(), queries.rules(session)
    now = order(known, today)
    return render(
        request,
        "recordings/rules.html",
        status=status,
        now=now,
        others=[rule for rule in known if not in_force(rule, today)],
        today=today,
        topics=directory.names(session),
        fates=call_words.FATES,
        form=form,
    )
