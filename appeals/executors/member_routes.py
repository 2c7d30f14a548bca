"""The people of executors over HTTP: who comes, who leaves, who is away and who stands in."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals.executors import queries, service
from appeals.executors.model import MemberRole
from appeals.executors.routes import show
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Day, Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter(prefix="/executors")

Keeper = Annotated[Person, may("executors.keep")]
Watcher = Annotated[Person, may("executors.absences")]
Id = Annotated[int, Field(ge=1, lt=2**63)]


class MemberForm(BaseModel):
    """Somebody comes."""

    person: Id
    role: MemberRole = MemberRole.WORKER
    since: Day
    until: Day | None = None


class EndForm(BaseModel):
    """Somebody's last day."""

    last_day: Day


class AbsenceForm(BaseModel):
    """Somebody is away, and perhaps somebody there instead."""

    absent: Id
    substitute: Id | None = None
    away_since: Day
    away_until: Day
    reason: str = Field("", max_length=300)


@router.post("/{executor_id}/members")
def add_member(
    request: Request,
    session: DbSession,
    person: Keeper,
    executor_id: int,
    form: Annotated[Submitted[MemberForm], submitted(MemberForm)],
) -> Response:
    """Somebody works for it from a day on."""
    executor = queries.get(session, executor_id)
    if form.value is not None:
        given = form.value
        known = {each.id: each for each in queries.eligible(session)}
        try:
            if given.person not in known:
                raise service.NoExecutor
            service.add_member(
                session, executor, known[given.person], given.role, since=given.since, until=given.until, by=person
            )
        except service.NotOpen:
            form.refuse("person", _("This executor is closed"))
        except service.NoExecutor:
            form.refuse("person", _("Choose one of the values offered"))
        except service.NotInOrder:
            form.refuse("until", _("The last day lies before the first one"))
        except service.Already:
            form.refuse("person", _("This person works there on some of these days already"))
        else:
            return see_other(f"/executors/{executor.id}", notice=_("Saved"))
    return show(request, session, person, executor, form, status=422)


@router.post("/{executor_id}/members/{member_id}/end")
def end_member(
    request: Request,
    session: DbSession,
    person: Keeper,
    *,
    executor_id: int,
    member_id: int,
    form: Annotated[Submitted[EndForm], submitted(EndForm)],
) -> Response:
    """The last day of somebody there."""
    executor = queries.get(session, executor_id)
    member = queries.get_member(session, executor.id, member_id)
    if form.value is not None:
        name = staff.names(session, [member.person_id])[member.person_id]
        try:
            service.end_member(session, member, last_day=form.value.last_day, name=name, by=person)
        except service.NotInOrder:
            form.refuse("last_day", _("This person left earlier"))
        else:
            return see_other(f"/executors/{executor.id}", notice=_("Saved"))
    return show(request, session, person, executor, form, status=422)


@router.get("/absences")
def absences(request: Request, session: DbSession, person: Watcher) -> Response:
    """Who is away now and will be, and who stands in."""
    today = midnight().date().isoformat()
    return _page(request, session, blank(absent="", substitute="", away_since=today, away_until=today, reason=""))


@router.post("/absences")
def add_absence(
    request: Request,
    session: DbSession,
    person: Watcher,
    form: Annotated[Submitted[AbsenceForm], submitted(AbsenceForm)],
) -> Response:
    """Somebody is away from one day to another."""
    if form.value is not None:
        given = form.value
        known = {each.id: each for each in queries.eligible(session)}
        if given.absent not in known:
            form.refuse("absent", _("Choose one of the values offered"))
        if given.substitute is not None and (given.substitute not in known or given.substitute == given.absent):
            form.refuse("substitute", _("Choose somebody else who is an executor here"))
        if form.value is not None and not form.errors:
            there = known[given.substitute] if given.substitute is not None else None
            _add(session, form, known[given.absent], there, by=person)
    if form.errors:
        return _page(request, session, form, status=422)
    return see_other("/executors/absences", notice=_("Saved"))


@router.post("/absences/{absence_id}/end")
def end_absence(session: DbSession, person: Watcher, absence_id: int) -> Response:
    """The person is back."""
    service.end_absence(session, queries.get_absence(session, absence_id), today=midnight().date(), by=person)
    return see_other("/executors/absences", notice=_("Saved"))


def _add(session: Session, form: Submitted[AbsenceForm], absent: Person, there: Person | None, *, by: Person) -> None:
    given = form.value
    assert given is not None
    try:
        service.add_absence(
            session, absent, there, since=given.away_since, until=given.away_until, reason=given.reason, by=by
        )
    except service.NotInOrder:
        form.refuse("away_until", _("The last day lies before the first one"))
    except service.Already:
        form.refuse("absent", _("This person is away on some of these days already"))


def _page(request: Request, session: Session, form: Submitted[Any], *, status: int = 200) -> Response:
    today = midnight().date()
    people = queries.eligible(session)
    return render(
        request,
        "appeals/executors/absences.html",
        status=status,
        form=form,
        people=people,
        absences=queries.absences(session, {each.id for each in people}, today),
        today=today,
    )
