"""The board of appeals over HTTP: the page, its figures alone, its live news."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from appeals.journal import board, workload
from appeals.journal.conditions import Asker
from appeals.journal.model import COUNTED
from staff.access import DbSession, may
from staff.rights import has
from staff.tables import Person
from web import live
from web.pages import is_part, render

router = APIRouter(prefix="/appeals/board")

Finder = Annotated[Person, may("appeals.find")]
Reader = Annotated[Person, may("appeals.read")]


@router.get("")
def page(request: Request, session: DbSession, person: Finder) -> Response:
    """How many appeals stand how; each figure opens its list."""
    asker = Asker.of(person, personal=has(person, "data.personal"))
    template = "appeals/journal/_board.html" if is_part(request) else "appeals/journal/board.html"
    return render(request, template, figures=board.figures(session, asker), most=COUNTED)


@router.get("/executors")
def executors(
    request: Request, session: DbSession, person: Reader, q: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """What each executor has open, by states; each figure opens its list."""
    asker = Asker.of(person, personal=has(person, "data.personal"))
    nobody, found = workload.by_executor(session, asker, q)
    template = "appeals/journal/_executors.html" if is_part(request) else "appeals/journal/executors.html"
    return render(
        request,
        template,
        nobody=nobody,
        found=found[: workload.MOST],
        left=max(len(found) - workload.MOST, 0),
        heads=workload.heads(),
        most=COUNTED,
        typed=q,
    )


@router.get("/live")
async def live_news(request: Request, person: Finder) -> Response:
    """That something has changed; holds no database session."""
    return await live.stream(request, request.state.streams, [f"{board.CHANNEL}{person.organisation_id}"])
