"""Attachments for programs: a file more, a file out again, of an appeal or of one's own piece of work."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from appeals import queries
from appeals.attachments import answers, receiving, service, words
from appeals.attachments import queries as attachments
from appeals.attachments.model import LONGEST_NOTE, Refusal, Refused
from appeals.attachments.queries import Attached
from appeals.classifier.tables import ClassifierEntry
from appeals.exchange import shapes, telling
from appeals.exchange.asking import IdempotencyKey
from appeals.exchange.work_routes import own
from db import NotFound, transaction
from staff.keys.access import Caller, by_key
from staff.keys.model import Scope
from web.languages import gettext as _
from web.problems import Rejected

router = APIRouter(tags=["attachments"])

Reader = Annotated[Caller, by_key("appeals.read")]
Adder = Annotated[Caller, by_key("attachments.add")]
OwnReader = Annotated[Caller, by_key("assignments.work", Scope.READ)]
Executor = Annotated[Caller, by_key("assignments.work", Scope.WORK)]
Kind = Annotated[str, Form(max_length=64, description="code of the classifier's section `attachment`")]
Note = Annotated[str, Form(max_length=LONGEST_NOTE)]
WHOLE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"application/octet-stream": {}}, "description": "the file"}
}


@router.post("/appeals/{number}/attachments/upload", status_code=201)
def attach(
    request: Request,
    caller: Adder,
    number: str,
    *,
    file: UploadFile,
    kind: Kind,
    idempotency_key: IdempotencyKey,
    note: Note = "",
) -> shapes.File:
    """A file of the appeal: looked at, stored, read back, then attached. Sent again, it is attached once."""
    return _received(request, caller, number, file, kind=kind, note=note, name=idempotency_key)


@router.get("/appeals/{number}/attachments/{attachment_id}", response_class=Response, responses=WHOLE)
def attachment(caller: Reader, number: str, attachment_id: int) -> Response:
    """The file; the reading is written down."""
    with transaction(caller.organisation.id) as session:
        appeal = queries.get(session, number)
        found = attachments.get(session, appeal.id, attachment_id)
        service.open_file(session, appeal, found, whole=True, by=caller.person)
    return answers.sent(found, "attachment")


@router.post("/assignments/{assignment_id}/attachments/upload", status_code=201)
def attach_to_work(
    request: Request,
    caller: Executor,
    assignment_id: int,
    *,
    file: UploadFile,
    kind: Kind,
    idempotency_key: IdempotencyKey,
    note: Note = "",
) -> shapes.File:
    """A file that shows one's own work."""
    with transaction(caller.organisation.id) as session:
        number = own(session, assignment_id, caller).appeal.number
    return _received(
        request, caller, number, file, kind=kind, note=note, name=idempotency_key, assignment=assignment_id
    )


@router.get("/assignments/{assignment_id}/attachments/{attachment_id}", response_class=Response, responses=WHOLE)
def attachment_of_work(caller: OwnReader, assignment_id: int, attachment_id: int) -> Response:
    """A file of the appeal itself or of one's own work; the reading is written down."""
    with transaction(caller.organisation.id) as session:
        work = own(session, assignment_id, caller)
        shown = {each.file.id: each.file for each in attachments.of_work(session, work.appeal_id, work.id)}
        if attachment_id not in shown:
            raise NotFound(f"attachment {attachment_id}")
        found = service.open_file(session, work.appeal, shown[attachment_id], whole=True, by=caller.person)
    return answers.sent(found, "attachment")


def _received(
    request: Request,
    caller: Caller,
    number: str,
    file: UploadFile,
    *,
    kind: str,
    note: str,
    name: UUID,
    assignment: int | None = None,
) -> shapes.File:
    limit = request.app.state.attachment_limit
    meant = _kind(caller, kind)
    try:
        attached = receiving.receive(
            number, file.file, file.filename or "", kind=meant.id, note=note, assignment=assignment, submission=name,
            limit=limit, by=caller.person,
        )  # fmt: skip
    except Refused as refused:
        away = refused.refusal is Refusal.STORE_AWAY
        raise Rejected(503 if away else 422, fields={"file": words.refusal(refused.refusal, limit=limit)}) from refused
    at = f"/api/v1/appeals/{number}" if assignment is None else f"/api/v1/assignments/{assignment}"
    return telling.file(Attached(attached, meant), f"{at}/attachments")


def _kind(caller: Caller, code: str) -> ClassifierEntry:
    """The kind of today with this code. Rejected."""
    with transaction(caller.organisation.id) as session:
        for each in service.offered(session, caller.organisation.id):
            if each.code == code:
                return each
    raise Rejected(422, fields={"kind": _("Choose one of the values offered")})
