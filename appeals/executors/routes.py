"""Pages of executors: all of them, and one with its place, contacts and people."""

from collections.abc import Mapping
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

import staff.words
from appeals.executors import importing, queries, service, words
from appeals.executors.model import Kind, above, is_member
from appeals.executors.queries import Filters
from appeals.executors.service import Said
from appeals.executors.tables import Executor
from staff import queries as people
from staff.access import DbSession, may
from staff.tables import Person
from web.files import excel
from web.forms import Submitted, blank, submitted, telephone
from web.languages import audience
from web.languages import gettext as _
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter(prefix="/executors")

Reader = Annotated[Person, may("executors.read")]
Keeper = Annotated[Person, may("executors.keep")]
BLANK: dict[str, Any] = dict.fromkeys(("code", "name", "parent", "head", "email", "phone", "connected"), "")


class ExecutorForm(BaseModel):
    """What is said of an executor; the one above it by its code."""

    name: str = Field(min_length=2, max_length=300)
    kind: Kind
    parent: str = Field("", max_length=40)
    head: str = Field("", max_length=300)
    email: str = Field("", max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    phone: str = Field("", max_length=40)
    connected: bool = False


class NewExecutorForm(ExecutorForm):
    """The same, and the code, which never changes."""

    code: str = Field(min_length=1, max_length=40, pattern=r"^\S+$")


class Asked(BaseModel):
    """What the list's address asks for; nonsense narrows nothing."""

    q: str = Field("", max_length=200)
    kind: str = ""
    closed: bool = False
    after: str = Field("", max_length=400)


@router.get("")
def executors(request: Request, session: DbSession, person: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """Executors by name."""
    return _list(request, session, person, blank(**BLANK, kind=Kind.BODY), asked)


@router.post("")
def add(
    request: Request,
    session: DbSession,
    person: Keeper,
    form: Annotated[Submitted[NewExecutorForm], submitted(NewExecutorForm)],
) -> Response:
    """An executor that is not there yet."""
    said = _said(session, form)
    if said is not None and form.value is not None:
        try:
            made = service.add(session, person.organisation_id, form.value.code, said, by=person)
        except service.Taken:
            form.refuse("code", _("Another one has this code"))
        except service.NotOpen:
            form.refuse("parent", _("This one is closed"))
        else:
            return see_other(f"/executors/{made.id}", notice=_("Saved"))
    return _list(request, session, person, form, Asked(), status=422)


@router.get("/executors.xlsx")
def as_excel(session: DbSession, person: Reader) -> Response:
    """All open executors, as a file that can be changed and imported."""
    with SpooledTemporaryFile(max_size=10_000_000) as file:
        importing.write(file, queries.executors(session), audience().language)
        return excel(file, "executors")


@router.get("/{executor_id}")
def page(request: Request, session: DbSession, person: Reader, executor_id: int) -> Response:
    """One executor: what it is, who works there, who is away."""
    return show(request, session, person, queries.get(session, executor_id), blank())


@router.post("/{executor_id}")
def change(
    request: Request,
    session: DbSession,
    person: Keeper,
    executor_id: int,
    form: Annotated[Submitted[ExecutorForm], submitted(ExecutorForm)],
) -> Response:
    """Another name, place in the tree, head, contacts."""
    executor = queries.get(session, executor_id)
    said = _said(session, form)
    if said is not None:
        try:
            service.change(session, executor, said, by=person)
        except service.Circle:
            form.refuse("parent", _("It would stand above itself"))
        except service.NotOpen:
            form.refuse("parent", _("This one is closed"))
        else:
            return see_other(f"/executors/{executor.id}", notice=_("Saved"))
    return show(request, session, person, executor, form, status=422)


@router.post("/{executor_id}/close")
def close(request: Request, session: DbSession, person: Keeper, executor_id: int) -> Response:
    """It gets no work any more."""
    executor = queries.get(session, executor_id)
    try:
        service.close(session, executor, today=midnight().date(), by=person)
    except service.HasOthers:
        return see_other(f"/executors/{executor.id}", notice=_("Others belong to it; close or move them first"))
    return see_other(f"/executors/{executor.id}", notice=_("Closed"))


@router.post("/{executor_id}/open")
def reopen(session: DbSession, person: Keeper, executor_id: int) -> Response:
    """It gets work again."""
    executor = queries.get(session, executor_id)
    try:
        service.reopen(session, executor, by=person)
    except service.NotOpen:
        return see_other(f"/executors/{executor.id}", notice=_("The one above it is closed"))
    return see_other(f"/executors/{executor.id}", notice=_("Open again; its people are entered anew"))


def _said(session: Session, form: Submitted[Any]) -> Said | None:
    """What the form says, once its superior is found and its telephone understood."""
    phone = telephone(str(form.typed["phone"]))
    if phone is None:
        form.refuse("phone", _("This is not a telephone number"))
    parent = queries.find(session, form.typed["parent"]) if form.typed["parent"] and not form.errors else None
    if form.typed["parent"] and not form.errors and parent is None:
        form.refuse("parent", _("No executor has this code"))
    if form.value is None:
        return None
    given: ExecutorForm = form.value
    return Said(
        name=given.name, kind=given.kind, parent_id=parent.id if parent else None, head=given.head, email=given.email,
        phone=phone or "", connected=given.connected,
    )  # fmt: skip


def _list(
    request: Request, session: Session, person: Person, form: Submitted[Any], asked: Asked, *, status: int = 200
) -> Response:
    filters = Filters(asked.q.strip(), asked.kind if asked.kind in words.KINDS else "", asked.closed)
    rows = queries.page(session, filters, after=_place(asked.after))
    shown = rows[: queries.PAGE]
    return render(
        request,
        "appeals/executors/list.html",
        status=status,
        form=form,
        asked=asked,
        filters=filters,
        executors=shown,
        older=f"{shown[-1].name}~{shown[-1].id}" if len(rows) > len(shown) else None,
        uppers=queries.names(session, {each.parent_id for each in shown if each.parent_id}),
        working=queries.counts_of_members(session, [each.id for each in shown], midnight().date()),
        count=queries.count(session),
        known=queries.executors(session) if person_keeps(request) else (),
        spoken=_spoken(session, person),
        words=words,
    )


def show(
    request: Request,
    session: Session,
    person: Person,
    executor: Executor,
    form: Submitted[Any],
    *,
    status: int = 200,
) -> Response:
    """The page of one executor, with what is wrong with a form of it."""
    today = midnight().date()
    tree = queries.parents(session)
    uppers = above(executor.id, tree)
    names: Mapping[int, str] = queries.names(session, uppers)
    members = queries.members(session, executor.id)
    now = [each for each in members if is_member(each.member, today) or each.member.valid_from > today]
    upper = queries.get(session, executor.parent_id) if executor.parent_id else None
    typed = {name: getattr(executor, name) for name in ("name", "kind", "head", "email", "phone")}
    typed |= {"parent": upper.code if upper else "", "connected": "true" if executor.connected else ""}
    typed |= {"person": "", "role": "worker", "since": today.isoformat(), "until": "", "last_day": today.isoformat()}
    form.typed = typed | form.typed
    keeps = person_keeps(request)
    return render(
        request,
        "appeals/executors/page.html",
        status=status,
        form=form,
        executor=executor,
        uppers=[(each, names[each]) for each in reversed(uppers)],
        beneath=queries.beneath(session, executor.id),
        members=now,
        former=[each for each in members if each not in now],
        at_work=_who_gets(session, executor, members),
        absences=queries.absences(session, {each.member.person_id for each in now}, today),
        eligible=queries.eligible(session) if keeps else (),
        known=queries.executors(session) if keeps else (),
        deeds=people.deeds(session, f"executor:{executor.id}") if keeps else (),
        today=today,
        spoken=_spoken(session, person),
        words=words,
        deed_words=staff.words,
    )


def person_keeps(request: Request) -> bool:
    """Whether whoever asks may change the directory."""
    return bool(request.state.viewer.may("executors.keep"))


def _who_gets(session: Session, executor: Executor, members: Any) -> list[tuple[str, str, str]]:
    """Who gets new work today: the name, as what, and instead of whom."""
    works = queries.at_work(session, executor.id, midnight().date()) if executor.active else []
    known = people.names(session, {each.person_id for each in works} | {each.member.person_id for each in members})
    told = [(known[each.person_id], each.role.value, known.get(each.instead_of or 0, "")) for each in works]
    return sorted(told, key=lambda each: (each[1], each[0]))


def _spoken(session: Session, person: Person) -> str:
    return people.organisation(session, person.organisation_id).default_language


def _place(text: str) -> tuple[str, int] | None:
    """The key of the last row on the page before; None for the first page or nonsense."""
    name, _separator, row = text.rpartition("~")
    return (name.replace("\x00", ""), int(row)) if row.isascii() and row.isdecimal() and len(row) < 19 else None
