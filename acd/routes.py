"""The operator's desk over HTTP: the page, its parts, its state, and every key an agent presses."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from acd import desk, queries, service
from acd.model import IN_TALK, Result
from calls import directory
from calls.model import endpoint_of, interface_of
from staff.access import DbSession, may
from staff.tables import Person
from web import live
from web.pages import page_csrf, render

router = APIRouter(prefix="/desk")

Agent = Annotated[Person, may("desk.use")]
Seat = Annotated[str, Form(min_length=8, max_length=64)]


class WrapUpForm(BaseModel):
    """A talk's result; nothing else is required."""

    result: Result
    topic: str = Field("", max_length=64)
    note: str = Field("", max_length=4000)


@router.get("")
def page(request: Request, session: DbSession, person: Agent) -> Response:
    """The desk. What is on it is filled by its script from `/desk/state`."""
    return render(
        request,
        "acd/desk.html",
        person=person,
        reasons=queries.offered_pauses(session),
        topics=directory.choices(session),
        results=desk.RESULTS,
        named=desk.named,
        line_out=request.app.state.line_out,
    )


@router.get("/state")
def state(request: Request, session: DbSession, person: Agent) -> Response:
    """Everything on the desk that changes, and the session's token: a desk outlives the session it was opened in."""
    return JSONResponse({**desk.state_of(session, person), "csrf": page_csrf(request)})


@router.get("/directories")
def directories(session: DbSession, person: Agent) -> Response:
    """The reasons to pause and the topics to choose from now, in their order."""
    pauses = [(reason.code, desk.named(reason.name)) for reason in queries.offered_pauses(session)]
    return JSONResponse({"pauses": pauses, "topics": list(directory.choices(session).items())})


@router.get("/live")
async def live_news(request: Request, person: Agent) -> Response:
    """The desk's news and its board's, as server-sent events; holds no database session."""
    channels = [f"desk:{person.id}", f"board:{person.organisation_id}"]
    return await live.stream(request, request.state.streams, channels)


@router.get("/chip")
def chip(request: Request, session: DbSession, person: Agent) -> Response:
    """The agent's state for the top line of other pages."""
    return render(request, "acd/_chip.html", **desk.state_of(session, person))


@router.post("/seen")
def seen(session: DbSession, person: Agent, seat: Seat, lost: Annotated[UUID | None, Form()] = None) -> Response:
    """The page is alive, and where it stands: the same as `/desk/state`, and whether the phone is still this page's.

    A page that was reloaded in a call asks whether that call is over by now.
    """
    here = service.seen(session, person, seat)
    over = {"lost_over": queries.lost_call_is_over(session, person.id, lost)} if lost else {}
    return JSONResponse({**desk.state_of(session, person), "here": here, **over})


@router.post("/shift")
def start_shift(request: Request, session: DbSession, person: Agent, seat: Seat) -> Response:
    """Begins the shift at this page, or takes it over from another one: the phone's name and secret.

    `lost` is a call that broke off with the other place.
    """
    before = queries.current_state(session, person.id)
    shift = service.start_shift(session, person, seat)
    here = desk.state_of(session, person)
    lost = before is not None and before.name in IN_TALK and here["state"] not in IN_TALK
    phone = {
        "user": endpoint_of(interface_of(person.id)),
        "secret": shift.phone_secret,
        "socket": request.app.state.phone_socket,
        "name": person.name,
    }
    return JSONResponse({**here, "here": True, "phone": phone, "lost": str(before.call) if before and lost else None})


@router.post("/shift/end")
def end_shift(session: DbSession, person: Agent) -> Response:
    """Ends the shift; 409 during a call."""
    service.end_shift(session, person)
    return JSONResponse(desk.state_of(session, person))


@router.post("/ready")
def ready(request: Request, session: DbSession, person: Agent) -> Response:
    """Takes calls from now on; 409 while a wrap-up is open."""
    service.go_ready(session, person, line_out=request.app.state.line_out)
    return JSONResponse(desk.state_of(session, person))


@router.post("/pause")
def pause(session: DbSession, person: Agent, reason: Annotated[str, Form(max_length=64)]) -> Response:
    """Pauses at once, or after the running call."""
    service.pause(session, person, reason)
    return JSONResponse(desk.state_of(session, person))


@router.post("/lost-call")
def lost_call(session: DbSession, person: Agent, call: Annotated[UUID, Form()]) -> Response:
    """The page was reloaded in the middle of this call: its caller goes back to the head of the queue."""
    requeued = service.lost_call(session, person, call)
    return JSONResponse({**desk.state_of(session, person), "requeued": requeued})


@router.post("/recording")
def pause_recording(
    session: DbSession,
    person: Annotated[Person, may("recordings.pause")],
    call: Annotated[UUID, Form()],
    paused: Annotated[bool, Form()],
) -> Response:
    """Keeps what is said out of this call's recording, or lets it in again; 409 without a talk in it."""
    service.pause_recording(session, person, call, paused=paused)
    return JSONResponse(desk.state_of(session, person))


@router.post("/conference")
def conference(
    session: DbSession,
    person: Agent,
    party: Annotated[str, Form(pattern=r"^\+?[0-9]{2,16}$|^agent[0-9]{1,18}$")],
    together: Annotated[bool, Form()],
) -> Response:
    """The desk's phone lets the caller and this party hear each other, or no longer; 409 to begin without a talk."""
    service.tell_conference(session, person, party, together=together)
    return JSONResponse({})


@router.post("/wrap-up/{call}")
def finish_wrap_up(
    request: Request, session: DbSession, person: Agent, call: UUID, form: Annotated[WrapUpForm, Form()]
) -> Response:
    """What the talk came to."""
    service.finish_wrap_up(
        session,
        person,
        call,
        result=form.result,
        topic=form.topic,
        note=form.note,
        line_out=request.app.state.line_out,
    )
    return JSONResponse(desk.state_of(session, person))


@router.get("/targets")
def targets(session: DbSession, person: Agent) -> Response:
    """To whom a call can be handed: colleagues with their states, queues with their callers."""
    return JSONResponse(desk.targets(session, person))
