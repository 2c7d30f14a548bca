"""Who stands before others: rules of priority and numbers favoured."""

import re
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, BeforeValidator, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from acd import queries as desk
from acd.desk import named
from acd.queues import queries as rules
from acd.queues import words
from acd.queues.model import PriorityKind
from acd.queues.priority import queries, service
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/queues/priority")

Reader = Annotated[Person, may("queues.read")]
Arranger = Annotated[Person, may("queues.arrange")]


class RuleForm(BaseModel):
    """A rule of priority."""

    kind: PriorityKind
    raises: Annotated[int, Field(ge=1, le=4)]
    queue: str = ""
    times: Annotated[int, Field(ge=1, le=20)] = 2
    hours: Annotated[int, Field(ge=1, le=168)] = 24


def _bare(number: object) -> object:
    """Without what people write between the digits; a file stays one, and is refused."""
    return re.sub(r"[\s().-]", "", number) if isinstance(number, str) else number


class NumberForm(BaseModel):
    """A number favoured."""

    number: Annotated[str, BeforeValidator(_bare), Field(pattern=r"^\+?[0-9]{3,15}$")]
    reason: str = Field(min_length=2, max_length=200)
    until: date | None = None


@router.get("")
def priority(request: Request, session: DbSession, person: Reader) -> Response:
    """Who stands before others."""
    return _priority(request, session, blank(kind=PriorityKind.REPEAT, raises=1, times=2, hours=24), blank())


@router.post("/rules")
def add_rule(
    request: Request, session: DbSession, person: Arranger, form: Annotated[Submitted[RuleForm], submitted(RuleForm)]
) -> Response:
    """A further rule."""
    if form.value is None:
        return _priority(request, session, form, blank(), status=422)
    given = form.value
    service.add_rule(
        session,
        given.kind,
        raises=given.raises,
        queue=rules.queue(session, given.queue) if given.queue else None,
        times=given.times,
        within=timedelta(hours=given.hours),
        by=person,
    )
    return see_other("/queues/priority", notice=_("Saved"))


@router.post("/rules/{rule_id}/remove")
def remove_rule(session: DbSession, person: Arranger, rule_id: int) -> Response:
    """The rule applies to nobody any longer."""
    service.remove_rule(session, queries.rule(session, rule_id), by=person)
    return see_other("/queues/priority", notice=_("Removed"))


@router.post("/numbers")
def favour(
    request: Request,
    session: DbSession,
    person: Arranger,
    form: Annotated[Submitted[NumberForm], submitted(NumberForm)],
) -> Response:
    """A number of somebody with a benefit."""
    if form.value is None:
        return _priority(request, session, blank(), form, status=422)
    service.favour(session, person, form.value.number, form.value.reason, form.value.until)
    return see_other("/queues/priority", notice=_("Saved"))


@router.post("/numbers/remove")
def favour_no_longer(session: DbSession, person: Arranger, number: Annotated[str, Form(max_length=20)]) -> Response:
    """The number waits as all others do."""
    service.favour_no_longer(session, number, by=person)
    return see_other("/queues/priority", notice=_("Removed"))


def _priority(
    request: Request,
    session: Session,
    form: Submitted[RuleForm],
    number: Submitted[NumberForm],
    *,
    status: int = 200,
) -> Response:
    return render(
        request,
        "acd/queues/priority.html",
        status=status,
        form=form,
        number=number,
        rules=queries.priority_rules(session),
        numbers=queries.favoured_numbers(session),
        queues={each.id: each for each in desk.queues(session)},
        words=words,
        named=named,
    )
