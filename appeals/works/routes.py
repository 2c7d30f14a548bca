"""Works over HTTP: the register, one work, its form."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals.works import forms, model, panel, queries, service, words
from appeals.works.forms import WorkForm
from appeals.works.model import ACTIVE, OPEN, SOON, Refusal, State
from appeals.works.queries import Filters
from appeals.works.tables import Work
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web import periods
from web.forms import Submitted, blank, row_id, submitted
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/works")

Reader = Annotated[Person, may("works.read")]
Keeper = Annotated[Person, may("works.keep")]
OF_PERIODS: dict[str, frozenset[State]] = {"now": ACTIVE, "today": OPEN, "soon": OPEN, "open": OPEN}
FIELDS = {
    Refusal.ENDS_BEFORE: "planned_until",
    Refusal.END_IS_PAST: "planned_until",
    Refusal.NO_END: "planned_until",
}


class Asked(BaseModel):
    """What the register's address asks for; nonsense narrows nothing."""

    period: str = Field("open", max_length=10)
    state: str = Field("", max_length=20)
    kind: str = Field("", max_length=20)
    service: str = Field("", max_length=19)
    since: str = ""  # a day, "2026-11-21", in the organisation's zone
    until: str = ""  # the last day shown
    after: str = ""  # the key of the last row on the page before


@router.get("")
def register(request: Request, session: DbSession, person: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """The register: what is open, unless it is asked for otherwise."""
    period = asked.period if asked.period in words.PERIODS else "open"
    filters = _filters(asked, period)
    rows = queries.page(session, filters, before=_place(asked.after))
    works = rows[: queries.PAGE]
    ids = [work.id for work in works]
    return render(
        request,
        "appeals/works/register.html",
        works=works,
        count=queries.count(session, filters),
        houses=queries.counts_of_houses(session, ids),
        appeals=queries.counts_of_appeals(session, ids),
        older=f"{works[-1].planned_from.isoformat()}~{works[-1].id}" if len(rows) > len(works) else None,
        asked=asked,
        period=period,
        filters=filters,
        services=queries.services(session),
        words=words,
        late={work.id for work in works if _is_late(work)},
    )


@router.get("/new")
def new(request: Request, session: DbSession, person: Keeper) -> Response:
    """The form of a work."""
    return _form(request, session, person, blank(**forms.blank_work()))


@router.post("")
def enter(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[WorkForm], submitted(WorkForm)]
) -> Response:
    """A work, with the houses of its object."""
    content = forms.content(session, form, person)
    if content is not None and form.value is not None:
        try:
            work = service.enter(session, content, by=person)
        except service.NotTaken as refused:
            form.refuse(FIELDS[refused.why], _(words.REFUSALS[refused.why]))
        else:
            return see_other(f"/works/{work.id}", notice=_("Entered; check its houses"))
    return _form(request, session, person, form, status=422)


@router.get("/{work_id}")
def page(request: Request, session: DbSession, person: Reader, work_id: int) -> Response:
    """One work: its terms, houses, history, and who waits for it."""
    context = panel.of_work(session, person, queries.get(session, work_id), blank())
    return render(request, "appeals/works/page.html", **context)


@router.get("/{work_id}/edit")
def edit_page(request: Request, session: DbSession, person: Keeper, work_id: int) -> Response:
    """The form of this work."""
    work = queries.get(session, work_id)
    return _form(request, session, person, blank(**forms.typed(work)), work=work)


@router.post("/{work_id}")
def edit(
    request: Request,
    session: DbSession,
    person: Keeper,
    work_id: int,
    form: Annotated[Submitted[WorkForm], submitted(WorkForm)],
) -> Response:
    """What is said otherwise; where a colleague was faster, both are shown, and nothing is saved."""
    work = queries.get(session, work_id)
    content = forms.content(session, form, person)
    if content is not None and form.value is not None:
        try:
            service.edit(session, work_id, content, version=form.value.version, by=person)
        except service.NotTaken as refused:
            form.refuse(FIELDS[refused.why], _(words.REFUSALS[refused.why]))
        except service.ChangedMeanwhile:
            newer = panel.differences(session, form, forms.typed(work))
            form.typed["version"] = str(work.version)
            return _form(request, session, person, form, work=work, newer=newer, status=409)
        else:
            return see_other(f"/works/{work_id}", notice=_("Saved"))
    return _form(request, session, person, form, work=work, status=422)


def _filters(asked: Asked, period: str) -> Filters:
    """The period, with whatever else is asked for; days of one's own narrow further."""
    today, now = periods.midnight(), datetime.now(UTC)
    since, until = periods.beginning(asked.since), periods.end(asked.until)
    of_period = {"today": (today, today + timedelta(days=1)), "soon": (now, now + SOON)}.get(period, (None, None))
    return Filters(
        state=asked.state if asked.state in words.STATES else "",
        kind=asked.kind if asked.kind in words.KINDS else "",
        service=row_id(asked.service) if asked.service else None,
        only=OF_PERIODS.get(period, frozenset()),
        since=max((each for each in (since, of_period[0]) if each), default=None),
        until=min((each for each in (until, of_period[1]) if each), default=None),
    )


def _is_late(work: Work) -> bool:
    """Whether it should have begun or ended by what was said."""
    now = datetime.now(UTC)
    if work.state == State.PLANNED:
        return work.planned_from <= now
    return work.state in ACTIVE and work.planned_until is not None and work.planned_until <= now


def _form(
    request: Request,
    session: Session,
    person: Person,
    form: Submitted[Any],
    *,
    work: Work | None = None,
    newer: Sequence[tuple[str, str]] | None = None,
    status: int = 200,
) -> Response:
    kept = work.service_id if work is not None else None
    offered = {each.id: words.service(each) for each in queries.services(session) if _is_offered(each, kept)}
    return render(
        request,
        "appeals/works/form.html",
        status=status,
        form=form,
        work=work,
        newer=newer,
        by=staff.names(session, {work.changed_by})[work.changed_by] if work is not None else "",
        has_begun=work is not None and work.state != State.PLANNED,
        is_over=work is not None and work.state not in model.OPEN,
        services=offered,
        sources=panel.sources(session),
        needed=staff.organisation(session, person.organisation_id).languages,
        words=words,
        longest=forms.LONGEST,
    )


def _is_offered(each: Any, kept: int | None) -> bool:
    return each.disabled_at is None or each.id == kept


def _place(text: str) -> tuple[datetime, int] | None:
    """The key of the last row on the page before; None for the first page or nonsense."""
    at, _separator, row = text.partition("~")
    try:
        return datetime.fromisoformat(at), int(row)
    except ValueError:
        return None
