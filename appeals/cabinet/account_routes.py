"""Signing in to the cabinet: an e-mail or a telephone, then the code sent there; the first time makes the account."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from appeals.cabinet import accounts, codes, sending, visiting, words
from appeals.cabinet.codes import Waiting
from appeals.cabinet.model import Way
from appeals.cabinet.visiting import Visitor
from db import transaction
from staff.access import SentToken
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import local, render, see_other

router = APIRouter(prefix="/cabinet/{code}")


class ContactForm(BaseModel):
    """Where the code goes, and where the citizen wanted to go."""

    contact: str = Field(max_length=254)
    next: str = Field("", max_length=300)


class CodeForm(BaseModel):
    """The code as it was read."""

    digits: str = Field(max_length=40)
    next: str = Field("", max_length=300)


@router.get("/sign-in")
def sign_in_page(request: Request, code: str, next: str = "") -> Response:
    """The question for the e-mail or the telephone; who is signed in goes on."""
    visitor = visiting.visit(request, code)
    if visitor.account is not None:
        return see_other(_wanted(visitor, next))
    visitor.opened()
    return _contact_page(request, visitor, blank(contact="", next=local(next) if next else ""))


@router.post("/sign-in")
def send_code(request: Request, code: str, form: Annotated[Submitted[ContactForm], submitted(ContactForm)]) -> Response:
    """Sends a code. Whether the contact has an account already nobody is told."""
    visitor = visiting.visit(request, code)
    visitor.opened()
    token = visitor.browser or visiting.new_token()
    refused = sending.send(request, visitor, form, token)
    if refused is not None:
        return _contact_page(request, visitor, form, status=refused.status, headers=refused.headers)
    response = see_other(f"{visitor.at}/code{_with_next(form.typed['next'])}")
    visiting.name_browser(request, response, visitor, token)
    return response


@router.get("/code")
def code_page(request: Request, code: str, next: str = "") -> Response:
    """The question for the code; without one on its way the contact comes first."""
    visitor = visiting.visit(request, code)
    if visitor.account is not None:
        return see_other(_wanted(visitor, next))
    if not _waiting(visitor).tries:
        return see_other(f"{visitor.at}/sign-in{_with_next(next)}")
    return _code_page(request, visitor, blank(digits="", next=local(next) if next else ""))


@router.post("/code")
def sign_in(request: Request, code: str, form: Annotated[Submitted[CodeForm], submitted(CodeForm)]) -> Response:
    """A session for the right code; else how often it may still be tried."""
    visitor = visiting.visit(request, code)
    visitor.opened()
    if not _waiting(visitor).tries:
        return _too_late(visitor, form)
    if form.value is None:
        return _code_page(request, visitor, form, status=422)
    with transaction(visitor.organisation.id) as session:
        opened = accounts.sign_in(session, visitor.organisation, visitor.browser, form.value.digits)
    if opened is None:
        return _refused(request, visitor, form)
    response = see_other(_wanted(visitor, form.value.next, opened.draft))
    visiting.sign_in(request, response, visitor, opened.token)
    return response


@router.post("/sign-out")
def sign_out(request: Request, code: str, token: SentToken) -> Response:
    """Ends this browser's session."""
    visitor = visiting.visit(request, code)
    response = see_other(f"/write/{visitor.organisation.code}", notice=_("You are signed out"))
    if visiting.permitted(visitor, token) is not None:
        with transaction(visitor.organisation.id) as session:
            accounts.close_session(session, visiting.sign_out(request, response, visitor))
    return response


def _refused(request: Request, visitor: Visitor, form: Submitted[CodeForm]) -> Response:
    left = _waiting(visitor).tries
    if not left:
        return _too_late(visitor, form)
    form.refuse("digits", _("This is not the code. Tries left: %d") % left)
    return _code_page(request, visitor, form, status=422)


def _too_late(visitor: Visitor, form: Submitted[CodeForm]) -> Response:
    return see_other(f"{visitor.at}/sign-in{_with_next(form.typed['next'])}", notice=_(words.TOO_LATE))


def _waiting(visitor: Visitor) -> Waiting:
    with transaction(visitor.organisation.id) as session:
        return codes.waiting(session, visitor.organisation, visitor.browser)


def _wanted(visitor: Visitor, next: str, draft: int | None = None) -> str:
    """The page that was asked for, if it is the citizen's own, with what they had written; else their appeals."""
    form = f"/write/{visitor.organisation.code}"
    if next == form and draft is not None:
        return f"{form}?draft={draft}"
    return next if local(next) == next and next.startswith((form, visitor.at)) else visitor.at


def _with_next(next: Any) -> str:
    return f"?next={next}" if isinstance(next, str) and next and local(next) == next and next.isascii() else ""


def _contact_page(
    request: Request,
    visitor: Visitor,
    form: Submitted[Any],
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    cabinet = visitor.opened()
    with transaction(visitor.organisation.id) as session:
        ways = codes.ways(session, visitor.organisation, cabinet)
    return render(
        request,
        "appeals/cabinet/sign_in.html",
        status=status,
        headers=headers,
        visitor=visitor,
        form=form,
        ways=ways,
        rests=cabinet.sms_channel_id is not None and Way.SMS not in ways,
    )


def _code_page(request: Request, visitor: Visitor, form: Submitted[Any], *, status: int = 200) -> Response:
    form.typed["digits"] = ""
    way = _waiting(visitor).way
    return render(request, "appeals/cabinet/code.html", status=status, visitor=visitor, form=form, way=way)
