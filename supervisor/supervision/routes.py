"""Supervision over HTTP: the supervisor's phone, leave to take part, directions, and what agents' desks show."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query
from pydantic import BaseModel, Field, model_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from calls import queries as calls
from staff import queries as people
from staff.access import DbSession, may
from staff.tables import Person
from staff.words import deed
from supervisor import words
from supervisor.supervision import queries, service
from supervisor.supervision.model import Cause, Mode, Purpose, endpoint_of
from supervisor.supervision.tables import Supervision
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter()

Listener = Annotated[Person, may("supervision.listen")]
Director = Annotated[Person, may("supervision.direct")]
Agent = Annotated[Person, may("desk.use")]

PAGE = 50
LOCKED = 423  # the page has words of its own for it


class Asked(BaseModel):
    """Whose talk, how, and what for; another purpose than the known ones is told in words."""

    agent: int
    mode: Mode
    purpose: Purpose
    note: str = Field("", max_length=500)

    @model_validator(mode="after")
    def _told(self) -> "Asked":
        if self.purpose is Purpose.OTHER and not self.note.strip():
            raise ValueError("another purpose is told in own words")
        return self


class Why(BaseModel):
    """What an agent is directed for; another cause than the known ones is told in words."""

    cause: Cause
    note: str = Field("", max_length=500)

    @model_validator(mode="after")
    def _told(self) -> "Why":
        if self.cause is Cause.OTHER and not self.note.strip():
            raise ValueError("another cause is told in own words")
        return self


class Message(Why):
    """What the agent reads."""

    text: str = Field(min_length=1, max_length=1000)


class Rules(BaseModel):
    """What an organisation says about it."""

    shown: bool = False
    minutes: int = Field(ge=1, le=120)


@router.post("/board/phone")
def lend_phone(request: Request, session: DbSession, person: Listener) -> Response:
    """A phone for this page: its name and secret. An older page's phone ends; 423 while it has a caller."""
    try:
        phone = service.lend_phone(session, person)
    except service.HasACaller:
        return JSONResponse({}, LOCKED)
    user = endpoint_of(person.id)
    socket = request.app.state.phone_socket
    return JSONResponse({"user": user, "secret": phone.secret, "socket": socket, "name": person.name})


@router.post("/board/phone/seen")
def phone_seen(session: DbSession, person: Listener) -> Response:
    """The page is still there."""
    return JSONResponse({"yours": service.renew_phone(session, person)})


@router.post("/board/phone/back")
def phone_back(session: DbSession, person: Listener) -> Response:
    """The page is gone."""
    service.take_phone_back(session, person)
    return Response(status_code=204)


@router.post("/board/supervisions")
def begin(session: DbSession, person: Listener, asked: Annotated[Asked, Form()]) -> Response:
    """Takes part in the agent's present talk; 409 without one. The phone rings when the exchange has done it.

    423 while the person has a caller they took over.
    """
    agent = people.get(session, asked.agent)
    try:
        return JSONResponse(_told(service.begin(session, agent, asked.mode, asked.purpose, asked.note, by=person)))
    except service.HasACaller:
        return JSONResponse({}, LOCKED)


@router.get("/board/supervisions/mine")
def mine(session: DbSession, person: Listener) -> Response:
    """What the person takes part in now."""
    row = queries.open_of(session, person.id)
    return JSONResponse({"present": _told(row) if row else None})


@router.post("/board/supervisions/{supervision_id}/mode")
def change_mode(session: DbSession, person: Listener, supervision_id: int, mode: Annotated[Mode, Form()]) -> Response:
    """Listen, whisper or barge in the same talk; 409 once it is over."""
    row = queries.get(session, supervision_id)
    service.change_mode(session, row, mode, by=person)
    return JSONResponse(_told(row))


def _told(row: Supervision) -> dict[str, Any]:
    return {
        "id": row.id,
        "agent": row.agent_id,
        "mode": row.mode,
        "until": row.until.isoformat(),
        "started": row.started_at is not None,
        "outcome": row.outcome,
    }


@router.post("/board/agents/{person_id}/message")
def send_message(session: DbSession, person: Director, person_id: int, form: Annotated[Message, Form()]) -> Response:
    """A message to the agent's desk."""
    agent = people.get(session, person_id)
    message = service.send_message(session, agent, form.text, cause=form.cause, note=form.note, by=person)
    return JSONResponse({"id": message.id})


@router.post("/board/agents/{person_id}/pause")
def pause_agent(session: DbSession, person: Director, person_id: int, why: Annotated[Why, Form()]) -> Response:
    """Pauses the agent, after a running call; 409 off shift."""
    service.pause_agent(session, people.get(session, person_id), cause=why.cause, note=why.note, by=person)
    return JSONResponse({})


@router.post("/board/agents/{person_id}/sign-out")
def sign_out_agent(session: DbSession, person: Director, person_id: int, why: Annotated[Why, Form()]) -> Response:
    """Ends the agent's shift, after a running call and its wrap-up; 409 off shift."""
    service.sign_out_agent(session, people.get(session, person_id), cause=why.cause, note=why.note, by=person)
    return JSONResponse({})


@router.get("/desk/supervised")
def supervised(session: DbSession, person: Agent) -> Response:
    """What the agent's desk shows: who takes part in the talk, where the organisation says so; messages not read."""
    return JSONResponse(
        {
            "beside": [
                {"name": each.name, "mode": each.mode, "words": _(words.MODES[each.mode])}
                for each in queries.beside(session, agent=person.id)
                if each.shown
            ],
            "messages": [
                {"id": message.id, "by": name, "text": message.text, "at": message.created_at.isoformat()}
                for message, name in queries.unread(session, person.id)
            ],
        }
    )


@router.post("/desk/messages/{message_id}/read")
def read_message(session: DbSession, person: Agent, message_id: int) -> Response:
    """The agent has read it."""
    service.read_message(session, queries.message_to(session, message_id, person.id))
    return JSONResponse({})


@router.get("/board/log")
def log(
    request: Request,
    session: DbSession,
    person: Annotated[Person, may("supervision.log")],
    before: Annotated[int | None, Query()] = None,
    directed: Annotated[int | None, Query()] = None,
) -> Response:
    """Who took part in whose call, who directed whom, what for; and the organisation's rules."""
    entries = queries.log(session, before=before, at_most=PAGE + 1)
    directions = queries.directions(session, before=directed, at_most=PAGE + 1)
    return render(
        request,
        "supervisor/log.html",
        entries=entries[:PAGE],
        after=entries[PAGE - 1].supervision.id if len(entries) > PAGE else None,
        directions=directions[:PAGE],
        directed_after=directions[PAGE - 1].written.id if len(directions) > PAGE else None,
        deed=deed,
        rules=queries.rules(session, person.organisation_id),
        words=words,
    )


@router.get("/board/of-call")
def of_call(
    request: Request, session: DbSession, person: Annotated[Person, may("supervision.log")], call: UUID
) -> Response:
    """Who took part in one call: a part for its page. NotFound for a call of others."""
    calls.get(session, call)
    return render(
        request,
        "supervisor/_of_call.html",
        entries=queries.log(session, before=None, at_most=PAGE, call=call),
        words=words,
    )


@router.post("/board/rules")
def change_rules(
    session: DbSession, person: Annotated[Person, may("supervision.rules")], rules: Annotated[Rules, Form()]
) -> Response:
    """What the organisation says about supervision."""
    service.change_rules(session, shown=rules.shown, limit=timedelta(minutes=rules.minutes), by=person)
    return see_other("/board/log", notice=_("The rules are kept"))
