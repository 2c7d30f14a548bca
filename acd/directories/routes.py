"""The page of the directories, one tab each: names, order, what is switched off."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from acd.desk import named
from acd.directories import queries, service
from acd.directories.model import Directory
from acd.directories.queries import Entry
from acd.tables import PauseReason
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.names import NamesForm, names_of, refuse_unnamed, typed
from web.pages import render, see_other

router = APIRouter(prefix="/organisation/directories")

Keeper = Annotated[Person, may("directories.manage")]


class EntryForm(NamesForm):
    """What an entry is called, and how many minutes a pause of it should take."""

    minutes: Annotated[int, Field(ge=1, le=480)] | None = None


class NewEntryForm(EntryForm):
    """The same, and its code."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")


@router.get("/{directory}")
def page(request: Request, session: DbSession, person: Keeper, directory: Directory) -> Response:
    """Every entry, and the form of another."""
    return _page(request, session, person, directory, blank())


@router.post("/{directory}")
def add(
    request: Request,
    session: DbSession,
    person: Keeper,
    directory: Directory,
    form: Annotated[Submitted[NewEntryForm], submitted(NewEntryForm)],
) -> Response:
    """A further entry, offered at once."""
    if "code" in form.errors and form.typed["code"]:
        form.errors["code"] = _("Small Latin letters, digits and _, a letter first")
    refuse_unnamed(form, staff.organisation(session, person.organisation_id).languages)
    if form.value is not None:
        given = form.value
        try:
            service.add(session, directory, given.code, names_of(given), lasts=_lasts(given), by=person)
        except service.CodeTaken:
            form.refuse("code", _("There is one already, perhaps switched off"))
    if form.value is None:
        return _page(request, session, person, directory, form, status=422)
    return _changed(directory)


@router.get("/{directory}/{code}")
def entry_page(request: Request, session: DbSession, person: Keeper, directory: Directory, code: str) -> Response:
    """The same page with the form of one entry."""
    entry = queries.entry(session, directory, code)
    lasts = entry.lasts if isinstance(entry, PauseReason) else None
    form = blank(**typed(entry.name), minutes=round(lasts.total_seconds() / 60) if lasts else "")
    return _page(request, session, person, directory, form, changing=entry)


@router.post("/{directory}/{code}")
def change(
    request: Request,
    session: DbSession,
    person: Keeper,
    directory: Directory,
    *,
    code: str,
    form: Annotated[Submitted[EntryForm], submitted(EntryForm)],
) -> Response:
    """Other names or another time."""
    entry = queries.entry(session, directory, code)
    refuse_unnamed(form, staff.organisation(session, person.organisation_id).languages)
    if form.value is None:
        return _page(request, session, person, directory, form, changing=entry, status=422)
    service.change(session, directory, entry, names_of(form.value), lasts=_lasts(form.value), by=person)
    return _changed(directory)


@router.post("/{directory}/{code}/off")
def switch_off(session: DbSession, person: Keeper, directory: Directory, code: str) -> Response:
    """Nobody chooses it any more."""
    service.switch_off(session, directory, queries.entry(session, directory, code), by=person)
    return _changed(directory)


@router.post("/{directory}/{code}/on")
def switch_on(session: DbSession, person: Keeper, directory: Directory, code: str) -> Response:
    """It is chosen again."""
    service.switch_on(session, directory, queries.entry(session, directory, code), by=person)
    return _changed(directory)


@router.post("/{directory}/{code}/up")
def move_up(session: DbSession, person: Keeper, directory: Directory, code: str) -> Response:
    """One place higher."""
    service.move_up(session, directory, queries.entry(session, directory, code), by=person)
    return _changed(directory)


def _lasts(form: EntryForm) -> timedelta | None:
    return timedelta(minutes=form.minutes) if form.minutes else None


def _changed(directory: Directory) -> Response:
    return see_other(f"/organisation/directories/{directory}", notice=_("Saved. Desks offer it so from now on."))


def _page(
    request: Request,
    session: Session,
    person: Person,
    directory: Directory,
    form: Submitted[Any],
    *,
    changing: Entry | None = None,
    status: int = 200,
) -> Response:
    return render(
        request,
        "acd/directories/page.html",
        status=status,
        directory=directory,
        of_pauses=directory is Directory.PAUSES,
        entries=queries.entries(session, directory),
        changing=changing,
        form=form,
        needed=staff.organisation(session, person.organisation_id).languages,
        named=named,
    )
