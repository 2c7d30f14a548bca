"""Escalation over HTTP: its steps, and the measures of one appeal."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

import appeals.queries
from appeals.classifier import queries as classifier
from appeals.classifier import words as entry_words
from appeals.classifier.model import Section
from appeals.escalation import queries, service, words
from appeals.escalation.model import Moment, Whom
from appeals.escalation.tables import EscalationStep
from appeals.terms import panel
from appeals.terms import queries as terms
from calls import directory
from notify import queries as notify
from notify.model import ChannelKind, is_recipient
from staff import queries as staff
from staff.access import DbSession, may
from staff.channels import words as channel_words
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import LANGUAGES, Code
from web.languages import gettext as _
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter()

Reader = Annotated[Person, may("directories.read")]
Keeper = Annotated[Person, may("directories.edit")]
Commenter = Annotated[Person, may("terms.comment")]
Decider = Annotated[Person, may("terms.decide")]


class StepForm(BaseModel):
    """One step."""

    moment: Moment
    after: int = Field(ge=0, le=24 * 90)  # hours
    whom: Whom
    digest: bool = False
    topics: list[str] = []
    channel: int = Field(ge=1, lt=2**63)
    recipient: str = Field(max_length=254)
    language: Code


class MeasureForm(BaseModel):
    """What was found and done."""

    cause: int | None = Field(None, ge=1, lt=2**63)
    note: str = Field("", max_length=2000)


@router.get("/terms/escalation")
def steps(request: Request, session: DbSession, person: Reader) -> Response:
    """The steps, and the form for one more."""
    typed = {"moment": "overdue", "after": "0", "whom": "responsible", "digest": "", "topics": [], "channel": ""}
    return _page(request, session, person, blank(**typed, recipient="", language=person.language))


@router.post("/terms/escalation")
def add_step(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[StepForm], submitted(StepForm)]
) -> Response:
    """One step more; whom the channel cannot reach is refused at once."""
    given = form.value
    channel = next((each for each in notify.channels(session) if given and each.id == given.channel), None)
    recipient = str(form.typed["recipient"]).replace(" ", "")
    if given is not None and channel is None:
        form.refuse("channel", _("Choose one of the values offered"))
    if given is not None and not set(given.topics) <= set(directory.choices(session)):
        form.refuse("topics", _("Choose one of the values offered"))
    if channel is not None and not is_recipient(ChannelKind(channel.kind), recipient):
        form.refuse("recipient", channel_words.refusal(ChannelKind(channel.kind)))
    if form.value is None or channel is None or given is None:
        return _page(request, session, person, form, status=422)
    step = EscalationStep(
        organisation_id=person.organisation_id,
        moment=given.moment,
        after=timedelta(hours=given.after),
        whom=given.whom,
        digest=given.digest,
        topics=sorted(given.topics),
        channel_id=channel.id,
        recipient=recipient,
        language=given.language,
    )
    service.add_step(session, step, by=person)
    return see_other("/terms/escalation", notice=_("Added"))


@router.post("/terms/escalation/{step_id}/remove")
def remove_step(session: DbSession, person: Keeper, step_id: int) -> Response:
    """One step less."""
    service.remove_step(session, queries.step(session, step_id), by=person)
    return see_other("/terms/escalation", notice=_("Removed"))


@router.get("/appeals/{number}/measures")
def measures(request: Request, session: DbSession, person: Commenter, number: str) -> Response:
    """What was done about a late appeal, and what is yet to be done."""
    return _measures_page(request, session, number, blank(cause="", note=""))


@router.post("/terms/measures/{measure_id}/comments")
def comment(
    request: Request,
    session: DbSession,
    person: Commenter,
    measure_id: int,
    form: Annotated[Submitted[MeasureForm], submitted(MeasureForm)],
) -> Response:
    """A word on an open measure, for colleagues."""
    number = terms.number_of(session, queries.measure(session, measure_id).appeal_id)
    if form.value is not None:
        try:
            service.comment(session, measure_id, form.value.cause, form.value.note, by=person)
        except service.NoCause:
            form.refuse("cause", _("A comment names the cause"))
        except service.NoText:
            form.refuse("note", _("Write what is done about it"))
        else:
            return see_other(f"/appeals/{number}/measures", notice=_("Saved"))
    return _measures_page(request, session, number, form, status=422)


@router.post("/terms/measures/{measure_id}")
def close_measure(
    request: Request,
    session: DbSession,
    person: Decider,
    measure_id: int,
    form: Annotated[Submitted[MeasureForm], submitted(MeasureForm)],
) -> Response:
    """The measure is closed with its cause."""
    number = terms.number_of(session, queries.measure(session, measure_id).appeal_id)
    if form.value is not None:
        try:
            service.close_measure(session, measure_id, form.value.cause, form.value.note, by=person)
        except service.NoCause:
            form.refuse("cause", _("A measure is closed with its cause"))
        else:
            return see_other(f"/appeals/{number}/measures", notice=_("The measure is closed"))
    return _measures_page(request, session, number, form, status=422)


def _page(request: Request, session: Session, person: Person, form: Submitted[Any], *, status: int = 200) -> Response:
    return render(
        request,
        "appeals/escalation/steps.html",
        status=status,
        form=form,
        steps=queries.steps(session, person.organisation_id),
        channels={channel.id: channel for channel in notify.channels(session)},
        topics=directory.choices(session),
        words=words,
        language_names=LANGUAGES,
    )


def _measures_page(
    request: Request, session: Session, number: str, form: Submitted[Any], *, status: int = 200
) -> Response:
    appeal = appeals.queries.get(session, number)
    found, comments = queries.measures(session, appeal.id), queries.comments(session, appeal.id)
    people = {each.closed_by for each, _cause in found if each.closed_by}
    people |= {each.person_id for said in comments.values() for each, _cause in said}
    return render(
        request,
        "appeals/escalation/measures.html",
        status=status,
        appeal=appeal,
        bar=panel.bar(appeal),
        measures=found,
        comments=comments,
        people=staff.names(session, people),
        causes=classifier.in_force(session, Section.CAUSE, midnight().date()),
        entry_words=entry_words,
        form=form,
    )
