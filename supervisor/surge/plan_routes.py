"""Prepared incidents over HTTP: made, changed, switched off and on, removed, begun by hand."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from acd import queries as desk
from acd.desk import named
from calls.model import Language
from db import transaction
from staff import queries as staff
from staff.access import DbSession
from staff.tables import Person
from supervisor.surge import queries, service
from supervisor.surge.model import Measure, Threshold
from supervisor.surge.routes import (
    IncidentForm,
    Leader,
    Reader,
    begun,
    content_of,
    languages_of,
    refuse_closed,
    runs_already,
    shared,
    spoken_of,
)
from supervisor.surge.tables import IncidentPlan
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/surge/plans")


class PlanForm(IncidentForm):
    """The same, prepared; with a measure it begins by itself."""

    measure: Measure | None = None
    queue: int | None = None
    at_least: int | None = Field(None, ge=1, le=100_000)
    begins_after: int = Field(60, ge=5, le=3600)  # seconds
    below: int | None = Field(None, ge=1, le=100_000)
    ends_after: int = Field(10, ge=1, le=240)  # minutes


@router.get("")
def plans(request: Request, session: DbSession, person: Reader) -> Response:
    """The incidents prepared, and the form of one more."""
    form = blank(offers_callback=True, hours="4", begins_after="60", ends_after="10")
    return _plans_page(request, session, person, form)


@router.post("")
def add_plan(request: Request, person: Leader, form: Annotated[Submitted[PlanForm], submitted(PlanForm)]) -> Response:
    """One more prepared incident; its words are spoken now, so that nothing has to be when it begins."""
    with transaction(person.organisation_id) as session:
        threshold, languages = _threshold(session, form), languages_of(session, person)
        refuse_closed(session, form)
    said = spoken_of(request, form, languages)
    with transaction(person.organisation_id) as session:
        if form.value is None:
            return _plans_page(request, session, person, form, status=422)
        given = form.value
        service.add_plan(
            session,
            content_of(given),
            said,
            threshold=threshold,
            measure=given.measure,
            queue_id=given.queue,
            by=person,
        )
    return see_other("/surge/plans", notice=_("Saved"))


@router.get("/{plan_id}")
def plan_page(request: Request, session: DbSession, person: Leader, plan_id: int) -> Response:
    """The form of one prepared incident, and what was changed of it."""
    plan = queries.plan(session, plan_id)
    return _plan_page(request, session, person, plan, _typed(session, plan))


@router.post("/{plan_id}")
def change_plan(
    request: Request, person: Leader, plan_id: int, form: Annotated[Submitted[PlanForm], submitted(PlanForm)]
) -> Response:
    """It is so from its next beginning on; words that are others are spoken now."""
    with transaction(person.organisation_id) as session:
        plan = queries.plan(session, plan_id)
        threshold, languages = _threshold(session, form), languages_of(session, person)
        refuse_closed(session, form)
        known = service.words_of(session, {plan.prompt}).get(plan.prompt, {})
    others = [language for language in languages if known.get(language) != form.typed[language]]
    said = spoken_of(request, form, languages) if others else {}
    with transaction(person.organisation_id) as session:
        plan = queries.plan(session, plan_id)
        if form.value is None:
            return _plan_page(request, session, person, plan, form, status=422)
        given = form.value
        service.change_plan(
            session,
            plan,
            content_of(given),
            said,
            threshold=threshold,
            measure=given.measure,
            queue_id=given.queue,
            by=person,
        )
    return see_other(f"/surge/plans/{plan_id}", notice=_("Saved"))


@router.post("/{plan_id}/off")
def switch_off(session: DbSession, person: Leader, plan_id: int) -> Response:
    """Nobody and no threshold begins it until it is switched on."""
    service.switch_plan(session, queries.plan(session, plan_id), on=False, by=person)
    return see_other("/surge/plans", notice=_("Switched off"))


@router.post("/{plan_id}/on")
def switch_on(session: DbSession, person: Leader, plan_id: int) -> Response:
    """It can be begun again."""
    service.switch_plan(session, queries.plan(session, plan_id), on=True, by=person)
    return see_other("/surge/plans", notice=_("Switched on"))


@router.post("/{plan_id}/begin")
def begin_plan(session: DbSession, person: Leader, plan_id: int) -> Response:
    """The prepared incident begins now."""
    plan = queries.plan(session, plan_id)
    try:
        service.begin_plan(session, plan, by=person)
    except service.RunsAlready:
        return see_other("/surge", notice=runs_already())
    return see_other("/surge", notice=begun(plan.queues))


@router.post("/{plan_id}/remove")
def remove_plan(session: DbSession, person: Leader, plan_id: int) -> Response:
    """It begins no more."""
    service.remove_plan(session, queries.plan(session, plan_id), by=person)
    return see_other("/surge/plans", notice=_("Removed"))


def _threshold(session: Session, form: Submitted[PlanForm]) -> Threshold | None:
    """When it begins by itself; what is missing is refused."""
    given = form.value
    if given is None or given.measure is None:
        return None
    below = given.below or given.at_least
    if given.at_least is None or below is None:
        form.refuse("at_least", _("Fill in this field"))
    elif below > given.at_least:
        form.refuse("below", _("It cannot be more than what begins the incident"))
    elif given.queue is not None and given.queue not in {queue.id for queue in desk.open_queues(session)}:
        form.refuse("queue", _("Choose one of the values offered"))
    else:
        return Threshold(
            at_least=given.at_least,
            begins_after=timedelta(seconds=given.begins_after),
            below=below,
            ends_after=timedelta(minutes=given.ends_after),
        )
    return None


def _plans_page(
    request: Request, session: Session, person: Person, form: Submitted[Any], *, status: int = 200
) -> Response:
    rows = queries.plans(session)
    return render(
        request,
        "surge/plans.html",
        status=status,
        plans=rows,
        said=service.words_of(session, {plan.prompt for plan in rows}),
        queues={queue.id: named(queue.name) for queue in desk.queues(session)},
        watchable=_watchable(session),
        form=form,
        **shared(session, person),
    )


def _plan_page(
    request: Request, session: Session, person: Person, plan: IncidentPlan, form: Submitted[Any], *, status: int = 200
) -> Response:
    running = queries.running(session, person.organisation_id)
    return render(
        request,
        "surge/plan.html",
        status=status,
        plan=plan,
        runs=running is not None and running.plan_id == plan.id,
        watchable=_watchable(session, plan),
        deeds=staff.deeds(session, f"incident_plan:{plan.id}"),
        form=form,
        **shared(session, person),
    )


def _watchable(session: Session, plan: IncidentPlan | None = None) -> Mapping[int, str]:
    """The queues where somebody may wait, and the plan's own; one that was closed meanwhile says so."""
    own = plan.queue_id if plan is not None else None
    offered = (queue for queue in desk.queues(session) if queue.closed_at is None or queue.id == own)
    return {
        queue.id: named(queue.name) if queue.closed_at is None else _("%(name)s (closed)") % {"name": named(queue.name)}
        for queue in offered
    }


def _typed(session: Session, plan: IncidentPlan) -> Submitted[Any]:
    """The plan as its form would have been typed."""
    threshold = service.threshold_of(plan)
    said = service.words_of(session, {plan.prompt}).get(plan.prompt, {})
    given = {language: said.get(language, "") for language in Language}
    return blank(
        topic=plan.topic,
        script=plan.script,
        offers_callback=plan.offers_callback,
        queues=plan.queues,
        hours=str(plan.lasting // timedelta(hours=1)),
        measure=plan.measure or "",
        queue=plan.queue_id or "",
        at_least=plan.at_least or "",
        below=plan.below or "",
        begins_after=str(threshold.begins_after // timedelta(seconds=1) if threshold else 60),
        ends_after=str(threshold.ends_after // timedelta(minutes=1) if threshold else 10),
        **given,
    )
