"""The backlog of recordings over HTTP: what waits to be stored, what failed, and trying it again."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from db import after_commit
from recordings import jobs, queries, spool, storing, words
from recordings.model import room_of
from staff.access import DbSession, may
from staff.audit import audit
from staff.tables import Person
from web.languages import gettext as _
from web.pages import is_part, render, see_other
from web.periods import midnight

router = APIRouter(prefix="/recordings")

Keeper = Annotated[Person, may("recordings.backlog")]

_LOOK_BACK = timedelta(days=30)


@router.get("/backlog")
def backlog(request: Request, session: DbSession, person: Keeper) -> Response:
    """What waits to be stored, what failed, what is missing, and the room on the disk."""
    organisation, since = person.organisation_id, datetime.now(UTC) - _LOOK_BACK
    free = spool.free_share(jobs.spool_folder())
    return render(
        request,
        "recordings/_backlog.html" if is_part(request) else "recordings/backlog.html",
        figures=queries.backlog(session, organisation, since=since, today=midnight()),
        troubled=queries.troubled(session, organisation, since=since),
        free=free,
        room=room_of(free),
        words=words,
    )


@router.post("/retry")
def retry_all(session: DbSession, person: Keeper) -> Response:
    """Everything that waits or failed is tried again now."""
    count = storing.retry_all(session)
    audit(session, person, "recordings.retried", "recordings:all", count=str(count))
    return see_other("/recordings/backlog", notice=_("Asked to store again"))


@router.post("/{recording_id}/retry")
def retry(session: DbSession, person: Keeper, recording_id: int) -> Response:
    """One recording is tried again now."""
    recording = queries.get(session, recording_id)
    storing.retry(session, recording)
    if recording.node is not None:
        after_commit(session, jobs.asked_for(recording.id, recording.node))
    audit(session, person, "recording.retried", f"recording:{recording.id}")
    return see_other("/recordings/backlog", notice=_("Asked to store again"))
