"""Marks over HTTP, on the staff's side: what was said by phone, and whether authors are asked at all."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals import queries as appeals
from appeals.feedback import panel, queries, service, words
from appeals.feedback.forms import MarkForm, verdict_of
from appeals.feedback.model import LONGEST_COMMENT, USUAL_DAYS, Settled, Way
from appeals.notices import queries as notices
from appeals.rights import queries as rights
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter()

Noter = Annotated[Person, may("appeals.act")]
Keeper = Annotated[Person, may("channels.manage")]


class RuleForm(BaseModel):
    """Whether authors are asked, and for how long they may answer."""

    asked: bool = False
    days: int = Field(ge=1, le=365)


@router.get("/appeals/{number}/mark")
def note_page(request: Request, session: DbSession, person: Noter, number: str) -> Response:
    """What the author said by phone, to be noted."""
    return _page(request, session, person, number, blank())


@router.post("/appeals/{number}/mark")
def note(
    request: Request,
    session: DbSession,
    person: Noter,
    number: str,
    form: Annotated[Submitted[MarkForm], submitted(MarkForm)],
) -> Response:
    """Noted, once a closing."""
    verdict = verdict_of(form)
    if verdict is None:
        return _page(request, session, person, number, form, status=422)
    try:
        service.mark(session, number, verdict, Way.PHONE, by=person)
    except service.AlreadyMarked:
        return see_other(f"/appeals/{number}", notice=_("Its author has given a mark already"))
    told = _("Noted")
    if verdict.settled is Settled.NO:
        told = _("Noted. Reopen the appeal below if its author wants it to go on.")
    return see_other(f"/appeals/{number}", notice=told)


@router.get("/channels/feedback")
def rules(request: Request, session: DbSession, person: Keeper) -> Response:
    """Whether authors are asked."""
    rule = queries.rule(session, person.organisation_id)
    asked, days = (rule.asked_since is not None, rule.days) if rule is not None else (False, USUAL_DAYS)
    return _rules(request, session, person, blank(asked="true" if asked else "", days=days))


@router.post("/channels/feedback")
def arrange(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[RuleForm], submitted(RuleForm)]
) -> Response:
    """From now on."""
    if form.value is None:
        return _rules(request, session, person, form, status=422)
    service.arrange(session, asked=form.value.asked, days=form.value.days, by=person)
    return see_other("/channels/feedback", notice=_("Saved"))


def _page(
    request: Request, session: Session, person: Person, number: str, form: Submitted[Any], *, status: int = 200
) -> Response:
    appeal = appeals.get(session, number)
    return render(
        request,
        "appeals/feedback/note.html",
        status=status,
        appeal=appeal,
        form=form,
        feedback=panel.of_appeal(session, appeal, person, rights.sight(session, person, number)),
        longest=LONGEST_COMMENT,
        words=words,
    )


def _rules(request: Request, session: Session, person: Person, form: Submitted[Any], *, status: int = 200) -> Response:
    policy = notices.policy(session, person.organisation_id)
    return render(
        request,
        "appeals/feedback/rules.html",
        status=status,
        form=form,
        by_mail=policy is not None and policy.mail_channel_id is not None,
        by_sms=policy is not None and policy.channel_id is not None,
        question=words.ASKED,
    )
