"""Temporary operators over HTTP: the batches, a new one, its sheet of passwords shown once, its end."""

import base64
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from acd import queries as desk
from acd.desk import named
from acd.queues import queries as queues
from acd.queues import words as queue_words
from acd.queues.model import LEVELS
from acd.queues.teams import queries as team_queries
from acd.temporary import model, queries, service, words
from acd.temporary.model import MOST, BadLine, Newcomer
from acd.temporary.tables import TemporaryBatch
from db import Conflict
from staff import queries as staff
from staff.access import DbSession, may
from staff.losing import access_may_change
from staff.tables import Person
from web import handing
from web.formats import day
from web.forms import Submitted, blank, submitted
from web.languages import LANGUAGES, Code, audience
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/surge/accounts")

Maker = Annotated[Person, may("people.temporary")]

LONGEST = timedelta(days=366)
HANDED = "holos_sheet"  # a cookie of one page: what its passwords are made of; gone when they were shown


class BatchForm(BaseModel):
    """A batch to be made: a list, or a number of people."""

    name: str = Field(min_length=2, max_length=80)
    people: str = Field("", max_length=20_000)
    many: int | None = Field(None, ge=1, le=MOST)
    valid_until: datetime
    language: Code
    queues: list[int] = Field(min_length=1)
    skills: list[str] = Field(default_factory=list)  # "skill:level"
    team: int | None = None


class UntilForm(BaseModel):
    """Until when."""

    valid_until: datetime


@router.get("")
def batches(request: Request, session: DbSession, person: Maker) -> Response:
    """Every batch: those under way first."""
    return render(request, "surge/accounts.html", batches=queries.batches(session))


@router.get("/new")
def new(request: Request, session: DbSession, person: Maker) -> Response:
    """The form for a further batch."""
    until = datetime.now(audience().zone).replace(hour=20, minute=0) + timedelta(days=14)
    language = staff.organisation(session, person.organisation_id).default_language
    form = blank(
        name=day(datetime.now(UTC)),
        people="",
        many="5",
        valid_until=_local(until),
        language=language,
        queues=[],
        skills=[],
        team="",
    )
    return _form_page(request, session, form)


@router.post("")
def make(
    request: Request, session: DbSession, person: Maker, form: Annotated[Submitted[BatchForm], submitted(BatchForm)]
) -> Response:
    """All of them or, with a bad line, nobody; then the sheet with their passwords."""
    bad: Sequence[BadLine] = ()
    until = _until(form)
    people: list[Newcomer] = []
    if form.value is not None:
        people, bad = _listed(form, form.value)
    secret = secrets.token_urlsafe(32)
    if form.value is not None and until is not None and not bad:
        try:
            batch = service.make(
                session,
                people,
                _place(session, form.value),
                name=form.value.name,
                valid_until=until,
                language=form.value.language,
                secret=secret,
                by=person,
            )
        except service.BadLines as found:
            bad = found.lines
        else:
            return _handed(request, batch, secret)
    if bad:
        form.refuse("people", _("Nobody was entered. Mend the lines named below."))
    return _form_page(request, session, form, bad=bad, status=422)


def _listed(form: Submitted[BatchForm], given: BatchForm) -> tuple[list[Newcomer], Sequence[BadLine]]:
    """Who is meant, and the lines that are no use."""
    people, bad = model.read_list(given.people)
    if len(people) > MOST:
        form.refuse("people", _("At most %d at once") % MOST)
    elif not people and not bad and given.many is not None:
        people = model.numbered(given.many, _("Operator"))
    elif not people and not bad:
        form.refuse("people", _("Paste a list, or give a number"))
    return people, bad


def _place(session: Session, given: BatchForm) -> service.Place:
    """What was chosen, as far as it is the organisation's own."""
    known = {skill.id for skill in queues.skills(session)}
    skills: dict[int, int] = {}
    for each in given.skills:
        skill, _colon, level = each.partition(":")
        if skill.isdecimal() and int(skill) in known and level.isdecimal() and int(level) in LEVELS:
            skills[int(skill)] = int(level)
    teams = {each.team.id for each in team_queries.teams(session)}
    return service.Place(
        queues={queue.id for queue in desk.open_queues(session)} & set(given.queues),
        skills=skills,
        team=given.team if given.team in teams else None,
    )


def _until(form: Submitted[Any]) -> datetime | None:
    """The end in the organisation's own time; refused where it is past or too far."""
    if form.value is None:
        return None
    typed: datetime = form.value.valid_until
    until = typed.replace(tzinfo=audience().zone) if typed.tzinfo is None else typed
    if not datetime.now(UTC) < until <= datetime.now(UTC) + LONGEST:
        form.refuse("valid_until", _("Choose a time within the coming year"))
        return None
    return until


@router.get("/{batch_id}")
def batch_page(request: Request, session: DbSession, person: Maker, batch_id: int) -> Response:
    """One batch: its people, until when, what was done."""
    batch = queries.get(session, batch_id)
    return _batch_page(request, session, batch, blank(valid_until=_local(batch.valid_until)))


@router.post("/{batch_id}/extend")
def extend(
    request: Request,
    session: DbSession,
    person: Maker,
    batch_id: int,
    form: Annotated[Submitted[UntilForm], submitted(UntilForm)],
) -> Response:
    """Another end for all."""
    batch = queries.get(session, batch_id)
    until = _until(form)
    if until is None:
        return _batch_page(request, session, batch, form, status=422)
    try:
        service.extend(session, batch, until, by=person)
    except Conflict:
        return see_other(f"/surge/accounts/{batch_id}", notice=_("These accounts have ended already."))
    return see_other(f"/surge/accounts/{batch_id}", notice=_("Saved"))


@router.post("/{batch_id}/end")
def end(request: Request, session: DbSession, person: Maker, batch_id: int) -> Response:
    """All of them end now: shifts, memberships, sign-ins."""
    try:
        batch = service.begin_end(session, queries.get(session, batch_id), by=person)
    except Conflict:
        return see_other(f"/surge/accounts/{batch_id}", notice=_("These accounts have ended already."))
    for somebody in queries.people(session, batch.id):
        with access_may_change(request, session, somebody):
            service.switch_off(session, somebody, by=person)
    return see_other(f"/surge/accounts/{batch_id}", notice=_("All accounts are switched off."))


@router.get("/{batch_id}/sheet")
def sheet(request: Request, session: DbSession, person: Maker, batch_id: int) -> Response:
    """Names and passwords to hand out, once; a reload finds the batch's page instead."""
    batch = queries.get(session, batch_id)
    secret = handing.carried(request, HANDED)
    if not secret:
        return see_other(f"/surge/accounts/{batch_id}")
    rows = [(each, model.password(secret, each.login)) for each in queries.people(session, batch.id)]
    response = render(
        request,
        "surge/sheet.html",
        batch=batch,
        rows=rows,
        address=str(request.base_url).rstrip("/"),
        file=_csv([(each.name, each.login, password) for each, password in rows]),
    )
    return handing.shown(response, cookie=HANDED, page=_sheet(batch))


def _handed(request: Request, batch: TemporaryBatch, secret: str) -> Response:
    """303 to the sheet; the browser carries what the passwords are made of there, we keep only their hashes."""
    return handing.handed(request, secret, cookie=HANDED, page=_sheet(batch))


def _sheet(batch: TemporaryBatch) -> str:
    return f"/surge/accounts/{batch.id}/sheet"


def _csv(rows: Sequence[tuple[str, str, str]]) -> str:
    """The sheet as a file that the page itself carries: it is asked of nobody a second time."""
    head = (_("Name"), _("Signs in as"), _("Password"))
    lines = [";".join(f'"{_plain(cell)}"' for cell in row) for row in (head, *rows)]
    written = "\ufeff" + "\r\n".join(lines) + "\r\n"
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(written.encode()).decode()


def _plain(cell: str) -> str:
    """No table program takes it for a formula."""
    return ("'" if cell[:1] in "=+-@" else "") + cell.replace('"', '""')


def _local(moment: datetime) -> str:
    return moment.astimezone(audience().zone).strftime("%Y-%m-%dT%H:%M")


def _form_page(
    request: Request, session: Session, form: Submitted[Any], *, bad: Sequence[BadLine] = (), status: int = 200
) -> Response:
    return render(
        request,
        "surge/new_accounts.html",
        status=status,
        form=form,
        bad=bad,
        faults=words.FAULTS,
        most=MOST,
        queues={queue.id: named(queue.name) for queue in desk.open_queues(session)},
        skills=queues.skills(session),
        levels=queue_words.LEVEL_WORDS,
        teams={each.team.id: each.team.name for each in team_queries.teams(session)},
        named=named,
        language_names=LANGUAGES,
    )


def _batch_page(
    request: Request, session: Session, batch: TemporaryBatch, form: Submitted[Any], *, status: int = 200
) -> Response:
    return render(
        request,
        "surge/batch.html",
        status=status,
        batch=batch,
        people=queries.people(session, batch.id),
        seen=staff.last_sign_ins(session),
        deeds=staff.deeds(session, f"temporary:{batch.id}"),
        words=words,
        form=form,
    )
