"""My appeals: the list, one with its public steps, its files. Each route asks whose it is; another's is not there."""

from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from appeals import words as appeal_words
from appeals.addresses import queries as addresses
from appeals.addresses import writing as written
from appeals.attachments import answers
from appeals.attachments.model import ACCEPTED
from appeals.attachments.storing import Stored
from appeals.attachments.tables import Attachment
from appeals.cabinet import drafts, files, further, queries, visiting, words
from appeals.cabinet.model import MOST_FILES, MOST_FILES_OF_APPEAL, SHORT
from appeals.cabinet.steps import steps
from appeals.cabinet.visiting import Visitor
from appeals.cabinet.writing import Author
from appeals.feedback import panel as feedback
from appeals.model import TOLD, WITH_RESULT, State
from appeals.tables import Appeal
from calls import directory
from db import NotFound, transaction
from staff.access import SentToken
from staff.audit import audit
from web.forms import Submitted, blank, row_id, submitted
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/cabinet/{code}")


class MoreForm(BaseModel):
    """Files that are sent after the appeal."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    submission: UUID | None = None
    files: list[UploadFile] = Field(min_length=1, max_length=MOST_FILES)


@router.get("")
def mine(request: Request, code: str, after: str = "") -> Response:
    """What the account sent, the newest first."""
    visitor = visiting.visit(request, code)
    if visitor.account is None:
        return visiting.to_sign_in(request, visitor)
    with transaction(visitor.organisation.id) as session:
        found = list(queries.appeals_of(session, visitor.account.id, after=row_id(after)))
        begun = queries.drafts_of_account(session, visitor.account.id)
        topics = directory.names(session)
        shown, more = found[: queries.PAGE], len(found) > queries.PAGE
        texts = queries.written_by_author(session, shown)
    return render(
        request,
        "appeals/cabinet/list.html",
        visitor=visitor,
        appeals=shown,
        texts=texts,
        after=shown[-1].id if more else None,
        kept=[each for each in begun if each.forgotten_at is None],
        thrown=[each for each in begun if drafts.can_come_back(each)],
        begun_texts=drafts.texts(begun, SHORT),
        topics=topics,
        state=state_of,
        words=appeal_words,
    )


@router.get("/{number}")
def one(request: Request, code: str, number: str) -> Response:
    """One appeal, as its author may know it; that it was read is written down."""
    visitor = visiting.visit(request, code)
    if visitor.account is None:
        return visiting.to_sign_in(request, visitor)
    return _page(request, visitor, number, blank())


@router.post("/{number}/upload")
def more_files(
    request: Request,
    code: str,
    number: str,
    token: SentToken,
    form: Annotated[Submitted[MoreForm], submitted(MoreForm)],
) -> Response:
    """Further files of an appeal that is not over; all of them, or none."""
    visitor = visiting.visit(request, code)
    author = visiting.permitted(visitor, token)
    if author is None:
        return visiting.to_sign_in(request, visitor, notice=_("Sign in again, then send the files once more"))
    sent = form.value
    chosen = [each for each in sent.files if each.filename] if sent is not None else []
    if sent is not None and not chosen:
        form.refuse("files", _("Choose at least one"))
    try:
        with transaction(visitor.organisation.id) as session:
            further.check(session, author, number, len(chosen))
        if sent is not None and form.value is not None:
            limit = request.app.state.attachment_limit
            stored = files.store(visitor.organisation.id, chosen, form, limit=limit)
            if stored is not None:
                return _attached(visitor, author, number, stored, submission=sent.submission)
    except further.TooManyFiles:
        form.refuse("files", _("At most %d files of one appeal") % MOST_FILES_OF_APPEAL)
    return _page(request, visitor, number, form, status=422)


def _attached(
    visitor: Visitor, author: Author, number: str, stored: list[Stored], *, submission: UUID | None
) -> Response:
    try:
        with transaction(visitor.organisation.id) as session:
            known = further.attach(session, author, number, stored, submission=submission)
    except Exception:
        files.forget(stored)
        raise
    files.forget(known)
    return see_other(f"{visitor.at}/{number}", notice=_("Attached"))


@router.get("/{number}/files/{file_id}")
def file(request: Request, code: str, number: str, file_id: int) -> Response:
    """One's own file, or one that staff have marked for the author, to be kept."""
    visitor = visiting.visit(request, code)
    author = visitor.author()
    if author is None:
        return visiting.to_sign_in(request, visitor)
    return answers.sent(_file(author, number, file_id, whole=True), "attachment")


@router.get("/{number}/files/{file_id}/small")
def small(request: Request, code: str, number: str, file_id: int) -> Response:
    """The small picture of such a photo."""
    visitor = visiting.visit(request, code)
    author = visitor.author()
    if author is None:
        return visiting.to_sign_in(request, visitor)
    return answers.small(_file(author, number, file_id, whole=False))


def state_of(appeal: Appeal) -> State:
    """Where it stands, as citizens are told."""
    state = State(appeal.state)
    return TOLD.get(state, state)


def _file(author: Author, number: str, file_id: int, *, whole: bool) -> Attachment:
    """A file of the account's own appeal; who takes it away is written down. No transaction stays open."""
    with transaction(author.organisation.id) as session:
        appeal = queries.own(session, author.account.id, number)
        found = queries.file(session, appeal, author.cabinet.person_id, file_id)
        if whole:
            about = {"account": str(author.account.id), "attachment": str(found.id), "sha256": found.sha256}
            audit(session, None, "citizen.took_file", f"appeal:{appeal.number}", **about)
        return found


def _page(request: Request, visitor: Visitor, number: str, form: Submitted[Any], *, status: int = 200) -> Response:
    author = visitor.author()
    if author is None:
        raise NotFound(number)
    form.typed = {}
    language = visitor.organisation.default_language
    with transaction(visitor.organisation.id) as session:
        appeal = queries.own(session, author.account.id, number)
        audit(session, None, "citizen.opened_appeal", f"appeal:{appeal.number}", account=str(author.account.id))
        return render(
            request,
            "appeals/cabinet/appeal.html",
            status=status,
            visitor=visitor,
            form=form,
            appeal=appeal,
            text=queries.written_by_author(session, [appeal])[appeal.id],
            state=state_of(appeal),
            steps=steps(session, appeal),
            addresses=[written.of_appeal(each, language) for each in addresses.addresses_of(session, appeal.id)],
            files=queries.files_of(session, appeal, author.cabinet.person_id),
            answered_with=queries.files_for_author(session, appeal, author.cabinet.person_id),
            takes_files=further.takes_files(session, author.cabinet, appeal),
            submission=uuid4(),
            accept=ACCEPTED,
            limit=request.app.state.attachment_limit,
            feedback=feedback.of_author(session, appeal),
            mark_form=blank(),
            is_answered=State(appeal.state) in WITH_RESULT,
            topics=directory.names(session),
            words=appeal_words,
            step_words=words.STEPS,
        )
