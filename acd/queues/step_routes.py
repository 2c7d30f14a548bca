"""Steps of overflow over HTTP: a further one, another in its place, one less."""

from collections.abc import Collection
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from acd.queues import queries, service
from acd.queues.model import OverflowDeed
from acd.queues.routes import Arranger, Seconds, announcements, offered_to, others, queue_page
from acd.queues.tables import OverflowStep
from acd.tables import Queue
from db import Conflict
from staff.access import DbSession
from staff.tables import Person
from web.forms import Submitted, submitted
from web.languages import gettext as _
from web.pages import see_other

router = APIRouter(prefix="/queues")


class StepForm(BaseModel):
    """A step of overflow: after so many seconds, or when more than so many wait."""

    deed: OverflowDeed
    after: Seconds | None = None
    longer_than: Annotated[int, Field(ge=1, le=1000)] | None = None
    target: str = ""
    prompt: str = Field("", max_length=64)


@router.post("/of/{code}/steps")
def add_step(
    request: Request,
    session: DbSession,
    person: Arranger,
    code: str,
    form: Annotated[Submitted[StepForm], submitted(StepForm)],
) -> Response:
    """A further step of overflow."""
    queue = queries.queue(session, code)
    if form.value is not None:
        _take_step(session, queue, form, said=announcements(offered_to(request, session, person)), by=person)
    if form.value is None:
        return queue_page(request, session, person, queue, step=form, status=422)
    return see_other(f"/queues/of/{code}", notice=_("Saved"))


@router.post("/of/{code}/steps/{step_id}")
def change_step(
    request: Request,
    session: DbSession,
    person: Arranger,
    *,
    code: str,
    step_id: int,
    form: Annotated[Submitted[StepForm], submitted(StepForm)],
) -> Response:
    """The step is another from the next caller on."""
    queue = queries.queue(session, code)
    changed = queries.step(session, queue.id, step_id)
    if form.value is not None:
        said = announcements(offered_to(request, session, person), changed)
        _take_step(session, queue, form, changed, said=said, by=person)
    if form.value is None:
        return queue_page(request, session, person, queue, step=form, changed=changed, status=422)
    return see_other(f"/queues/of/{code}", notice=_("Saved"))


def _take_step(
    session: Session,
    queue: Queue,
    form: Submitted[StepForm],
    changed: OverflowStep | None = None,
    *,
    said: Collection[str],
    by: Person,
) -> None:
    assert form.value is not None, "checked"
    given = form.value
    if (given.after is None) == (given.longer_than is None):
        form.refuse("after", _("Say either after how many seconds, or at how many callers"))
    elif given.deed is OverflowDeed.WIDER and given.after is None:
        form.refuse("after", _("Fill in this field"))
    elif given.deed is OverflowDeed.QUEUE and given.target not in {each.code for each in others(session, queue)}:
        form.refuse("target", _("Choose another queue"))
    elif given.deed is OverflowDeed.ANNOUNCEMENT and given.prompt not in said:
        form.refuse("prompt", _("There is no such prompt"))
    else:
        what: dict[str, Any] = {
            "after": timedelta(seconds=given.after) if given.after else None,
            "longer_than": given.longer_than,
            "target": queries.queue(session, given.target) if given.deed is OverflowDeed.QUEUE else None,
            "prompt": given.prompt if given.deed is OverflowDeed.ANNOUNCEMENT else None,
        }
        try:
            if changed is None:
                service.add_step(session, queue, given.deed, **what, by=by)
            else:
                service.change_step(session, queue, changed, given.deed, **what, by=by)
        except Conflict:
            form.refuse("deed", _("This step does not go with the others: the same moment, or a circle"))


@router.post("/of/{code}/steps/{step_id}/remove")
def remove_step(session: DbSession, person: Arranger, code: str, step_id: int) -> Response:
    """The step is no longer taken."""
    queue = queries.queue(session, code)
    service.remove_step(session, queue, queries.step(session, queue.id, step_id), by=person)
    return see_other(f"/queues/of/{code}", notice=_("Removed"))
