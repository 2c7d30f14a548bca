"""Letters over HTTP: the queue from the mailbox, one letter with its files, and what an operator does with it."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals.inbound import files, queries, service, words
from appeals.inbound.model import MISSING, RETURNED_WITHIN, State
from appeals.tables import Appeal
from db import Conflict
from db.store import StoreAway
from staff import queries as staff
from staff.access import DbSession, may
from staff.audit import audit
from staff.tables import Person
from web.forms import Submitted, blank, row_id, submitted
from web.languages import gettext as _
from web.pages import render, see_other
from web.problems import Unavailable

router = APIRouter(prefix="/appeals/inbound")

Writer = Annotated[Person, may("appeals.register")]


class Asked(BaseModel):
    """What the address asks for; nonsense narrows nothing."""

    state: str = ""
    after: str = ""


class ReturnForm(BaseModel):
    """What is missing, and a word beside it."""

    missing: list[str] = Field(min_length=1)
    note: str = Field("", max_length=2000)


@router.get("")
def journal(request: Request, session: DbSession, person: Writer, asked: Annotated[Asked, Query()]) -> Response:
    """What waits, or what has become of letters."""
    state = State(asked.state) if asked.state in set(State) else State.WAITING
    rows = queries.letters(session, state, before=row_id(asked.after))
    shown = rows[: queries.PAGE]
    return render(
        request,
        "appeals/inbound/journal.html",
        letters=shown,
        after=shown[-1].id if len(rows) > queries.PAGE else None,
        state=state,
        counts=queries.counts(session),
        mailboxes={each.id: each.name for each in queries.mailboxes(session)},
        within=RETURNED_WITHIN,
        words=words,
    )


@router.get("/count")
def count(request: Request, session: DbSession, person: Writer) -> Response:
    """How many wait: a part of the rail."""
    return render(request, "appeals/inbound/_count.html", count=queries.waiting(session))


@router.get("/{letter_id}")
def page(request: Request, session: DbSession, person: Writer, letter_id: int) -> Response:
    """One letter; its author's data are shown, so the look is written down."""
    letter = queries.letter(session, letter_id)
    audit(session, person, "letter.opened", f"letter:{letter.id}")
    return _page(request, session, letter_id, blank(missing=[], note=""))


@router.get("/{letter_id}/files/{number}")
def part(session: DbSession, person: Writer, letter_id: int, number: int) -> Response:
    """A file of the letter, to be kept and not to be opened in the page: nobody knows what it is."""
    letter = queries.letter(session, letter_id)
    try:
        found = files.part(letter, number)
    except StoreAway as error:
        raise Unavailable from error
    audit(session, person, "letter.file_taken", f"letter:{letter.id}", file=found.name)
    return _download(found.content, found.name)


@router.get("/{letter_id}/mail")
def mail(session: DbSession, person: Writer, letter_id: int) -> Response:
    """The mail as it came."""
    letter = queries.letter(session, letter_id)
    try:
        content = files.whole(letter)
    except StoreAway as error:
        raise Unavailable from error
    audit(session, person, "letter.file_taken", f"letter:{letter.id}", file="letter.eml")
    return _download(content, f"letter-{letter.id}.eml")


@router.post("/{letter_id}/return")
def send_back(
    request: Request,
    session: DbSession,
    person: Writer,
    letter_id: int,
    form: Annotated[Submitted[ReturnForm], submitted(ReturnForm)],
) -> Response:
    """To its author, who is told what is missing."""
    if form.value is not None and not set(form.value.missing) <= set(MISSING):
        form.refuse("missing", _("Choose one of the values offered"))
    if form.value is None:
        return _page(request, session, letter_id, form, status=422)
    try:
        service.send_back(session, letter_id, form.value.missing, form.value.note, by=person)
    except service.NoWayBack:
        form.refuse("missing", _("The author cannot be written to: there is no address, or no channel of e-mail is on"))
        return _page(request, session, letter_id, form, status=422)
    except Conflict:
        return _is_done(letter_id)
    return see_other(f"/appeals/inbound/{letter_id}", notice=_("Returned; the author is written to in two minutes"))


@router.post("/{letter_id}/spam")
def spam(session: DbSession, person: Writer, letter_id: int) -> Response:
    """Nobody needs it."""
    try:
        service.mark_as_spam(session, letter_id, by=person)
    except Conflict:
        return _is_done(letter_id)
    return see_other(f"/appeals/inbound/{letter_id}", notice=_("Marked as spam"))


@router.post("/{letter_id}/undo")
def undo(session: DbSession, person: Writer, letter_id: int) -> Response:
    """It waits again."""
    try:
        held = service.undo(session, letter_id, by=person)
    except Conflict:
        return _is_done(letter_id)
    told = _("The letter waits again") if held else _("The letter waits again; its author has been written to already")
    return see_other(f"/appeals/inbound/{letter_id}", notice=told)


def _is_done(letter_id: int) -> Response:
    return see_other(f"/appeals/inbound/{letter_id}", notice=_("A colleague was faster"))


def _download(content: bytes, name: str) -> Response:
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
        "Content-Security-Policy": "sandbox",
    }
    return Response(content, media_type="application/octet-stream", headers=headers)


def _page(request: Request, session: Session, letter_id: int, form: Submitted[Any], *, status: int = 200) -> Response:
    letter = queries.letter(session, letter_id)
    appeal = session.get(Appeal, letter.appeal_id) if letter.appeal_id else None
    return render(
        request,
        "appeals/inbound/letter.html",
        status=status,
        letter=letter,
        appeal=appeal,
        mailbox=queries.mailbox(session, letter.mailbox_id).name if letter.mailbox_id is not None else "Telegram",
        names=staff.names(session, [letter.decided_by] if letter.decided_by is not None else []),
        within=RETURNED_WITHIN,
        missing=MISSING,
        form=form,
        words=words,
        state_of=State,
    )
