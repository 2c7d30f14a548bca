"""A file of the classifier over HTTP: sent, looked at, and only then carried out."""

from collections.abc import Iterator
from functools import partial
from typing import Annotated

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals import previewing
from appeals.classifier import service, sheet, words
from appeals.classifier.model import Plan
from appeals.previewing import Preview
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter(prefix="/classifier/import")

Keeper = Annotated[Person, may("directories.edit")]


class FileForm(previewing.FileForm):
    """A file, and whether it is all there is."""

    whole: bool = False


class SeenForm(previewing.SeenForm):
    """The same of the file that was looked at."""

    whole: bool = False


@router.get("")
def form(request: Request, session: DbSession, person: Keeper) -> Response:
    """Where a file is chosen."""
    return _page(request, Preview(blank()), whole=False, status=200)


@router.post("")
def look(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[FileForm], submitted(FileForm)]
) -> Response:
    """What the file would change; nothing changes yet."""
    whole = form.value is not None and form.value.whole
    found = previewing.look(form, partial(_plan, session, person, whole), _told)
    return _page(request, found, whole=whole, status=found.status)


@router.post("/carry-out")
def carry_out(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[SeenForm], submitted(SeenForm)]
) -> Response:
    """What was looked at happens; where it would be something else by now, it is shown anew."""
    whole = form.value is not None and form.value.whole
    found = previewing.once_more(form, partial(_plan, session, person, whole), _told)
    if found.plan is None or not found.is_as_seen:
        return _page(request, found, whole=whole, status=found.status)
    count = service.carry_out(session, person.organisation_id, found.plan, today=midnight().date(), by=person)
    told = _("Entries changed: %s") % count if count else _("The classifier is as the file has it")
    return see_other("/classifier", notice=told)


def _plan(session: Session, person: Person, whole: bool, content: bytes) -> Plan:
    asked, faults = sheet.wanted(content)
    changes = service.planned(session, person.organisation_id, asked, whole=whole, today=midnight().date())
    changes.faults = sorted([*changes.faults, *faults])
    return changes


def _told(changes: Plan) -> Iterator[str]:
    """Tells two plans apart."""
    yield from map(repr, changes.added)
    for entry, each in changes.changed:
        yield f"{entry.section} {entry.code} {entry.valid_from} {each!r}"
    for entry, last_day in changes.retired:
        yield f"{entry.section} {entry.code} {last_day}"


def _page(request: Request, found: Preview[Plan], *, whole: bool, status: int) -> Response:
    found.form.typed.setdefault("whole", "")
    faults = found.plan.faults if found.plan is not None else []
    return render(
        request,
        "appeals/classifier/import.html",
        status=status,
        faults=[(row, _(words.FAULTS[fault])) for row, fault in faults],
        whole=whole,
        words=words,
        **found.shown(),
    )
