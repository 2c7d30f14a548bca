"""A file of executors over HTTP: sent, looked at, and only then carried out."""

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

from appeals.executors import importing, words
from appeals.executors.importing import Plan
from appeals.sheets import BadSheet, Fault
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import audience
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/executors/import")

Keeper = Annotated[Person, may("executors.keep")]
LARGEST = 500_000  # bytes: the file goes back and forth with its preview; two thousand executors have half of it


class FileForm(BaseModel):
    """A file."""

    model_config = {"arbitrary_types_allowed": True}

    file: UploadFile


class SeenForm(BaseModel):
    """The file that was looked at, and what it was to change then."""

    sent: str = Field(max_length=LARGEST * 2)
    seen: str = Field(max_length=64)


@router.get("")
def form(request: Request, session: DbSession, person: Keeper) -> Response:
    """Where a file is chosen."""
    return _page(request, blank())


@router.post("")
def look(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[FileForm], submitted(FileForm)]
) -> Response:
    """What the file would change; nothing changes yet."""
    if form.value is None or not form.value.file.filename:
        form.refuse("file", _("Choose a file"))
        return _page(request, form, status=422)
    return _preview(request, session, person, form, form.value.file.file.read(LARGEST + 1))


@router.post("/carry-out")
def carry_out(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[SeenForm], submitted(SeenForm)]
) -> Response:
    """What was looked at happens; where it would be something else by now, it is shown anew."""
    if form.value is None:
        return _page(request, blank(), status=422)
    try:
        content = base64.b64decode(form.value.sent, validate=True)
        plan = _plan(session, person, content)
    except (binascii.Error, BadSheet):
        return _page(request, blank(), status=422)
    if _seal(plan) != form.value.seen or plan.faults:
        return _preview(request, session, person, form, content)
    count = importing.carry_out(session, person.organisation_id, plan, by=person)
    told = _("Executors changed: %s") % count if count else _("The directory is as the file has it")
    return see_other("/executors", notice=told)


def _preview(request: Request, session: Session, person: Person, form: Submitted[Any], content: bytes) -> Response:
    try:
        plan = _plan(session, person, content)
    except BadSheet as bad:
        form.refuse("file", words.refusal(bad))
        return _page(request, form, status=422)
    sent = base64.b64encode(content).decode()
    return _page(request, form, plan, status=422 if plan.faults else 200, sent=sent, seal=_seal(plan))


def _plan(session: Session, person: Person, content: bytes) -> Plan:
    if len(content) > LARGEST:
        raise BadSheet(Fault.TOO_LARGE)
    return importing.planned(session, person.organisation_id, content)


def _seal(plan: Plan) -> str:
    """Tells two plans apart."""
    told = [repr(each) for each in plan.added]
    told += [f"{executor.id} {importing.state_of(executor)} {each!r}" for executor, each in plan.changed]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _page(
    request: Request,
    form: Submitted[Any],
    plan: Plan | None = None,
    *,
    status: int = 200,
    sent: str = "",
    seal: str = "",
) -> Response:
    language = audience().language
    headings = [(each[language], name in importing.NEEDED) for name, each in importing.HEADINGS.items()]
    return render(
        request,
        "appeals/executors/import.html",
        status=status,
        form=form,
        plan=plan,
        sent=sent,
        seal=seal,
        headings=headings,
        words=words,
    )
