"""Calling out over HTTP: the rules' page, and the desk's question whether a number may be dialled."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from acd.outgoing import queries, service, words
from acd.outgoing.model import NumberRefused, Refusal, Rules
from acd.outgoing.numbers import dialled
from staff.access import DbSession, may
from staff.model import PERMISSIONS
from staff.tables import Person
from staff.words import ROLES
from web.formats import phone
from web.forms import Submitted, blank, submitted
from web.languages import audience
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter()

Arranger = Annotated[Person, may("outgoing.arrange")]

BEGINNING = re.compile(r"\+?[1-9][0-9]{0,14}")
MOST = 100  # beginnings in one list
MOST_CALLS = 10_000  # of an hour


class LineForm(BaseModel):
    """The number shown, the beginnings of numbers one a line, the longest call in minutes, how many within an hour."""

    shown: str = Field("", max_length=20)
    allowed: str = Field("", max_length=2000)
    forbidden: str = Field("", max_length=2000)
    longest: int | None = Field(None, ge=1, le=600)
    most_an_hour: int | None = Field(None, ge=1, le=MOST_CALLS)
    most_of_person: int | None = Field(None, ge=1, le=MOST_CALLS)


class TryForm(BaseModel):
    """A number to be tried against the rules."""

    number: str = Field("", max_length=40)


@router.get("/outgoing")
def page(request: Request, session: DbSession, person: Arranger) -> Response:
    """How the organisation calls out."""
    return _page(request, session, person, _typed(queries.rules(session, person.organisation_id)))


@router.post("/outgoing")
def arrange(
    request: Request, session: DbSession, person: Arranger, form: Annotated[Submitted[LineForm], submitted(LineForm)]
) -> Response:
    """Other rules, from the next call on."""
    rules = _rules(form, _own(request, session, person))
    if rules is None:
        return _page(request, session, person, form, status=422)
    service.arrange(session, person, rules)
    return see_other("/outgoing", notice=_("Saved; the next call goes by it"))


@router.post("/outgoing/try")
def try_number(
    request: Request, session: DbSession, person: Arranger, form: Annotated[Submitted[TryForm], submitted(TryForm)]
) -> Response:
    """Whether this number could be called, without calling it."""
    typed = str(form.typed.get("number", ""))
    told = {"number": typed, "dialled": "", "refused": ""}
    try:
        told["dialled"] = may_be_dialled(request, session, person, typed)
    except NumberRefused as refused:
        told["refused"] = words.refused(refused)
    form_of_line = _typed(queries.rules(session, person.organisation_id))
    return _page(request, session, person, form_of_line, tried=told)


@router.post("/desk/outgoing")
def ask_for_desk(
    request: Request,
    session: DbSession,
    person: Annotated[Person, may("calls.dial_out")],
    number: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """What the desk's phone dials for what was typed, and how it is written; 409 with the reason for a number that
    is not called, or not before the hour is over."""
    return _answer(request, session, person, number, limited=True)


@router.post("/desk/outgoing/hand-out")
def ask_for_transfer(
    request: Request,
    session: DbSession,
    person: Annotated[Person, may("calls.hand_out")],
    number: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """The same for a number to which a caller is handed; no limit counts it, for it is their call."""
    return _answer(request, session, person, number)


def may_be_dialled(request: Request, session: Session, person: Person, typed: str) -> str:
    """The number as it is dialled. NumberRefused."""
    number = dialled(typed, audience().country)
    if not _own(request, session, person) or not queries.has_queue(session):
        raise NumberRefused(Refusal.NO_LINE)
    if not queries.rules(session, person.organisation_id).permits(number):
        raise NumberRefused(Refusal.FORBIDDEN)
    return number


def _answer(request: Request, session: Session, person: Person, typed: str, *, limited: bool = False) -> Response:
    try:
        number = may_be_dialled(request, session, person, typed)
        if not request.app.state.line_out:
            raise NumberRefused(Refusal.NO_LINE_OUT)
        now, who = datetime.now(UTC), (person.organisation_id, person.id)
        if limited and (reached := queries.limit_reached(session, *who, number=number, now=now)) is not None:
            raise reached
    except NumberRefused as refusal:
        return JSONResponse({"title": "", "advice": words.refused(refusal)}, 409)
    return JSONResponse({"dial": number, "name": phone(number)})


def _own(request: Request, session: Session, person: Person) -> list[str]:
    numbers: list[str] = request.app.state.dialled_numbers(session)[person.organisation_id]
    return numbers


def _page(
    request: Request,
    session: Session,
    person: Person,
    form: Submitted[Any],
    *,
    status: int = 200,
    tried: dict[str, str] | None = None,
) -> Response:
    roles = {
        permission: [ROLES[role] for role in ROLES if role in PERMISSIONS[permission]]
        for permission in ("calls.dial_out", "calls.hand_out")
    }
    return render(
        request,
        "acd/outgoing/page.html",
        status=status,
        form=form,
        numbers=_own(request, session, person),
        ready=queries.has_queue(session),
        roles=roles,
        tried=tried,
    )


def _rules(form: Submitted[LineForm], own: list[str]) -> Rules | None:
    """The rules that the form asks for; None where it is wrong, which is told at its fields."""
    if form.value is None:
        return None
    given = form.value
    if given.shown and given.shown not in own:
        form.refuse("shown", _("Choose one of your own numbers"))
    lists: dict[str, list[str]] = {}
    for name in ("allowed", "forbidden"):
        lists[name] = list(dict.fromkeys(_cleaned(each) for each in getattr(given, name).splitlines() if each.strip()))
        wrong = [each for each in lists[name] if not BEGINNING.fullmatch(each)]
        if wrong:
            form.refuse(
                name, _("%(line)s is no beginning of a number: write +380 67, or a short number") % {"line": wrong[0]}
            )
        elif len(lists[name]) > MOST:
            form.refuse(name, _("At most %(most)s lines") % {"most": MOST})
    if given.most_an_hour and given.most_of_person and given.most_of_person > given.most_an_hour:
        form.refuse("most_of_person", _("It cannot be more than the organisation may"))
    both = [each for each in lists["forbidden"] if each in lists["allowed"]]
    if both:
        form.refuse("forbidden", _("%(line)s stands in both lists") % {"line": both[0]})
    if form.errors:
        return None
    longest = timedelta(minutes=given.longest) if given.longest else None
    return Rules(
        shown=given.shown or None,
        allowed=lists["allowed"],
        forbidden=lists["forbidden"],
        longest=longest,
        most_an_hour=given.most_an_hour,
        most_of_person=given.most_of_person,
    )


def _cleaned(line: str) -> str:
    return re.sub(r"[\s()-]", "", line)


def _typed(rules: Rules) -> Submitted[Any]:
    return blank(
        shown=rules.shown or "",
        allowed="\n".join(rules.allowed),
        forbidden="\n".join(rules.forbidden),
        longest=str(round(rules.longest.total_seconds() / 60)) if rules.longest else "",
        most_an_hour=rules.most_an_hour or "",
        most_of_person=rules.most_of_person or "",
    )
