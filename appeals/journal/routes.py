"""The journal over HTTP: the list, its columns and views, deeds done to many."""

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
from appeals.journal.model import COUNTED, MOST_AT_ONCE, PAGE, PAGES, Asked
from appeals.terms.service import NotMoved
from appeals.terms.words import REFUSALS
from appeals.workflow import queries as work
from appeals.workflow import words as work_words
from appeals.workflow.model import Part, Refusal
from db import NotFound
from staff.access import DbSession, may
from staff.rights import has
from staff.tables import Person
from web.forms import row_id
from web.languages import gettext as _
from web.languages import ngettext
from web.pages import is_part, render, see_other

router = APIRouter(prefix="/appeals")

Reader = Annotated[Person, may("appeals.find")]
Dispatcher = Annotated[Person, may("appeals.assign")]
Decider = Annotated[Person, may("terms.decide")]
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
    return see_other(_list(back, columns="open" if up or down else ""), notice=_("Columns are saved"))


@router.post("/views")
def keep_view(
    session: DbSession,
    person: Reader,
    *,
    name: Annotated[str, Form(max_length=60)] = "",
    shared: Text = "",
    back: Address = "",
) -> Response:
    """The filters, the order and the columns of the page under a name; for everybody from who may share."""
    name = name.strip()
    if not name:
        return see_other(_list(back), notice=_("A view needs a name"))
    asked = _understood(session, person, asked_of(dict(parse_qsl(back))))
    keys = [column.key for column in _columns(session, person, None)]
    for_all = bool(shared) and has(person, "appeals.share_views")
    view = service.keep_view(session, person, name, asked, columns=keys, shared=for_all)
    return see_other(f"/appeals?{urlencode({**view.query, 'view': view.id})}", notice=_("The view is saved"))


@router.post("/views/{view_id}/forget")
def forget_view(session: DbSession, person: Reader, view_id: int) -> Response:
    """One's own view, or a shared one for who may share."""
    service.forget_view(session, view_id, by=person)
    return see_other("/appeals", notice=_("The view is gone"))


@router.post("/bulk")
def change_many(
    session: DbSession,
    person: Decider,
    *,
    number: Annotated[list[str], Form(max_length=MOST_AT_ONCE)] = [],  # noqa: B006 - FastAPI copies it
    deed: Text = "",
    reason: Annotated[str, Form(max_length=500)] = "",
    back: Address = "",
) -> Response:
    """The appeals marked are put under long control or taken out of it; it can be undone for a while."""
    if deed not in (service.LONG_ON, service.LONG_OFF) or not number:
        return see_other(_list(back), notice=_("Nothing was marked"))
    try:
        done = service.set_long_control(session, number, on=deed == service.LONG_ON, reason=reason, by=person)
    except NotMoved as refused:
        return see_other(_list(back), notice=_(REFUSALS[refused.why]))
    return see_other(_list(back, done=str(done.id)))


@router.post("/bulk/give")
def give_many(
    session: DbSession,
    person: Dispatcher,
    *,
    number: Annotated[list[str], Form(max_length=MOST_AT_ONCE)] = [],  # noqa: B006 - FastAPI copies it
    executor: Annotated[str, Form(max_length=400)] = "",
    part: Text = "",
    reason: Annotated[str, Form(max_length=500)] = "",
    back: Address = "",
) -> Response:
    """The appeals marked are given to an executor; those that cannot be are told; it can be undone for a while."""
    if not number or part not in set(Part):
        return see_other(_list(back), notice=_("Nothing was marked"))
    chosen = work.meant(session, executor)
    if chosen is None:
        return see_other(_list(back), notice=_(work_words.REFUSALS[Refusal.NO_EXECUTOR]))
    done = service.give(session, number, chosen.id, Part(part), reason=reason, by=person)
    return see_other(_list(back, done=str(done.id)))


@router.post("/bulk/{deed_id}/undo")
def undo(session: DbSession, person: Reader, deed_id: int, back: Address = "") -> Response:
    """Back to what was before; what somebody has changed since stays, and is told."""
    try:
        undone = service.undo(session, deed_id, reason=_("undone"), by=person)
    except service.TooLate:
        return see_other(_list(back), notice=_("It is too late to undo this"))
    told = ngettext("%d appeal is as before", "%d appeals are as before", undone.back) % undone.back
    if undone.left:
        told = f"{told}. {_('Changed since by others, and left so: %s') % ', '.join(undone.left)}"
    return see_other(_list(back), notice=told)


def _begun(session: Session, person: Person) -> Sequence[appeals.queries.Begun]:
    """Cards that were begun, for who reads what citizens have said."""
    if not has(person, "appeals.read"):
        return ()
    return appeals.queries.begun(session, person, colleagues=has(person, "calls.read"))


def _list(back: str, **more: str) -> str:
    """The list that a form stood in."""
    told = {name: value for name, value in parse_qsl(back) if name not in ("done", "columns")} | {
        name: value for name, value in more.items() if value
    }
    return f"/appeals?{urlencode(told)}" if told else "/appeals"


def _understood(session: Session, person: Person, asked: Asked) -> Asked:
    """Without the filters that mean nothing."""
    asker = Asker.of(person, personal=has(person, "data.personal"))
    return asked.without(conditions.read(session, asked, asker).nonsense)


def _opened(session: Session, person: Person, view: str) -> int | None:
    number = row_id(view)
    try:
        return queries.view(session, number, person.id).id if number is not None else None
    except NotFound:
        return None


def _columns(session: Session, person: Person, view: int | None) -> tuple[Column, ...]:
    keys = queries.view(session, view, person.id).columns if view is not None else []
    return chosen(keys or queries.taste(session, person.id))


def _deed(session: Session, person: Person, done: str) -> shown.Done | None:
    """What was just done to many, until it is undone."""
    number = row_id(done)
    try:
        deed = queries.deed(session, number, person.id) if number is not None else None
    except NotFound:
        return None
    return shown.done(session, deed) if deed is not None and deed.undone_at is None else None
