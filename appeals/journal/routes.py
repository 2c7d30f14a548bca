"""The journal over HTTP: the list, its columns and views."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

import appeals.queries
from appeals import words as appeal_words
from appeals.journal import conditions, listing, queries, service, shown, words
from appeals.journal.asking import asked_of
from appeals.journal.columns import HOUSE, Column, chosen
from appeals.journal.conditions import Asker
from appeals.journal.directories import Directories
from appeals.journal.model import (
    COUNTED,
    EVERYBODY,
    LONGEST_NAME,
    MOST_AT_ONCE,
    OF_TEAM,
    PAGE,
    PAGES,
    Asked,
    DeedState,
    Shared,
)
from appeals.workflow import queries as work
from appeals.workflow import words as work_words
from appeals.workflow.model import Refusal
from db import NotFound
from staff.access import DbSession, may
from staff.model import PERMISSIONS
from staff.rights import has
from staff.tables import Person
from staff.teams import queries as teams
from web.forms import row_id
from web.languages import gettext as _
from web.pages import is_part, render, see_other

router = APIRouter(prefix="/appeals")

Reader = Annotated[Person, may("appeals.find")]
Text = Annotated[str, Form(max_length=200)]
Address = Annotated[str, Form(max_length=4000)]  # the query of the list that a form stood in


@router.get("")
def journal(
    request: Request,
    session: DbSession,
    person: Reader,
    *,
    view: str = "",
    rows: str = "",
    after: Annotated[str, Query(max_length=500)] = "",
    before: Annotated[str, Query(max_length=500)] = "",
    done: str = "",
) -> Response:
    """The journal of appeals; the list alone to htmx. A look for somebody is written down."""
    personal = has(person, "data.personal")
    typed, asker = asked_of(request.query_params, personal=personal), Asker.of(person, personal=personal)
    size = next((each for each in PAGES if str(each) == rows), PAGE)
    page = listing.page(session, typed, asker, after=after, before=before, rows=size)
    asked = typed.without(page.nonsense)
    found = queries.rows(session, page.appeals)
    looked_for = conditions.looks_for_people(asked) if personal else []
    if looked_for:
        service.note_search(session, person, looked_for, count=page.count, shown=[row.appeal.number for row in found])
    directories = Directories(session, person.organisation_id)
    opened = _opened(session, person, view)
    columns = _columns(session, person, opened)
    context: dict[str, Any] = {
        "asked": asked, "page": page, "found": found, "columns": columns, "known": directories, "rows": size,
        "sizes": PAGES, "most": COUNTED, "words": words, "appeal_words": appeal_words, "personal": personal,
        "chips": shown.chips(asked, directories), "deed": _deed(session, person, done), "view": opened,
        "most_at_once": MOST_AT_ONCE, "typed": typed.filters, "nonsense": shown.nonsense(typed, page.nonsense),
        "names": shown.names(person), "work_words": work_words,
    }  # fmt: skip
    if is_part(request):
        return render(request, "appeals/journal/_list.html", **context)
    return render(
        request,
        "appeals/journal/page.html",
        fields=shown.fields(person, directories),
        tabs=shown.tabs(session, person, asked, opened),
        chooser=shown.chooser(columns),
        share_with=shown.share_with(session) if has(person, "appeals.share_views") else {},
        house=asked.filters.get(HOUSE, ""),
        named=shown.executor(typed.filters.get("executor", ""), directories),
        begun=_begun(session, person),
        **context,
    )


@router.post("/columns")
def choose_columns(
    session: DbSession,
    person: Reader,
    *,
    column: Annotated[list[str], Form(max_length=60)] = [],  # noqa: B006 - FastAPI copies it
    up: Text = "",
    down: Text = "",
    usual: Text = "",
    back: Address = "",
) -> Response:
    """The columns in the order wanted; one of them a place further, or the usual ones again."""
    keys = [each.key for each in chosen(column)]
    service.keep_columns(session, person, [] if usual else shown.moved(keys, up=up, down=down))
    return see_other(list_of(back, columns="open" if up or down else ""), notice=_("Columns are saved"))


@router.post("/views")
def keep_view(
    session: DbSession,
    person: Reader,
    *,
    name: Annotated[str, Form(max_length=LONGEST_NAME)] = "",
    shared: Text = "",
    executor: Annotated[str, Form(max_length=400)] = "",
    back: Address = "",
) -> Response:
    """The filters, the order and the columns of the page under a name; for others too from who may share."""
    name = name.strip()
    if not name:
        return see_other(list_of(back), notice=_("A view needs a name"))
    asked = _understood(session, person, asked_of(dict(parse_qsl(back))))
    keys = [column.key for column in _columns(session, person, None)]
    whom = _whom(session, person, shared, executor)
    if whom is None:
        return see_other(list_of(back), notice=_(work_words.REFUSALS[Refusal.NO_EXECUTOR]))
    view = service.keep_view(session, person, name, asked, columns=keys, shared=whom)
    return see_other(f"/appeals?{urlencode({**view.query, 'view': view.id})}", notice=_("The view is saved"))


@router.post("/views/{view_id}/copy")
def copy_view(session: DbSession, person: Reader, view_id: int) -> Response:
    """A colleague's view as one's own, to be changed."""
    view = service.copy_view(session, view_id, by=person)
    return see_other(f"/appeals?{urlencode({**view.query, 'view': view.id})}", notice=_("The view is saved"))


@router.post("/views/{view_id}/forget")
def forget_view(session: DbSession, person: Reader, view_id: int) -> Response:
    """One's own view, or a shared one for who may share."""
    service.forget_view(session, view_id, by=person)
    return see_other("/appeals", notice=_("The view is gone"))


def _begun(session: Session, person: Person) -> Sequence[appeals.queries.Begun]:
    """Cards that were begun, for who reads what citizens have said."""
    if not has(person, "appeals.read"):
        return ()
    return appeals.queries.begun(session, person, colleagues=has(person, "calls.read"))


def list_of(back: str, **more: str) -> str:
    """The list that a form stood in."""
    told = {name: value for name, value in parse_qsl(back) if name not in ("done", "columns")} | {
        name: value for name, value in more.items() if value
    }
    return f"/appeals?{urlencode(told)}" if told else "/appeals"


def _whom(session: Session, person: Person, shared: str, executor: str) -> Shared | None:
    """For whom a view is: for nobody else from who may not share. None where no executor is called so."""
    if not has(person, "appeals.share_views"):
        return Shared()
    if executor.strip():
        chosen = work.meant(session, executor)
        return Shared(executor=chosen.id) if chosen is not None else None
    team = row_id(shared.removeprefix(OF_TEAM)) if shared.startswith(OF_TEAM) else None
    if team is not None:
        return Shared(team=team) if team in teams.names(session) else Shared()
    return Shared(everybody=shared == EVERYBODY, role=shared if shared in PERMISSIONS["appeals.find"] else None)


def _understood(session: Session, person: Person, asked: Asked) -> Asked:
    """Without the filters that mean nothing."""
    asker = Asker.of(person, personal=has(person, "data.personal"))
    return asked.without(conditions.read(session, asked, asker).nonsense)


def _opened(session: Session, person: Person, view: str) -> int | None:
    number = row_id(view)
    try:
        return queries.view(session, number, person).id if number is not None else None
    except NotFound:
        return None


def _columns(session: Session, person: Person, view: int | None) -> tuple[Column, ...]:
    keys = queries.view(session, view, person).columns if view is not None else []
    return chosen(keys or queries.taste(session, person.id))


def _deed(session: Session, person: Person, done: str) -> shown.Done | None:
    """What was just done to many, until it is undone."""
    number = row_id(done)
    try:
        deed = queries.deed(session, number, person.id) if number is not None else None
    except NotFound:
        return None
    return (
        shown.done(session, deed) if deed is not None and deed.state == DeedState.DONE and not deed.undone_at else None
    )
