"""The term of an appeal over HTTP: what is proposed before the registration, what moves it afterwards, what is late."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

import appeals.queries
import appeals.words
from appeals.classifier import queries as classifier
from appeals.classifier import words as classifier_words
from appeals.classifier.model import Section
from appeals.escalation import queries as escalation
from appeals.tables import Appeal
from appeals.terms import panel, queries, service, words
from appeals.terms.calendar import end_of_day
from appeals.terms.model import Matter, Standing, Variant
from calls import directory
from db import Conflict
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Day, Submitted, blank, submitted
from web.languages import audience
from web.languages import gettext as _
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter(prefix="/appeals")

Writer = Annotated[Person, may("appeals.register")]
Reader = Annotated[Person, may("appeals.read")]
Asker = Annotated[Person, may("terms.ask")]
Decider = Annotated[Person, may("terms.decide")]
Watcher = Annotated[Person, may("terms.watch")]
SHOWN = 200  # late appeals on one page
MOST = 10_000


class MatterAsked(BaseModel):
    """What stands in the card; nonsense has no term."""

    kind: str = Field("", max_length=32)
    topic: str = Field("", max_length=64)
    problem: str = Field("", max_length=16)


class UntilForm(BaseModel):
    """Another last day, and why."""

    until: Day
    reason: str = Field("", max_length=2000)

    @property
    def until_at(self) -> datetime:
        """The last second of the day."""
        return end_of_day(self.until, audience().zone)


class DecisionForm(BaseModel):
    """Yes or no to a request."""

    granted: Literal["yes", "no"]
    decision: str = Field("", max_length=2000)


class VariantForm(BaseModel):
    """Which of the law's terms it is, and why."""

    variant: Variant
    variant_reason: str = Field("", max_length=2000)


class LongForm(BaseModel):
    """Under long control or not, and why."""

    long: Literal["on", "off"]
    long_reason: str = Field("", max_length=2000)


@router.get("/term")
def proposed(request: Request, session: DbSession, person: Writer, asked: Annotated[MatterAsked, Query()]) -> Response:
    """The term the card would have if it were registered now: a part."""
    matter = Matter(kind=asked.kind, topic=asked.topic, problem=asked.problem)
    found = service.proposed(session, person.organisation_id, matter, datetime.now(UTC)) if asked.kind else None
    names = names_of(session) if found else {}
    return render(request, "appeals/terms/_proposed.html", proposed=found, names=names, words=words)


@router.get("/late")
def late(request: Request, session: DbSession, person: Watcher, standing: str = "") -> Response:
    """Open appeals past their term, or in its last quarter; whose term ended first stands on top."""
    now = datetime.now(UTC)
    shown = Standing.ATTENTION if standing == Standing.ATTENTION else Standing.OVERDUE
    found = queries.late(session, now, standing=shown, limit=SHOWN)
    return render(
        request,
        "appeals/terms/late.html",
        appeals=found,
        bars=panel.bars(found),
        count=queries.count_late(session, now, most=MOST),
        comments=escalation.last_comments(session, [each.id for each in found]),
        classifier_words=classifier_words,
        standing=shown,
        topics=directory.names(session),
        kinds=appeals.words.KINDS,
        words=words,
    )


@router.get("/{number}/term")
def page(request: Request, session: DbSession, person: Reader, number: str) -> Response:
    """How the term stands, what happened to it, and what may move it."""
    return _page(request, session, number, blank())


@router.post("/{number}/term/extension")
def ask_extension(
    request: Request,
    session: DbSession,
    person: Asker,
    number: str,
    form: Annotated[Submitted[UntilForm], submitted(UntilForm)],
) -> Response:
    """A request for a later term."""
    appeals.queries.get(session, number)
    if form.value is not None:
        try:
            service.ask_extension(session, number, form.value.until_at, form.value.reason, by=person)
        except service.NotMoved as refused:
            _refuse(form, refused, "until", "reason")
        except Conflict:
            form.refuse("until", _("An extension is asked for already"))
        else:
            return _done(number, _("Asked; whoever may decide sees it here"))
    return _page(request, session, number, form, status=422)


@router.post("/{number}/term/extension/decide")
def decide_extension(
    request: Request,
    session: DbSession,
    person: Decider,
    number: str,
    form: Annotated[Submitted[DecisionForm], submitted(DecisionForm)],
) -> Response:
    """Yes moves the term and tells the author."""
    appeal = appeals.queries.get(session, number)
    waiting = queries.open_request(session, appeal.id)
    if waiting is None:
        raise Conflict(f"nothing is asked for {number}")
    if form.value is not None:
        granted = form.value.granted == "yes"
        try:
            service.decide_extension(session, waiting.id, granted=granted, decision=form.value.decision, by=person)
        except service.NotMoved as refused:
            _refuse(form, refused, "decision", "decision")
        else:
            return _done(number, _("The term is extended") if granted else _("The extension is refused"))
    return _page(request, session, number, form, status=422)


@router.post("/{number}/term/shorten")
def shorten(
    request: Request,
    session: DbSession,
    person: Decider,
    number: str,
    form: Annotated[Submitted[UntilForm], submitted(UntilForm)],
) -> Response:
    """An earlier term, on the author's reasoned demand."""
    appeals.queries.get(session, number)
    if form.value is not None:
        try:
            service.shorten(session, number, form.value.until_at, form.value.reason, by=person)
        except service.NotMoved as refused:
            _refuse(form, refused, "until", "reason")
        else:
            return _done(number, _("The term is shortened"))
    return _page(request, session, number, form, status=422)


@router.post("/{number}/term/variant")
def choose_variant(
    request: Request,
    session: DbSession,
    person: Decider,
    number: str,
    form: Annotated[Submitted[VariantForm], submitted(VariantForm)],
) -> Response:
    """Which of the law's terms it is."""
    appeals.queries.get(session, number)
    if form.value is not None:
        try:
            service.choose_variant(session, number, form.value.variant, form.value.variant_reason, by=person)
        except service.NotMoved as refused:
            _refuse(form, refused, "variant", "variant_reason")
        else:
            return _done(number, _("Saved"))
    return _page(request, session, number, form, status=422)


@router.post("/{number}/term/long-control")
def long_control(
    request: Request,
    session: DbSession,
    person: Decider,
    number: str,
    form: Annotated[Submitted[LongForm], submitted(LongForm)],
) -> Response:
    """Under long control or out of it."""
    appeals.queries.get(session, number)
    if form.value is not None:
        try:
            service.set_long_control(
                session, number, on=form.value.long == "on", reason=form.value.long_reason, by=person
            )
        except service.NotMoved as refused:
            _refuse(form, refused, "long", "long_reason")
        else:
            return _done(number, _("Saved"))
    return _page(request, session, number, form, status=422)


def names_of(session: Session) -> dict[str, str]:
    """Names of problems, topics and kinds by their codes."""
    problems = classifier.in_force(session, Section.PROBLEM, midnight().date())
    kinds = {code: _(name) for code, name in appeals.words.KINDS.items()}
    return kinds | directory.names(session) | {entry.code: classifier_words.name(entry) for entry in problems}


def shown(session: Session, appeal: Appeal) -> dict[str, Any]:
    """What the page of an appeal shows of its term."""
    rule = queries.rule(session, appeal.term_rule_id) if appeal.term_rule_id is not None else None
    return {"bar": panel.bar(appeal), "rule": rule, "term_names": names_of(session), "term_words": words}


def _page(request: Request, session: Session, number: str, form: Submitted[Any], *, status: int = 200) -> Response:
    appeal = appeals.queries.get(session, number)
    changes = queries.changes(session, appeal.id)
    waiting = queries.open_request(session, appeal.id)
    people = {each.person_id for each in changes if each.person_id} | ({waiting.asked_by} if waiting else set())
    fields = ("until", "reason", "decision", "variant_reason", "long_reason")
    form.typed = dict.fromkeys(fields, "") | {"variant": appeal.term_variant, "granted": "yes"} | form.typed
    return render(
        request,
        "appeals/terms/page.html",
        status=status,
        appeal=appeal,
        changes=changes,
        waiting=waiting,
        people=staff.names(session, people),
        limit=service.limit(session, appeal),
        form=form,
        words=words,
        is_open=appeal.closed_at is None,
        **shown(session, appeal),
    )


def _refuse(form: Submitted[Any], refused: service.NotMoved, field: str, reason: str) -> None:
    form.refuse(reason if refused.why == "no_reason" else field, _(words.REFUSALS[refused.why]))


def _done(number: str, notice: str) -> Response:
    return see_other(f"/appeals/{number}/term", notice=notice)
