"""Photos and papers of one piece of work over HTTP: what the executor sees of them, a file more, a file out again."""

from typing import Annotated, Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals.attachments import answers, service
from appeals.attachments import queries as attachments
from appeals.attachments.answers import BackForm, FilesForm
from appeals.attachments.panel import BLANK, panel
from appeals.attachments.tables import Attachment
from appeals.classifier import words as entry_words
from appeals.workflow import queries
from appeals.workflow.tables import Assignment
from db import NotFound, transaction
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, submitted
from web.languages import gettext as _
from web.pages import is_part, render, see_other
from web.periods import midnight
from web.problems import NotAllowed

router = APIRouter(prefix="/assignments")

Executor = Annotated[Person, may("assignments.work")]


@router.get("/{assignment_id}/attachments")
def of_work(request: Request, session: DbSession, person: Executor, assignment_id: int) -> Response:
    """The appeal's own files and those that show this work: a part for its page; alone, a page."""
    return _page(request, session, person, _own(session, assignment_id, person))


@router.post("/{assignment_id}/attachments/upload")
def upload(
    request: Request,
    person: Executor,
    assignment_id: int,
    form: Annotated[Submitted[FilesForm], submitted(FilesForm)],
) -> Response:
    """Takes files, each for itself; no transaction waits while they are read."""
    limit = request.app.state.attachment_limit
    with transaction(person.organisation_id) as session:
        number = _own(session, assignment_id, person).appeal.number
    wrong = answers.take(form, number, limit=limit, by=person, assignment=assignment_id)
    if answers.wants_json(request):
        return answers.told(form, wrong, limit)
    status = answers.refuse(form, wrong, limit)
    if status is not None:
        with transaction(person.organisation_id) as session:
            return _page(request, session, person, _own(session, assignment_id, person), form=form, status=status)
    return see_other(f"/assignments/{assignment_id}#attachments", notice=_("Attached"))


@router.get("/{assignment_id}/attachments/{attachment_id}/small")
def small(person: Executor, assignment_id: int, attachment_id: int) -> Response:
    """The small picture for the page, whose reading is written down with the assignment's."""
    return answers.small(_found(person, assignment_id, attachment_id))


@router.get("/{assignment_id}/attachments/{attachment_id}/picture")
def picture(person: Executor, assignment_id: int, attachment_id: int) -> Response:
    """The picture itself, to be looked at."""
    attachment = _found(person, assignment_id, attachment_id, whole=False)
    if not attachment.is_picture:
        return see_other(f"/assignments/{assignment_id}/attachments/{attachment_id}/file")
    return answers.sent(attachment, "inline")


@router.get("/{assignment_id}/attachments/{attachment_id}/file")
def file(person: Executor, assignment_id: int, attachment_id: int) -> Response:
    """The file, to be kept."""
    return answers.sent(_found(person, assignment_id, attachment_id, whole=True), "attachment")


@router.post("/{assignment_id}/attachments/{attachment_id}/take-back")
def take_back(
    session: DbSession,
    person: Executor,
    assignment_id: int,
    attachment_id: int,
    form: Annotated[Submitted[BackForm], submitted(BackForm)],
) -> Response:
    """One's own file of this work is no longer shown."""
    assignment = _own(session, assignment_id, person)
    attachment = _of_work(session, assignment, attachment_id)
    if attachment.added_by != person.id:
        raise NotAllowed("attachments.take_back")
    place = f"/assignments/{assignment_id}#attachments"
    if form.value is None:
        return see_other(place, notice=_("Nothing was taken back: say why in a few words"))
    service.take_back(session, assignment.appeal, attachment, form.value.why, by=person)
    return see_other(place, notice=_("Taken back"))


def _own(session: Session, assignment_id: int, person: Person) -> Assignment:
    return queries.own(session, assignment_id, person.id, midnight().date())


def _of_work(session: Session, assignment: Assignment, attachment_id: int) -> Attachment:
    """An attachment that this executor may see. NotFound, also for another executor's."""
    attachment = attachments.get(session, assignment.appeal_id, attachment_id)
    if attachment.assignment_id not in (None, assignment.id):
        raise NotFound(f"attachment {attachment_id}")
    return attachment


def _found(person: Person, assignment_id: int, attachment_id: int, *, whole: bool | None = None) -> Attachment:
    """The attachment; with `whole` it is written down that it is looked at or taken away. No transaction stays open."""
    with transaction(person.organisation_id) as session:
        assignment = _own(session, assignment_id, person)
        attachment = _of_work(session, assignment, attachment_id)
        if whole is not None:
            service.open_file(session, assignment.appeal, attachment, whole=whole, by=person)
        return attachment


def _page(
    request: Request,
    session: Session,
    person: Person,
    assignment: Assignment,
    *,
    form: Submitted[Any] | None = None,
    status: int = 200,
) -> Response:
    if form is not None:
        form.typed = BLANK | form.typed
    limit = request.app.state.attachment_limit
    return render(
        request,
        "appeals/attachments/_shown.html" if is_part(request) else "appeals/attachments/page.html",
        status=status,
        appeal=assignment.appeal,
        attached=panel(session, assignment.appeal, person, limit=limit, assignment=assignment.id, form=form),
        entry_words=entry_words,
        back=f"/assignments/{assignment.id}",
    )
