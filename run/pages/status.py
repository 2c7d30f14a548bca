"""The status page: the scheduler's jobs, the readers of the journal, channels in use, the disk of the recordings."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

import calls.queries
import staff.queries
from recordings import jobs, spool
from recordings.model import room
from run.pages import queries
from staff.access import DbSession, may
from staff.tables import Person
from web.languages import later
from web.pages import is_part, render

router = APIRouter()

LATE = timedelta(minutes=2)  # beyond its interval, before a job counts as late

JOBS: dict[str, str] = {
    "calls.agreement": later("Calls: compare our count with Asterisk's"),
    "desk.silent_shifts": later("Desk: pause operators whose page fell silent"),
    "recordings.due": later("Recordings: ask for what is due"),
    "recordings.sweep": later("Recordings: sweep up after crashes"),
    "staff.sign_ins": later("Sign-ins: forget those that are over"),
    "recordings.room": later("Recordings: room on the disk"),
}


@router.get("/status")
def status(request: Request, session: DbSession, person: Annotated[Person, may("status.read")]) -> Response:
    """What works by itself, and whether it does."""
    now = datetime.now(UTC)
    runs = queries.job_runs(session)
    free = spool.free_share(jobs.spool_folder())
    return render(
        request,
        "status/_parts.html" if is_part(request) else "status/page.html",
        in_use=calls.queries.calls_now(session),
        capacity=staff.queries.organisation(session, person.organisation_id).capacity,
        runs=[(run, now - run.started_at > run.every + LATE) for run in runs],
        readers=queries.reader_places(session),
        job_names=JOBS,
        free=free,
        room=room(free),
    )
