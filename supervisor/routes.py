"""The board over HTTP: the page, its figures, its live news, the wall display."""

from typing import Annotated

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from staff.access import DbSession, may
from staff.tables import Person
from supervisor import board, words
from supervisor.teller import CHANNEL
from web import live
from web.pages import page_csrf, render

router = APIRouter(prefix="/board")

Watcher = Annotated[Person, may("board.read")]


@router.get("")
def page(request: Request, session: DbSession, person: Watcher) -> Response:
    """Queues, agents, channels: drawn by the page's script, first from what stands in it."""
    return render(
        request,
        "supervisor/board.html",
        figures=board.snapshot(person.organisation_id),
        words=words,
        script_words=words.of_board(session),
    )


@router.get("/wall")
def wall(request: Request, session: DbSession, person: Watcher) -> Response:
    """The same figures for a television: large, one queue after the other."""
    return render(
        request,
        "supervisor/wall.html",
        figures=board.snapshot(person.organisation_id),
        script_words=words.of_board(session),
    )


@router.get("/figures")
def figures(request: Request, person: Watcher) -> Response:
    """The figures, for a page whose live news are away; and the session's token."""
    return JSONResponse({**board.snapshot(person.organisation_id), "csrf": page_csrf(request)})


@router.get("/live")
async def live_news(request: Request, person: Watcher) -> Response:
    """The organisation's figures and the person's own news; holds no database session."""
    channels = [f"{CHANNEL}{person.organisation_id}", f"desk:{person.id}"]
    return await live.stream(request, request.state.streams, channels)
