"""Marks over HTTP, on the citizens' side: the link of a letter or an SMS, and the form on a page of the cabinet."""

from typing import Annotated, Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from appeals.cabinet import queries as cabinet
from appeals.cabinet import visiting
from appeals.feedback import panel, queries, service, words
from appeals.feedback.forms import MarkForm, verdict_of
from appeals.feedback.model import LINKS_A_MINUTE, LONGEST_COMMENT, Verdict, Way
from appeals.feedback.tables import Feedback
from db import EVERY_ORGANISATION, transaction
from staff import queries as staff
from staff.access import SentToken
from staff.keys import pace
from staff.sign_in import hash_of
from staff.tables import Organisation
from web import languages
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter()

Sent = Annotated[Submitted[MarkForm], submitted(MarkForm)]


@router.get("/mark/{token}")
def asked(request: Request, token: str) -> Response:
    """The question; or what was said, if it was. That somebody looks changes nothing: mail servers look, too."""
    return _page(request, token, blank())


@router.post("/mark/{token}")
def say(request: Request, token: str, form: Sent) -> Response:
    """Said once; the link is the proof."""
    organisation, row, number = _found(request, token)
    verdict = verdict_of(form)
    if verdict is None:
        return _page(request, token, form, status=422)
    try:
        with transaction(organisation.id) as session:
            service.mark(session, number, verdict, Way.LINK, closed_at=row.closed_at, by=None)
    except (service.AlreadyMarked, service.NotAsked):
        pass  # the page says what was said, or that it is too late
    return see_other(f"/mark/{token}")


@router.post("/cabinet/{code}/{number}/mark")
def say_in_cabinet(request: Request, code: str, number: str, token: SentToken, form: Sent) -> Response:
    """The same by the author's own account."""
    visitor = visiting.visit(request, code)
    author = visiting.permitted(visitor, token)
    if author is None:
        return visiting.to_sign_in(request, visitor, notice=_("Sign in again, then give your mark"))
    verdict = verdict_of(form)
    with transaction(visitor.organisation.id) as session:
        appeal = cabinet.own(session, author.account.id, number)
        if verdict is None:
            shown = panel.of_author(session, appeal)
            place, proof = f"{visitor.at}/{number}/mark", visitor.csrf
            return _shown(request, form, shown, number=appeal.number, place=place, proof=proof, status=422)
    return _said_in_cabinet(visitor.organisation, f"{visitor.at}/{number}", number, verdict)


def _said_in_cabinet(organisation: Organisation, place: str, number: str, verdict: Verdict) -> Response:
    try:
        with transaction(organisation.id) as session:
            row = service.mark(session, number, verdict, Way.CABINET, by=None)
            later = queries.number_of(session, row.reopened_id)
    except service.AlreadyMarked:
        return see_other(place, notice=_("You have given your mark already"))
    except service.NotAsked:
        return see_other(place, notice=_("It is too late for a mark"))
    told = _("Thank you. Your mark is noted.")
    if later is not None:
        told = _("Thank you. Your appeal goes on under the number %s.") % later
    return see_other(place, notice=told)


def _found(request: Request, token: str) -> tuple[Organisation, Feedback, str]:
    """What the link asks about, from here on in the language of its letter. NotFound, TooManyRequests."""
    pace.count_of(f"mark:{visiting.address_of(request)}", LINKS_A_MINUTE)
    with transaction(EVERY_ORGANISATION) as session:
        row, appeal = queries.by_token(session, hash_of(token))
        organisation = staff.organisation(session, row.organisation_id)
        number = appeal.number
    audience = languages.audience()
    audience.zone, audience.country = organisation.zone, organisation.country
    if request.cookies.get(languages.COOKIE) not in languages.LANGUAGES and row.language in languages.LANGUAGES:
        audience.language = row.language
    return organisation, row, number


def _page(request: Request, token: str, form: Submitted[Any], *, status: int = 200) -> Response:
    organisation, row, number = _found(request, token)
    with transaction(organisation.id) as session:
        appeal = queries.by_token(session, hash_of(token))[1]
        shown = panel.of_author(session, appeal)
        if appeal.closed_at != row.closed_at:  # it was closed once more since: that one has a link of its own
            shown = panel.Shown(None, is_open=False, until=None, reopened=None)
    name = organisation.called(languages.audience().language)
    return _shown(request, form, shown, number=number, place=f"/mark/{token}", organisation=name, status=status)


def _shown(
    request: Request,
    form: Submitted[Any],
    shown: panel.Shown,
    *,
    number: str,
    place: str,
    proof: str = "",
    organisation: str = "",
    status: int = 200,
) -> Response:
    return render(
        request,
        "appeals/feedback/asked.html",
        status=status,
        form=form,
        number=number,
        feedback=shown,
        place=place,
        proof=proof,
        organisation=organisation,
        longest=LONGEST_COMMENT,
        words=words,
    )
