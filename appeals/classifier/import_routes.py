"""A file of the classifier over HTTP: sent, looked at, and only then carried out."""

import base64
import binascii
import hashlib
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from appeals.classifier import service, sheet, words
from appeals.classifier.model import Plan
from appeals.sheets import BadSheet, Fault
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter(prefix="/classifier/import")

Keeper = Annotated[Person, may("directories.edit")]
LARGEST = 500_000  # bytes: the file goes back and forth with its preview; a national classifier has forty thousand


class FileForm(BaseModel):
    """A file, and whether it is all there is."""

    model_config = {"arbitrary_types_allowed": True}

    file: UploadFile
    whole: bool = False


class SeenForm(BaseModel):
    """The file that was looked at, and what it was to change then."""

    sent: str = Field(max_length=LARGEST * 2)
    seen: str = Field(max_length=64)
    whole: bool = False


@router.get("")
def form(request: Request, session: DbSession, person: Keeper) -> Response:
    """Where a file is chosen."""
    return _page(request, blank(whole=""))


@router.post("")
def look(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[FileForm], submitted(FileForm)]
) -> Response:
    """What the file would change; nothing changes yet."""
    if form.value is None or not form.value.file.filename:
        form.refuse("file", _("Choose a file"))
        return _page(request, form, status=422)
    content = form.value.file.file.read(LARGEST + 1)
    return _preview(request, session, person, form, content, whole=form.value.whole)


@router.post("/carry-out")
def carry_out(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[SeenForm], submitted(SeenForm)]
) -> Response:
    """What was looked at happens; where it would be something else by now, it is shown anew."""
    sent = form.value
    if sent is None:
        return _page(request, blank(whole=""), status=422)
    try:
        content = base64.b64decode(sent.sent, validate=True)
        changes = _plan(session, person, content, whole=sent.whole)
    except (binascii.Error, BadSheet):
        return _page(request, blank(whole=""), status=422)
    if _seal(changes) != sent.seen or changes.faults:
        return _preview(request, session, person, form, content, whole=sent.whole)
    count = service.carry_out(session, person.organisation_id, changes, today=midnight().date(), by=person)
    told = _("Entries changed: %s") % count if count else _("The classifier is as the file has it")
    return see_other("/classifier", notice=told)


def _preview(
    request: Request, session: Session, person: Person, form: Submitted[Any], content: bytes, *, whole: bool
) -> Response:
    try:
        changes = _plan(session, person, content, whole=whole)
    except BadSheet as bad:
        form.refuse("file", words.refusal(bad))
        return _page(request, form, status=422)
    sent = base64.b64encode(content).decode()
    more: dict[str, Any] = {"changes": changes, "sent": sent, "seal": _seal(changes), "whole": whole}
    return _page(request, form, status=422 if changes.faults else 200, **more)


def _plan(session: Session, person: Person, content: bytes, *, whole: bool) -> Plan:
    if len(content) > LARGEST:
        raise BadSheet(Fault.TOO_LARGE)
    asked, faults = sheet.wanted(content)
    changes = service.planned(session, person.organisation_id, asked, whole=whole, today=midnight().date())
    changes.faults = sorted([*changes.faults, *faults])
    return changes


def _seal(changes: Plan) -> str:
    """Tells two plans apart."""
    told = [repr(each) for each in changes.added]
    told += [f"{entry.section} {entry.code} {entry.valid_from} {each!r}" for entry, each in changes.changed]
    told += [f"{entry.section} {entry.code} {last_day}" for entry, last_day in changes.retired]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _page(request: Request, form: Submitted[Any], *, status: int = 200, **preview: Any) -> Response:
    shown = {"changes": None, "sent": "", "seal": "", "whole": False} | preview
    return render(request, "appeals/classifier/import.html", status=status, form=form, words=words, **shown)
