"""Keeping over HTTP: the state of the ledger, rules of retention, legal holds, acts of deletion."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from calls import directory
from calls import queries as calls
from calls import words as call_words
from recordings import store
from recordings.keeping import queries, service, words
from recordings.keeping.model import OPEN, in_force, order
from recordings.keeping.tables import DeletionAct
from recordings.ledger import jobs as ledger_jobs
from recordings.ledger import queries as ledger
from recordings.ledger import words as ledger_words
from staff import queries as people
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import audience
from web.languages import gettext as _
from web.pages import is_part, render, see_other

router = APIRouter(prefix="/recordings/keeping")

Reader = Annotated[Person, may("recordings.keeping")]
Ruler = Annotated[Person, may("recordings.rules")]
Holder = Annotated[Person, may("recordings.hold")]
Deleter = Annotated[Person, may("recordings.delete")]

SHOWN = 50  # entries of the ledger
ON_A_PAGE = 100  # lines of an act's list
ON_PAPER = service.MOST_LISTED


class RuleForm(BaseModel):
    """How long such recordings are kept."""

    topic: str = Field("", max_length=64)
    fate: str = Field("", max_length=32)
    days: int = Field(ge=1, le=36_500)
    basis: str = Field(min_length=3, max_length=500)
    valid_from: date


class HoldForm(BaseModel):
    """What must not be deleted, and why."""

    call: UUID
    scope: str = Field("call", pattern="^(call|number)$")
    why: str = Field(min_length=3, max_length=500)
    until: date | None = None


class ReasonForm(BaseModel):
    """Why something is done."""

    why: str = Field(min_length=3, max_length=500)


class DraftForm(BaseModel):
    """A call whose recordings are to be deleted before their time, and why."""

    call: UUID
    why: str = Field(min_length=3, max_length=500)


class PolicyForm(BaseModel):
    """Whether acts need two persons."""

    two_persons: bool = False


@router.get("")
def keeping(request: Request, session: DbSession, person: Reader) -> Response:
    """The ledger's state and its newest entries."""
    entries = ledger.latest(session, at_most=SHOWN)
    return render(
        request,
        "recordings/_ledger.html" if is_part(request) else "recordings/keeping.html",
        entries=entries,
        verified=_verified(person.organisation_id),
        encrypted=store.encrypts(),
        words=ledger_words,
        names=people.names(session, [int(each.details["person"]) for each in entries if "person" in each.details]),
    )


@router.get("/rules")
def rules(request: Request, session: DbSession, person: Reader) -> Response:
    """How long recordings are kept."""
    form = blank(topic="", fate="", days="", basis="", valid_from=_today().isoformat())
    return _rules_page(request, session, form)


@router.post("/rules")
def set_rule(
    request: Request, session: DbSession, person: Ruler, form: Annotated[Submitted[RuleForm], submitted(RuleForm)]
) -> Response:
    """A rule from a day on."""
    if form.value is not None:
        given = form.value
        if given.topic and given.topic not in directory.choices(session):
            form.refuse("topic", _("Choose one of the values offered"))
        elif given.fate and given.fate not in call_words.FATES:
            form.refuse("fate", _("Choose one of the values offered"))
        else:
            try:
                service.set_rule(
                    session,
                    topic=given.topic,
                    fate=given.fate,
                    keeps=timedelta(days=given.days),
                    basis=given.basis,
                    valid_from=given.valid_from,
                    by=person,
                )
            except service.BeginsThen:
                form.refuse("valid_from", _("Another rule for the same recordings begins that day"))
    if form.value is None:
        return _rules_page(request, session, form, status=422)
    return see_other("/recordings/keeping/rules", notice=_("The rule is set"))


@router.post("/rules/{rule_id}/end")
def end_rule(session: DbSession, person: Ruler, rule_id: int) -> Response:
    """Today is its last day."""
    service.end_rule(session, queries.rule(session, rule_id), today=_today(), by=person)
    return see_other("/recordings/keeping/rules", notice=_("The rule ends today"))


@router.get("/holds")
def holds(request: Request, session: DbSession, person: Reader, call: UUID | None = None) -> Response:
    """What may not be deleted; with a call, the form for it."""
    if call is not None:
        calls.get(session, call)
    form = blank(call=call or "", scope="call", why="", until="")
    return _holds_page(request, session, form)


@router.post("/holds")
def place_hold(
    request: Request, session: DbSession, person: Holder, form: Annotated[Submitted[HoldForm], submitted(HoldForm)]
) -> Response:
    """Puts a call's recordings, or all of its caller's, under a hold."""
    if form.value is not None:
        given, call = form.value, calls.get(session, form.value.call)
        if given.scope == "number" and not call.caller:
            form.refuse("scope", _("This caller withheld the number"))
        elif given.until is not None and given.until < _today():
            form.refuse("until", _("That day is over"))
        else:
            whole = given.scope == "number"
            service.place_hold(session, call, whole_number=whole, why=given.why, until=given.until, by=person)
    if form.value is None:
        return _holds_page(request, session, form, status=422)
    return see_other("/recordings/keeping/holds", notice=_("Nothing of it is deleted from now on"))


@router.post("/holds/{hold_id}/release")
def release_hold(
    session: DbSession, person: Holder, hold_id: int, form: Annotated[Submitted[ReasonForm], submitted(ReasonForm)]
) -> Response:
    """The hold no longer counts."""
    hold = queries.hold(session, hold_id)
    if form.value is None:
        return see_other("/recordings/keeping/holds", notice=_("Say why the hold is released"))
    service.release_hold(session, hold, why=form.value.why, by=person)
    return see_other("/recordings/keeping/holds", notice=_("The hold is released"))


@router.get("/acts")
def acts(request: Request, session: DbSession, person: Reader, call: UUID | None = None) -> Response:
    """Acts of deletion, the newest first; with a call, the form for it."""
    if call is not None:
        calls.get(session, call)
    return _acts_page(request, session, person, blank(call=call or "", why=""))


@router.post("/acts")
def draft(
    request: Request, session: DbSession, person: Deleter, form: Annotated[Submitted[DraftForm], submitted(DraftForm)]
) -> Response:
    """An act for the recordings of one call, before their time."""
    if form.value is None:
        return _acts_page(request, session, person, form, status=422)
    calls.get(session, form.value.call)
    recordings = queries.stored_of(session, form.value.call)
    try:
        act = service.draft(session, recordings, reason=form.value.why, by=person)
    except service.NothingToDelete:
        form.refuse("call", _("Nothing of this call is stored, or another act lists it already"))
        return _acts_page(request, session, person, form, status=422)
    return see_other(f"/recordings/keeping/acts/{act.id}")


@router.post("/policy")
def set_policy(
    session: DbSession, person: Deleter, form: Annotated[Submitted[PolicyForm], submitted(PolicyForm)]
) -> Response:
    """One person or two."""
    wanted = form.value is not None and form.value.two_persons
    service.set_policy(session, two_persons=wanted, by=person)
    return see_other("/recordings/keeping/acts", notice=_("Saved"))


@router.get("/acts/{act_id}")
def act_page(request: Request, session: DbSession, person: Reader, act_id: int, after: int = 0) -> Response:
    """One act: its list, who answers for it, how far it is."""
    act = queries.act(session, act_id)
    listed = queries.listed(session, act_id, after=after, at_most=ON_A_PAGE + 1)
    return render(
        request,
        "recordings/_act.html" if is_part(request) else "recordings/act.html",
        listed=listed[:ON_A_PAGE],
        after=listed[ON_A_PAGE - 1].item.id if len(listed) > ON_A_PAGE else None,
        **_of_act(session, act, person),
    )


@router.get("/acts/{act_id}/paper")
def paper(request: Request, session: DbSession, person: Reader, act_id: int) -> Response:
    """The act with its whole list, to be printed and signed."""
    act = queries.act(session, act_id)
    listed = queries.listed(session, act_id, at_most=ON_PAPER)
    return render(request, "recordings/act_paper.html", listed=listed, **_of_act(session, act, person))


@router.post("/acts/{act_id}/approve")
def approve(session: DbSession, person: Deleter, act_id: int) -> Response:
    """Answers for the act, as its first or its second person."""
    act = queries.act(session, act_id, locked=True)
    try:
        service.approve(session, act, by=person)
    except service.SamePerson:
        return see_other(_address(act), notice=_("You approved it; another person must confirm."))
    said = _("Approved; another person must confirm") if act.state in OPEN else _("Approved; it is being carried out")
    return see_other(_address(act), notice=said)


@router.post("/acts/{act_id}/withdraw")
def withdraw(
    session: DbSession, person: Deleter, act_id: int, form: Annotated[Submitted[ReasonForm], submitted(ReasonForm)]
) -> Response:
    """Nothing on its list is deleted."""
    act = queries.act(session, act_id, locked=True)
    if form.value is None:
        return see_other(_address(act), notice=_("Say why the act is withdrawn"))
    service.withdraw(session, act, why=form.value.why, by=person)
    return see_other(_address(act), notice=_("Withdrawn: nothing is deleted"))


def _address(act: DeletionAct) -> str:
    return f"/recordings/keeping/acts/{act.id}"


def _today() -> date:
    return datetime.now(audience().zone).date()


def _verified(organisation: int) -> dict[str, Any] | None:
    told = ledger_jobs.last_verification(organisation)
    return None if told is None else told | {"at": datetime.fromisoformat(told["at"])}


def _rules_page(request: Request, session: Session, form: Submitted[Any], *, status: int = 200) -> Response:
    today, known = _today(), queries.rules(session)
    now = order(known, today)
    return render(
        request,
        "recordings/rules.html",
        status=status,
        now=now,
        others=[rule for rule in known if not in_force(rule, today)],
        today=today,
        topics=directory.choices(session),
        fates=call_words.FATES,
        form=form,
    )


def _holds_page(request: Request, session: Session, form: Submitted[Any], *, status: int = 200) -> Response:
    known = queries.holds(session)
    who = {hold.placed_by for hold in known} | {hold.released_by for hold in known if hold.released_by}
    return render(
        request,
        "recordings/holds.html",
        status=status,
        holds=known,
        today=_today(),
        names=people.names(session, who),
        form=form,
    )


def _acts_page(
    request: Request, session: Session, person: Person, form: Submitted[Any], *, status: int = 200
) -> Response:
    known = queries.acts(session)
    return render(
        request,
        "recordings/acts.html",
        status=status,
        acts=known,
        progress=queries.progress(session, [act.id for act in known]),
        two_persons=queries.two_persons(session, person.organisation_id),
        words=words,
        form=form,
    )


def _of_act(session: Session, act: DeletionAct, person: Person) -> dict[str, Any]:
    who = [act.drafted_by, act.approved_by, act.confirmed_by, act.withdrawn_by]
    return {
        "act": act,
        "progress": queries.progress(session, [act.id])[act.id],
        "names": people.names(session, [each for each in who if each is not None]),
        "mine": act.approved_by == person.id,
        "open": act.state in OPEN,
        "topics": directory.choices(session),
        "fates": call_words.FATES,
        "words": words,
    }
