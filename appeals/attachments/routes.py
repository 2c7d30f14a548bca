"""Attachments over HTTP: what an appeal has, a file more, a file out again.

Files are served by us and not by an address of the store, so that each opening is allowed and written down first; what
is given out runs nothing in a browser, whatever is in it.
"""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

import appeals.queries
from appeals.attachments import answers, queries, service
from appeals.attachments.answers import BackForm, FilesForm
from appeals.attachments.model import LONGEST_LINK, LONGEST_NOTE, is_link
from appeals.attachments.panel import BLANK, panel
from appeals.attachments.tables import Attachment
from appeals.classifier import words as entry_words
from db import transaction
from staff.access import DbSession, may
from staff.rights import has
from staff.tables import Person
from web.forms import Submitted, submitted
from web.languages import gettext as _
from web.pages import is_part, render, see_other
from web.problems import NotAllowed

router = APIRouter(prefix="/appeals")

Reader = Annotated[Person, may("appeals.read")]
Adder = Annotated[Person, may("attachments.add")]
Shower = Annotated[Person, may("attachments.show")]


class LinkForm(BaseModel):
    """An address on the Web."""

    link: str = Field(max_length=LONGEST_LINK)
    link_note: str = Field("", max_length=LONGEST_NOTE)


@router.get("/{number}/attachments")
def of_appeal(request: Request, session: DbSession, person: Reader, number: str) -> Response:
    """What is attached: a part for the page of the appeal; alone, a page."""
    return _page(request, session, person, number)


@router.post("/{number}/attachments/upload")
def upload(
    request: Request,
    person: Adder,
    number: str,
    form: Annotated[Submitted[FilesForm], submitted(FilesForm)],
) -> Response:
    """Takes files, each for itself: what is wrong with one keeps no other from being attached."""
    limit = request.app.state.attachment_limit
    wrong = answers.take(form, number, limit=limit, by=person)
    if answers.wants_json(request):
        return answers.told(form, wrong, limit)
    status = answers.refuse(form, wrong, limit)
    if status is not None:
        with transaction(person.organisation_id) as session:
            return _page(request, session, person, number, form=form, status=status)
    return see_other(f"/appeals/{number}#attachments", notice=_("Attached"))


@router.get("/{number}/attachments/{attachment_id}/small")
def small(person: Reader, number: str, attachment_id: int) -> Response:
    """The small picture for the page, whose reading is written down with the appeal's."""
    return answers.small(_found(person, number, attachment_id))


@router.get("/{number}/attachments/{attachment_id}/picture")
def picture(person: Reader, number: str, attachment_id: int) -> Response:
    """The picture itself, to be looked at."""
    attachment = _found(person, number, attachment_id, whole=False)
    if not attachment.is_picture:
        return see_other(f"/appeals/{number}/attachments/{attachment_id}/file")
    return answers.sent(attachment, "inline")


@router.get("/{number}/attachments/{attachment_id}/file")
def file(person: Reader, number: str, attachment_id: int) -> Response:
    """The file, to be kept."""
    return answers.sent(_found(person, number, attachment_id, whole=True), "attachment")


@router.post("/{number}/attachments/{attachment_id}/take-back")
def take_back(
    session: DbSession,
    person: Adder,
    number: str,
    attachment_id: int,
    form: Annotated[Submitted[BackForm], submitted(BackForm)],
) -> Response:
    """One's own file, or with the right for it anybody's, is no longer shown."""
    appeal = appeals.queries.get(session, number)
    attachment = queries.get(session, appeal.id, attachment_id)
    _check_whose(person, attachment.added_by)
    if form.value is None:
        return see_other(f"/appeals/{number}#attachments", notice=_("Nothing was taken back: say why in a few words"))
    service.take_back(session, appeal, attachment, form.value.why, by=person)
    return see_other(f"/appeals/{number}#attachments", notice=_("Taken back"))


@router.post("/{number}/attachments/{attachment_id}/for-author")
def mark_for_author(session: DbSession, person: Shower, number: str, attachment_id: int) -> Response:
    """The author has the file with the answer."""
    appeal = appeals.queries.get(session, number)
    service.mark_for_author(session, appeal, queries.get(session, appeal.id, attachment_id), by=person)
    return see_other(f"/appeals/{number}#attachments", notice=_("The author sees the file with the answer"))


@router.post("/{number}/attachments/{attachment_id}/not-for-author")
def keep_from_author(session: DbSession, person: Shower, number: str, attachment_id: int) -> Response:
    """The author does not have it any more."""
    appeal = appeals.queries.get(session, number)
    service.keep_from_author(session, appeal, queries.get(session, appeal.id, attachment_id), by=person)
    return see_other(f"/appeals/{number}#attachments", notice=_("The author does not see the file"))


@router.post("/{number}/attachments/links")
def add_link(
    request: Request,
    session: DbSession,
    person: Adder,
    number: str,
    form: Annotated[Submitted[LinkForm], submitted(LinkForm)],
) -> Response:
    """Where a photo or a video lies."""
    appeal = appeals.queries.get(session, number)
    if form.value is not None and not is_link(form.value.link):
        form.refuse("link", _("This is not an address on the Web: it begins with https://"))
    if form.value is None:
        return _page(request, session, person, number, form=form, status=422)
    service.add_link(session, appeal, form.value.link, form.value.link_note, by=person)
    return see_other(f"/appeals/{number}#attachments", notice=_("Attached"))


@router.post("/{number}/attachments/links/{link_id}/take-back")
def take_link_back(session: DbSession, person: Adder, number: str, link_id: int) -> Response:
    """The link is no longer shown."""
    appeal = appeals.queries.get(session, number)
    row = queries.link(session, appeal.id, link_id)
    _check_whose(person, row.added_by)
    service.take_link_back(session, appeal, row, by=person)
    return see_other(f"/appeals/{number}#attachments", notice=_("Taken back"))


def _check_whose(person: Person, added_by: int) -> None:
    if added_by != person.id and not has(person, "attachments.take_back"):
        raise NotAllowed("attachments.take_back")


def _found(person: Person, number: str, attachment_id: int, *, whole: bool | None = None) -> Attachment:
    """The attachment; with `whole` it is written down that it is looked at or taken away. No transaction stays open."""
    with transaction(person.organisation_id) as session:
        appeal = appeals.queries.get(session, number)
        attachment = queries.get(session, appeal.id, attachment_id)
        if whole is not None:
            service.open_file(session, appeal, attachment, whole=whole, by=person)
        return attachment


def _page(
    request: Request,
    session: Session,
    person: Person,
    number: str,
    *,
    form: Submitted[Any] | None = None,
    status: int = 200,
) -> Response:
    appeal = appeals.queries.get(session, number)
    if form is not None:
        form.typed = BLANK | form.typed
    shown = panel(session, appeal, person, limit=request.app.state.attachment_limit, form=form)
    template = "appeals/attachments/_shown.html" if is_part(request) else "appeals/attachments/page.html"
    return render(
        request,
        template,
        status=status,
        appeal=appeal,
        attached=shown,
        entry_words=entry_words,
        back=f"/appeals/{appeal.number}",
    )
