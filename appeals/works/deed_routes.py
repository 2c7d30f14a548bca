"""What is done to one work over HTTP: its deeds, its houses, the answer to those who waited."""

from typing import Annotated, Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals.addresses import finding
from appeals.addresses import queries as addresses
from appeals.works import answering, forms, houses, panel, queries, service, words
from appeals.works.answering import Answered
from appeals.works.forms import AnswerForm, BeginForm, CancelForm, ExtendForm, FinishForm, HouseForm, RangeForm
from appeals.works.model import Refusal
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, row_id, submitted
from web.languages import gettext as _
from web.languages import ngettext
from web.pages import render, see_other

router = APIRouter(prefix="/works")

Keeper = Annotated[Person, may("works.keep")]
Answerer = Annotated[Person, may("works.answer")]


@router.post("/{work_id}/begin")
def begin(
    request: Request,
    session: DbSession,
    person: Keeper,
    work_id: int,
    form: Annotated[Submitted[BeginForm], submitted(BeginForm)],
) -> Response:
    """People have begun."""
    queries.get(session, work_id)
    at = forms.moment(form, "begin_at")
    if form.value is not None and at is not None:
        try:
            service.begin(session, work_id, at, version=form.value.version, by=person)
        except service.NotTaken as refused:
            _refuse(form, refused, "begin_at")
        else:
            return _done(work_id, _("The work is under way"))
    return _page(request, session, person, work_id, form)


@router.post("/{work_id}/extend")
def extend(
    request: Request,
    session: DbSession,
    person: Keeper,
    work_id: int,
    form: Annotated[Submitted[ExtendForm], submitted(ExtendForm)],
) -> Response:
    """It lasts longer."""
    queries.get(session, work_id)
    until = forms.moment(form, "extend_until")
    if form.value is not None and until is not None:
        try:
            service.extend(session, work_id, until, form.value.extend_reason, version=form.value.version, by=person)
        except service.NotTaken as refused:
            _refuse(form, refused, "extend_until", "extend_reason")
        else:
            return _done(work_id, _("Extended; change the text for callers if it names the time"))
    return _page(request, session, person, work_id, form)


@router.post("/{work_id}/finish")
def finish(
    request: Request,
    session: DbSession,
    person: Keeper,
    work_id: int,
    form: Annotated[Submitted[FinishForm], submitted(FinishForm)],
) -> Response:
    """The service is back."""
    queries.get(session, work_id)
    at = forms.moment(form, "finish_at")
    if form.value is not None and at is not None:
        try:
            service.finish(session, work_id, at, form.value.finish_reason, version=form.value.version, by=person)
        except service.NotTaken as refused:
            _refuse(form, refused, "finish_at")
        else:
            return _done(work_id, _("The work is finished"))
    return _page(request, session, person, work_id, form)


@router.post("/{work_id}/cancel")
def cancel(
    request: Request,
    session: DbSession,
    person: Keeper,
    work_id: int,
    form: Annotated[Submitted[CancelForm], submitted(CancelForm)],
) -> Response:
    """It does not take place."""
    queries.get(session, work_id)
    if form.value is not None:
        try:
            service.cancel(session, work_id, form.value.cancel_reason, version=form.value.version, by=person)
        except service.NotTaken as refused:
            _refuse(form, refused, "cancel_reason", "cancel_reason")
        else:
            return _done(work_id, _("The work is called off"))
    return _page(request, session, person, work_id, form)


@router.post("/{work_id}/houses")
def add_house(
    request: Request,
    session: DbSession,
    person: Keeper,
    work_id: int,
    form: Annotated[Submitted[HouseForm], submitted(HouseForm)],
) -> Response:
    """One house more."""
    queries.get(session, work_id)
    if form.value is not None:
        organisation = staff.organisation(session, person.organisation_id)
        house, _rest = finding.house_named(session, organisation, form.value.address, row_id(form.value.house))
        if house is None:
            form.refuse("address", _("Choose a house of those that are offered"))
        else:
            houses.add(session, work_id, [house], by=person)
            return _done(work_id, _("Saved"))
    return _page(request, session, person, work_id, form)


@router.post("/{work_id}/streets")
def add_range(
    request: Request,
    session: DbSession,
    person: Keeper,
    work_id: int,
    form: Annotated[Submitted[RangeForm], submitted(RangeForm)],
) -> Response:
    """Houses of a street, from one number to another."""
    queries.get(session, work_id)
    if form.value is not None:
        sent, organisation = form.value, staff.organisation(session, person.organisation_id)
        street = houses.street_named(session, organisation, sent.street)
        found = houses.of_range(session, street, sent.first, sent.last, sent.parity) if street is not None else []
        if street is None:
            form.refuse("street", _("Choose a street of those that are offered"))
        elif not found:
            form.refuse("first", _("The street has no such houses"))
        else:
            came = houses.add(session, work_id, found, by=person)
            return _done(work_id, ngettext("%d house added", "%d houses added", came) % came)
    return _page(request, session, person, work_id, form)


@router.post("/{work_id}/houses/{house_id}/exclude")
def exclude(session: DbSession, person: Keeper, work_id: int, house_id: int) -> Response:
    """The house is not affected."""
    houses.exclude(session, work_id, addresses.get_house(session, house_id).id, by=person)
    return _done(work_id, _("The house is not affected"))


@router.post("/{work_id}/houses/{house_id}/include")
def include(session: DbSession, person: Keeper, work_id: int, house_id: int) -> Response:
    """The house is affected after all."""
    houses.include(session, work_id, addresses.get_house(session, house_id).id, by=person)
    return _done(work_id, _("Saved"))


@router.post("/{work_id}/answer")
def answer(
    request: Request,
    session: DbSession,
    person: Answerer,
    work_id: int,
    form: Annotated[Submitted[AnswerForm], submitted(AnswerForm)],
) -> Response:
    """The chosen appeals that still wait are closed with the text."""
    queries.get(session, work_id)
    if form.value is not None:
        chosen = {row for each in form.value.chosen if (row := row_id(each)) is not None}
        outcome = answering.answer(session, work_id, chosen, form.value.answer, by=person)
        return _done(work_id, _told(outcome))
    return _page(request, session, person, work_id, form)


def _told(outcome: Answered) -> str:
    """What became of them, in a sentence or two."""
    done = len(outcome.done)
    told = [ngettext("%d appeal answered and closed", "%d appeals answered and closed", done) % done]
    if outcome.failed:
        told.append(_("Not answered, try again: %(numbers)s") % {"numbers": ", ".join(outcome.failed[:10])})
    return ". ".join(told)


def _refuse(form: Submitted[Any], refused: service.NotTaken, field: str, reason: str = "") -> None:
    form.refuse(reason if refused.why is Refusal.NO_REASON else field, _(words.REFUSALS[refused.why]))


def _page(request: Request, session: Session, person: Person, work_id: int, form: Submitted[Any]) -> Response:
    context = panel.of_work(session, person, queries.get(session, work_id), form)
    return render(request, "appeals/works/page.html", status=422, **context)


def _done(work_id: int, notice: str) -> Response:
    return see_other(f"/works/{work_id}", notice=notice)
