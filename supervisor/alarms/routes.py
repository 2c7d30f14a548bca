"""Alarms over HTTP: the list, one alarm with what was done, and the operator's mark."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from acd.callers import queries as callers
from calls import queries as calls
from db import Conflict, NotFound
from notify import queries as notify
from staff import queries as staff_queries
from staff.access import DbSession, may
from staff.channels import words as channel_words
from staff.rights import has
from staff.tables import Person
from supervisor.alarms import queries, service, summary, words
from supervisor.alarms.model import MARKS, Kind
from supervisor.alarms.tables import Alarm
from web.forms import row_id
from web.languages import audience
from web.languages import gettext as _
from web.pages import is_part, render, see_other

router = APIRouter(prefix="/alarms")

Reader = Annotated[Person, may("alarms.read")]
Taker = Annotated[Person, may("alarms.take")]
Marker = Annotated[Person, may("alarms.mark")]


class Asked(BaseModel):
    """What the address asks for; nonsense narrows nothing."""

    state: str = ""
    after: str = ""  # the alarm after which the page begins


class MarkForm(BaseModel):
    """An operator's mark."""

    call: UUID
    kind: Kind


class AnswerForm(BaseModel):
    """What was done about an alarm."""

    text: str = Field(min_length=2, max_length=2000)


@router.get("")
def alarms(request: Request, session: DbSession, person: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """Alarms, the newest first."""
    state = asked.state if asked.state in words.STATES else ""
    rows = queries.page(session, state=state, before=row_id(asked.after))
    shown = rows[: queries.PAGE]
    names = queries.names(session, person.organisation_id)
    return render(
        request,
        "alarms/_list.html" if is_part(request) else "alarms/list.html",
        rows=[(alarm, name, *_told(alarm, names)) for alarm, name in shown],
        after=shown[-1][0].id if len(rows) > queries.PAGE else None,
        state=state,
        words=words,
    )


@router.get("/number")
def number(session: DbSession, person: Reader) -> Response:
    """How many nobody has taken, for the rail; nothing where there is none."""
    count = queries.open_count(session)
    return Response(str(count) if count else "", media_type="text/html")


@router.get("/of-call")
def of_call(request: Request, session: DbSession, person: Marker, call: UUID) -> Response:
    """The marks of a call and the keys that make them: a part for the desk."""
    _concerns(session, call, person)
    marked = {alarm.kind for alarm in queries.of_call(session, call)}
    return render(
        request, "alarms/_mark.html", call=call, marked=marked, marks=sorted(MARKS, reverse=True), words=words
    )


@router.post("/mark")
def mark(request: Request, session: DbSession, person: Marker, form: Annotated[MarkForm, Form()]) -> Response:
    """The operator says in the middle of a call that it is unresolved or disputed. Said twice, it is one alarm."""
    if form.kind not in MARKS:
        raise NotFound(f"mark {form.kind}")
    _concerns(session, form.call, person)
    service.mark(session, form.call, form.kind, by=person)
    return of_call(request, session, person, form.call) if is_part(request) else JSONResponse({"marked": True})


@router.get("/{alarm_id}")
def alarm_page(request: Request, session: DbSession, person: Reader, alarm_id: int) -> Response:
    """One alarm: what it is about, who has it, who was told, what was done."""
    return _page(request, session, person, queries.get(session, alarm_id))


@router.post("/{alarm_id}/take")
def take(session: DbSession, person: Taker, alarm_id: int) -> Response:
    """The person sees to it."""
    try:
        service.take(session, alarm_id, by=person)
    except Conflict:
        return see_other(f"/alarms/{alarm_id}", notice=_("Somebody else has taken it meanwhile."))
    return see_other(f"/alarms/{alarm_id}", notice=_("It is yours."))


@router.post("/{alarm_id}/answer")
def answer(
    request: Request, session: DbSession, person: Taker, alarm_id: int, form: Annotated[AnswerForm, Form()]
) -> Response:
    """What was done about it; what somebody has written is not lost where the alarm was closed meanwhile."""
    try:
        service.answer(session, alarm_id, form.text.strip(), by=person)
    except Conflict:
        return _page(request, session, person, queries.get(session, alarm_id), unwritten=form.text)
    return see_other(f"/alarms/{alarm_id}", notice=_("Written down"))


@router.post("/{alarm_id}/pass")
def pass_on(session: DbSession, person: Taker, alarm_id: int, to: Annotated[int, Form()]) -> Response:
    """Somebody else sees to it, if they may."""
    queries.get(session, alarm_id)
    receiver = next((each for each in _takers(session) if each.id == to), None)
    if receiver is None:
        return see_other(
            f"/alarms/{alarm_id}", notice=_("Alarms can be passed to supervisors, managers and administrators.")
        )
    try:
        service.pass_on(session, alarm_id, receiver, by=person)
    except Conflict:
        return _too_late(alarm_id)
    return see_other(f"/alarms/{alarm_id}", notice=_("%s has it now.") % receiver.name)


@router.post("/{alarm_id}/close")
def close(session: DbSession, person: Taker, alarm_id: int) -> Response:
    """It is seen to."""
    try:
        service.close(session, alarm_id, by=person)
    except Conflict:
        return _too_late(alarm_id)
    return see_other(f"/alarms/{alarm_id}", notice=_("Closed"))


def _too_late(alarm_id: int) -> Response:
    return see_other(f"/alarms/{alarm_id}", notice=_("Somebody was faster: look at what has happened meanwhile."))


def _concerns(session: Session, call: UUID, person: Person) -> None:
    """NotFound for a call that the ledger does not know, or that is none of this operator's."""
    calls.get(session, call)
    if not has(person, "calls.read") and callers.call_of_agent(session, call, person) is None:
        raise NotFound(f"call {call}")


def _takers(session: Session) -> list[Person]:
    return [each for each in staff_queries.people(session) if has(each, "alarms.take")]


def _told(alarm: Alarm, names: summary.Names) -> tuple[str, str]:
    """What it is and where, in the reader's words."""
    language, zone = audience().language, audience().zone
    _template, known = summary.of(alarm, names, language, zone)
    places = dict.fromkeys((known.get("queue", ""), known["topic"], known.get("appeal", ""), known.get("place", "")))
    return known["what"], " · ".join(place for place in places if place not in {"", "–"})


def _page(request: Request, session: Session, person: Person, alarm: Alarm, *, unwritten: str = "") -> Response:
    """The alarm; `unwritten` is what came too late to be written down."""
    names = queries.names(session, person.organisation_id)
    what, where = _told(alarm, names)
    people = staff_queries.names(session, [each for each in (alarm.taken_by, alarm.closed_by, alarm.raised_by) if each])
    return render(
        request,
        "alarms/page.html",
        status=409 if unwritten else 200,
        alarm=alarm,
        what=what,
        where=where,
        people=people,
        deeds=queries.deeds(session, alarm.id),
        messages=notify.of_keys(session, f"alarm:{alarm.id}:"),
        takers=[each for each in _takers(session) if each.id != alarm.taken_by],
        may_take=has(person, "alarms.take"),
        unwritten=unwritten,
        words=words,
        channel_words=channel_words,
    )
