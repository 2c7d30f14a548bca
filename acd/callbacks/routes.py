"""The page of owed calls: who waits for one, what was closed, and how the organisation calls back."""

import tempfile
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from acd import queries as desks
from acd.callbacks import offers, queries, service, sheet, words
from acd.callbacks.model import Rules, State
from acd.callbacks.queries import Filters
from acd.callbacks.service import Hindered
from acd.desk import named
from calls import directory
from calls.words import LANGUAGES
from staff import queries as staff
from staff.access import DbSession, may
from staff.audit import audit
from staff.model import Role
from staff.tables import Person
from web.files import excel
from web.formats import phone
from web.forms import Submitted, blank, row_id, submitted
from web.languages import audience
from web.languages import gettext as _
from web.pages import is_part, render, see_other
from web.periods import midnight

router = APIRouter()

Reader = Annotated[Person, may("callbacks.read")]
Caller = Annotated[Person, may("callbacks.call")]
Exporter = Annotated[Person, may("callbacks.export")]
Ruler = Annotated[Person, may("callbacks.rule")]
Note = Annotated[str, Form(max_length=500)]

GROUPS = ("open", "closed", "all")


class Asked(BaseModel):
    """What the page's address asks for; nonsense narrows nothing."""

    q: str = Field("", max_length=32)
    state: str = Field("", max_length=16)
    queue: str = Field("", max_length=64)
    reason: str = Field("", max_length=32)
    language: str = Field("", max_length=8)
    topic: str = Field("", max_length=64)
    operator: str = Field("", max_length=20)
    closed: str = Field("", max_length=20)  # the one that was just closed: it can be opened again


@router.get("/callbacks")
def page(request: Request, session: DbSession, person: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """Who is owed a call, who waits longest first; and what was closed, the latest first."""
    filters = _filters(asked)
    rows = queries.page(session, filters)
    now = datetime.now(UTC)
    closed = row_id(asked.closed)
    undo = queries.find(session, closed) if closed is not None else None
    return render(
        request,
        "acd/callbacks/_list.html" if is_part(request) else "acd/callbacks/journal.html",
        rows=rows,
        count=queries.count(session, filters),
        figures=queries.figures(session, midnight()),
        undo=undo if undo is not None and undo.closed_at is not None else None,
        now=now,
        asked=asked,
        narrowed=sum(bool(value) for name, value in asked if name != "closed"),
        words=words,
        line_out=request.app.state.line_out,
        **_directories(session),
    )


@router.get("/callbacks.xlsx")
def export(session: DbSession, person: Exporter, asked: Annotated[Asked, Query()]) -> Response:
    """The same list as an Excel file, all of it; who took it along is written down."""
    names = _directories(session)
    with tempfile.TemporaryFile() as file:
        rows = queries.every(session, _filters(asked), at_most=sheet.MOST)
        number = sheet.write(file, rows, names=names, zone=audience().zone)
        answer = excel(file, f"owed-calls-{midnight():%Y-%m-%d}")
    narrowed = {name: value for name, value in asked if value and name != "closed"}
    audit(session, person, "callbacks.exported", "callbacks", rows=str(number), **narrowed)
    return answer


@router.get("/callbacks/count")
def count(request: Request, session: DbSession, person: Reader) -> Response:
    """How many are owed a call: the number in the rail."""
    return render(request, "acd/callbacks/_count.html", count=queries.count_open(session))


@router.get("/callbacks/rules")
def rules_form(request: Request, session: DbSession, person: Ruler) -> Response:
    """How the organisation calls back."""
    rules = queries.rules(session, person.organisation_id)
    return render(request, "acd/callbacks/rules.html", form=blank(**_typed(rules)))


class RulesForm(BaseModel):
    """Attempts, pauses and quiet hours."""

    most_attempts: int = Field(ge=1, le=20)
    pause: int = Field(ge=1, le=24 * 60)  # minutes
    quiet_from: time
    quiet_until: time
    deadline: int = Field(ge=1, le=24 * 14)  # hours


@router.post("/callbacks/rules")
def change_rules(
    request: Request,
    session: DbSession,
    person: Ruler,
    form: Annotated[Submitted[RulesForm], submitted(RulesForm)],
) -> Response:
    """Other rules, from the next missed call and the next attempt on."""
    if form.value is None:
        return render(request, "acd/callbacks/rules.html", status=422, form=form)
    given = form.value
    rules = Rules(
        most_attempts=given.most_attempts,
        pause=timedelta(minutes=given.pause),
        quiet_from=given.quiet_from,
        quiet_until=given.quiet_until,
        deadline=timedelta(hours=given.deadline),
    )
    service.change_rules(session, person, rules)
    return see_other("/callbacks", notice=_("The rules are changed"))


@router.get("/callbacks/{owed_id}")
def details(request: Request, session: DbSession, person: Reader, owed_id: int) -> Response:
    """One owed call: why, every missed call and every attempt."""
    owed = queries.get(session, owed_id)
    return render(
        request,
        "acd/callbacks/page.html",
        owed=owed,
        holder=staff.get(session, owed.person_id).name if owed.person_id else None,
        missed=queries.missed_of(session, owed.id),
        attempts=queries.attempts_of(session, [owed.id]),
        now=datetime.now(UTC),
        words=words,
        line_out=request.app.state.line_out,
        **_directories(session),
    )


@router.post("/callbacks/{owed_id}/take")
def take(request: Request, session: DbSession, person: Caller, owed_id: int) -> Response:
    """Mine: it waits at my desk, whose telephone makes the call."""
    try:
        owed = offers.take(session, person, owed_id, line_out=request.app.state.line_out)
    except Hindered as hindered:
        return _hindered(hindered)
    told = _("%(number)s waits at your desk: press Call there.") % {"number": phone(owed.number)}
    return see_other("/callbacks", notice=told)


@router.post("/callbacks/{owed_id}/settle")
def settle(session: DbSession, person: Caller, owed_id: int, note: Note = "") -> Response:
    """Somebody has called back already."""
    return _closed(session, service.settle, person, owed_id, note)


@router.post("/callbacks/{owed_id}/escalate")
def escalate(session: DbSession, person: Caller, owed_id: int, note: Note = "") -> Response:
    """For those in charge."""
    return _closed(session, service.escalate, person, owed_id, note)


@router.post("/callbacks/{owed_id}/reopen")
def reopen(session: DbSession, person: Caller, owed_id: int) -> Response:
    """Owed again: the closing is taken back."""
    try:
        owed = service.reopen(session, person, owed_id)
    except Hindered as hindered:
        return _hindered(hindered)
    return see_other("/callbacks", notice=_("%(number)s is owed a call again") % {"number": phone(owed.number)})


def _hindered(hindered: Hindered) -> Response:
    return see_other("/callbacks", notice=_(words.HINDRANCES[hindered.why]))


def _closed(session: Session, close: Any, person: Person, owed_id: int, note: str) -> Response:
    try:
        close(session, person, owed_id, note)
    except Hindered as hindered:
        return _hindered(hindered)
    return see_other(f"/callbacks?closed={owed_id}")


def _directories(session: Session) -> dict[str, Any]:
    operators = [*staff.people(session, role=Role.OPERATOR), *staff.people(session, role=Role.SUPERVISOR)]
    return {
        "queues": {queue.asterisk_name: named(queue.name) for queue in desks.queues(session)},
        "topics": directory.names(session),
        "spoken": LANGUAGES,
        "operators": {str(each.id): each.name for each in operators},
    }


def _filters(asked: Asked) -> Filters:
    return Filters(
        state=asked.state if asked.state in {*GROUPS, *State} else "",
        queue=asked.queue,
        reason=asked.reason,
        language=asked.language,
        topic=asked.topic,
        person=row_id(asked.operator),
        digits="".join(sign for sign in asked.q if sign in "0123456789").lstrip("0"),
    )


def _typed(rules: Rules) -> dict[str, str]:
    return {
        "most_attempts": str(rules.most_attempts),
        "pause": str(round(rules.pause.total_seconds() / 60)),
        "quiet_from": f"{rules.quiet_from:%H:%M}",
        "quiet_until": f"{rules.quiet_until:%H:%M}",
        "deadline": str(round(rules.deadline.total_seconds() / 3600)),
    }
