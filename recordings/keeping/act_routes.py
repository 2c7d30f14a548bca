"""Acts of deletion over HTTP: drafted, approved by one person or two, withdrawn, printed."""

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
from recordings.keeping import queries, service, words
from recordings.keeping.model import OPEN
from recordings.keeping.tables import DeletionAct
from staff import queries as people
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import is_part, render, see_other

router = APIRouter(prefix="/recordings/keeping/acts")

Reader = Annotated[Person, may("recordings.keeping")]
Deleter = Annotated[Person, may("recordings.delete")]

ON_A_PAGE = 100  # lines of an act's list
ON_PAPER = service.MOST_LISTED


class DraftForm(BaseModel):
    """A call whose recordings are to be deleted before their time, and why."""

    call: UUID
    why: str = Field(min_length=3, max_length=500)


class WithdrawalForm(BaseModel):
    """Why an act is withdrawn."""

    why: str = Field(min_length=3, max_length=500)


@router.get("")
def acts(request: Request, session: DbSession, person: Reader, call: UUID | None = None) -> Response:
    """Acts of deletion, the newest first; with a call, the form for it."""
    if call is not None:
        calls.get(session, call)
    return _acts_page(request, session, person, blank(call=call or "", why=""))


@router.post("")
def draft(
    request: Request, session: DbSession, person: Deleter, form: Annotated[Submitted[DraftForm], submitted(DraftForm)]
) -> Response:
    """An act for the recordings of one call, before their time."""
    if form.value is None:
        return _acts_page(request, session, person, form, status=422)
    calls.get(session, form.value.call)
    try:
        act = service.draft(session, form.value.call, reason=form.value.why, by=person)
    except service.NothingToDelete:
        form.refuse("call", _("Nothing of this call is stored, or another act lists it already"))
        return _acts_page(request, session, person, form, status=422)
    return see_other(f"/recordings/keeping/acts/{act.id}")


@router.get("/{act_id}")
def act_page(request: Request, session: DbSession, person: Reader, act_id: int, after: int = 0) -> Response:
    """One act: its list, who answers for it, how far it is."""
    return _act_page(request, session, person, queries.act(session, act_id), blank(why=""), after=after)


@router.get("/{act_id}/paper")
def paper(request: Request, session: DbSession, person: Reader, act_id: int) -> Response:
    """The act with its whole list, to be printed and signed."""
    act = queries.act(session, act_id)
    listed = queries.listed(session, act_id, at_most=ON_PAPER)
    return render(request, "recordings/act_paper.html", listed=listed, **_of_act(session, act, person))


@router.post("/{act_id}/approve")
def approve(session: DbSession, person: Deleter, act_id: int) -> Response:
    """Answers for the act, as its first or its second person."""
    act = queries.act(session, act_id, locked=True)
    try:
        service.approve(session, act, by=person)
    except service.SamePerson:
        return see_other(_address(act), notice=_("You approved it; another person must confirm."))
    said = _("Approved; another person must confirm") if act.state in OPEN else _("Approved; it is being carried out")
    return see_other(_address(act), notice=said)


@router.post("/{act_id}/withdraw")
def withdraw(
    request: Request,
    session: DbSession,
    person: Deleter,
    act_id: int,
    form: Annotated[Submitted[WithdrawalForm], submitted(WithdrawalForm)],
) -> Response:
    """Nothing on its list is deleted."""
    act = queries.act(session, act_id, locked=True)
    if form.value is None:
        return _act_page(request, session, person, act, form, status=422)
    service.withdraw(session, act, why=form.value.why, by=person)
    return see_other(_address(act), notice=_("Withdrawn: nothing is deleted"))


def _address(act: DeletionAct) -> str:
    return f"/recordings/keeping/acts/{act.id}"


def _acts_page(
    request: Request, session: Session, person: Person, form: Submitted[Any], *, status: int = 200
) -> Response:
    known, policy = queries.acts(session), queries.policy(session, person.organisation_id)
    asked_by = None if policy is None else policy.lowering_asked_by
    return render(
        request,
        "recordings/acts.html",
        status=status,
        acts=known,
        progress=queries.progress(session, [act.id for act in known]),
        two_persons=policy is not None and policy.two_persons,
        lowering_asked_by=None if asked_by is None else people.names(session, [asked_by]).get(asked_by, "–"),
        mine=asked_by == person.id,
        words=words,
        form=form,
    )


def _act_page(
    request: Request,
    session: Session,
    person: Person,
    act: DeletionAct,
    form: Submitted[Any],
    *,
    after: int = 0,
    status: int = 200,
) -> Response:
    listed = queries.listed(session, act.id, after=after, at_most=ON_A_PAGE + 1)
    more = len(listed) > ON_A_PAGE and request.method == "GET"  # the address of a refused form has no further pages
    return render(
        request,
        "recordings/_act.html" if is_part(request) else "recordings/act.html",
        status=status,
        listed=listed[:ON_A_PAGE],
        after=listed[ON_A_PAGE - 1].item.id if more else None,
        form=form,
        **_of_act(session, act, person),
    )


def _of_act(session: Session, act: DeletionAct, person: Person) -> dict[str, Any]:
    who = [act.drafted_by, act.approved_by, act.confirmed_by, act.withdrawn_by]
    return {
        "act": act,
        "progress": queries.progress(session, [act.id])[act.id],
        "names": people.names(session, [each for each in who if each is not None]),
        "mine": act.approved_by == person.id,
        "open": act.state in OPEN,
        "topics": directory.names(session),
        "fates": call_words.FATES,
        "words": words,
    }
