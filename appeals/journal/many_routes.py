"""Deeds done to many appeals over HTTP: few at once, many on a page that shows how far they are and what came of it."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals.journal import jobs, many, queries, shown, words
from appeals.journal.model import AT_WORK, MOST_AT_ONCE, DeedState
from appeals.journal.routes import Address, Reader, Text, list_of
from appeals.journal.tables import Deed
from appeals.terms.service import NotMoved
from appeals.terms.words import REFUSALS
from appeals.workflow import queries as work
from appeals.workflow import words as work_words
from appeals.workflow.model import Order, Part, Refusal
from db import after_commit
from staff.access import DbSession, may
from staff.tables import Person
from web.languages import audience, ngettext
from web.languages import gettext as _
from web.pages import is_part, render, see_other

router = APIRouter(prefix="/appeals/bulk")

Dispatcher = Annotated[Person, may("appeals.assign")]
Decider = Annotated[Person, may("terms.decide")]


@router.post("")
def change_many(
    session: DbSession,
    person: Decider,
    *,
    number: Annotated[list[str], Form(max_length=MOST_AT_ONCE)] = [],  # noqa: B006 - FastAPI copies it
    deed: Text = "",
    reason: Annotated[str, Form(max_length=500)] = "",
    back: Address = "",
) -> Response:
    """The appeals marked are put under long control or taken out of it; it can be undone for a while."""
    if deed not in (many.LONG_ON, many.LONG_OFF) or not number:
        return see_other(list_of(back), notice=_("Nothing was marked"))
    on, language = deed == many.LONG_ON, audience().language
    try:
        done = many.set_long_control(session, number, on=on, reason=reason, language=language, by=person)
    except NotMoved as refused:
        return see_other(list_of(back), notice=_(REFUSALS[refused.why]))
    return _page_of(session, done, lambda: see_other(list_of(back, done=str(done.id))))


@router.post("/give")
def give_many(
    session: DbSession,
    person: Dispatcher,
    *,
    number: Annotated[list[str], Form(max_length=MOST_AT_ONCE)] = [],  # noqa: B006 - FastAPI copies it
    executor: Annotated[str, Form(max_length=400)] = "",
    part: Text = "",
    reason: Annotated[str, Form(max_length=500)] = "",
    back: Address = "",
) -> Response:
    """The appeals marked are given to an executor; those that cannot be are told; it can be undone for a while."""
    if not number or part not in set(Part):
        return see_other(list_of(back), notice=_("Nothing was marked"))
    chosen = work.meant(session, executor)
    if chosen is None:
        return see_other(list_of(back), notice=_(work_words.REFUSALS[Refusal.NO_EXECUTOR]))
    order = Order(executor=chosen.id, part=Part(part))
    done = many.give(session, number, order, reason=reason, language=audience().language, by=person)
    return _page_of(session, done, lambda: see_other(list_of(back, done=str(done.id))))


@router.get("")
def deeds(request: Request, session: DbSession, person: Reader) -> Response:
    """What this person has lately done to many."""
    return render(request, "appeals/journal/deeds.html", **_shown(session, person, None))


@router.get("/{deed_id}")
def deed_page(request: Request, session: DbSession, person: Reader, deed_id: int) -> Response:
    """How far one deed is, asked again and again while it is done; then what came of it."""
    deed = queries.deed(session, deed_id, person.id)
    template = "appeals/journal/_deed.html" if is_part(request) else "appeals/journal/deeds.html"
    return render(request, template, **_shown(session, person, deed))


@router.post("/{deed_id}/undo")
def undo(session: DbSession, person: Reader, deed_id: int, back: Address = "") -> Response:
    """Back to what was before; what somebody has changed since stays, and is told."""
    try:
        deed = many.undo(session, deed_id, by=person)
    except many.TooLate:
        return see_other(list_of(back), notice=_("It is too late to undo this"))
    return _page_of(session, deed, lambda: see_other(list_of(back), notice=_undone(many.Undone.of(deed))))


def _page_of(session: Session, deed: Deed, done: Callable[[], Response]) -> Response:
    """Where it goes on: on the deed's own page while a worker is at it."""
    if deed.state not in AT_WORK:
        return done()
    deed_id = deed.id
    after_commit(session, lambda: jobs.ask_for_deed(deed_id))
    return see_other(f"/appeals/bulk/{deed_id}")


def _undone(undone: many.Undone) -> str:
    told = ngettext("%d appeal is as before", "%d appeals are as before", undone.back) % undone.back
    if undone.left:
        told = f"{told}. {_('Changed since by others, and left so: %s') % ', '.join(undone.left)}"
    if undone.barred:
        told = f"{told}. {_(words.LEFT[many.NOT_BACK])}: {', '.join(undone.barred)}"
    return told


def _shown(session: Session, person: Person, deed: Deed | None) -> dict[str, Any]:
    return {
        "deed": deed,
        "told": shown.done(session, deed) if deed is not None else None,
        "undone": many.Undone.of(deed) if deed is not None else None,
        "deeds": shown.deeds(session, queries.deeds(session, person.id)),
        "at_work": AT_WORK,
        "state": DeedState,
        "words": words,
    }
