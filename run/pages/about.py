"""About this installation: which Holos it is, how its database and its jobs are, whom to ask."""

import platform
from functools import cache
from typing import Annotated

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from run.development.licences import Library, inventory
from run.pages import queries
from run.pages.status import JOBS
from run.version import VERSION, newest_migration, release
from staff.access import DbSession, may
from staff.rights import has
from staff.tables import Person
from web.pages import render

router = APIRouter(prefix="/about")

Anybody = Annotated[Person, may("about.read")]


@router.get("")
def about(request: Request, session: DbSession, person: Anybody) -> Response:
    """What those who help us ask first."""
    runs = [run for run in queries.job_runs(session) if run.name in JOBS] if has(person, "status.read") else []
    return render(
        request,
        "status/about.html",
        version=VERSION,
        release=release(),
        runs_on=f"Python {platform.python_version()}, PostgreSQL {queries.postgres_version(session)}",
        wanted=newest_migration(),
        there=queries.migration(session),
        runs=runs,
        job_names=JOBS,
        support=request.app.state.settings.support,
    )


@router.get("/licences")
def licences(request: Request, person: Anybody) -> Response:
    """What the product brings along, and under which licences."""
    return render(request, "status/licences.html", libraries=_libraries())


@cache
def _libraries() -> list[Library]:
    return inventory()
