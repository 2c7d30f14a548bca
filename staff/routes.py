"""Signing in and out, and what a person chooses for themselves: language, theme, password."""

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from db import EVERY_ORGANISATION, transaction
from staff import passwords, queries, service, sign_in, words
from staff.access import COOKIE, DbSession, SignedIn, recognise
from staff.losing import access_may_change
from staff.tables import Person
from web import languages
from web.formats import moment, whole_seconds
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import THEME, local, render, see_other
from web.problems import TooManyRequests
from web.shell import viewer_of

CHOSEN = "holos_language_chosen"  # before the sign-in; the other cookie also remembers who was here last
A_YEAR = 31_536_000  # seconds, for cookies that only hold a choice

router = APIRouter()


class SignInForm(BaseModel):
    """Who signs in, and where they wanted to go."""

    login: str = Field(max_length=64)
    password: str = Field(max_length=passwords.LONGEST)
    next: str = Field("/", max_length=2000)


class PasswordForm(BaseModel):
    """A person's own change of password."""

    present: str = Field(max_length=passwords.LONGEST)
    new: str = Field(min_length=passwords.SHORTEST, max_length=passwords.LONGEST)
    repeated: str = Field(max_length=passwords.LONGEST)


class LanguageForm(BaseModel):
    """A choice of language, and the page it was made on."""

    language: languages.Code
    next: str = Field("/", max_length=2000)


class ThemeForm(BaseModel):
    """A choice of theme, and the page it was made on."""

    theme: Literal["auto", "light", "dark"]
    next: str = Field("/", max_length=2000)


@router.get("/sign-in")
def sign_in_page(request: Request, next: str = "/") -> Response:
    """The form; somebody signed in already goes on."""
    recognise(request)
    if viewer_of(request) is not None:
        return see_other(next)
    return render(request, "staff/sign_in.html", form=blank(login="", next=local(next)), refused="")


@router.post("/sign-in")
def sign_in_now(request: Request, form: Annotated[Submitted[SignInForm], submitted(SignInForm)]) -> Response:
    """A session, or the form again with the reason."""
    if form.value is None:
        return render(request, "staff/sign_in.html", status=422, form=form, refused="")
    address = request.client.host if request.client else ""
    try:
        person, token = _opened(form.value, address, request.cookies.get(CHOSEN))
    except TooManyRequests as told:
        seconds = whole_seconds(told.wait)
        refused, headers = _("Too many tries. Try again in %d s.") % seconds, {"Retry-After": str(seconds)}
        return render(request, "staff/sign_in.html", status=429, headers=headers, form=form, refused=refused)
    except sign_in.AccountOver as over:
        languages.audience().zone = ZoneInfo(over.zone)
        refused = _("This account was valid until %s. Your supervisor can have a new one made.") % moment(over.until)
        return render(request, "staff/sign_in.html", status=422, form=form, refused=refused)
    if person is None:
        refused = _("The name or the password is not right.")
        return render(request, "staff/sign_in.html", status=422, form=form, refused=refused)
    response = see_other(form.value.next)
    secure = request.app.state.policy.secure
    response.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=secure)
    response.set_cookie(languages.COOKIE, person.language, max_age=A_YEAR, samesite="lax", secure=secure)
    response.delete_cookie(CHOSEN)
    return response


def _opened(form: SignInForm, address: str, language: str | None) -> tuple[Person | None, str]:
    """Who came in, and the new session's token. No transaction is open while the password is checked."""
    with transaction(EVERY_ORGANISATION) as session:
        tried = sign_in.begin(session, form.login, address=address)
    if not passwords.password_is_right(tried.stored, form.password):
        return None, ""
    with transaction(EVERY_ORGANISATION) as session:
        person = sign_in.accept(session, tried, language=language if language in languages.LANGUAGES else None)
        return person, sign_in.open_session(session, person) if person is not None else ""


@router.post("/sign-out")
def sign_out(request: Request, person: SignedIn, session: DbSession) -> Response:
    """Ends this browser's session."""
    with access_may_change(request, session, person):
        sign_in.close_session(session, request.cookies[COOKIE])
    response = see_other("/sign-in")
    response.delete_cookie(COOKIE)
    return response


@router.post("/language")
def choose_language(request: Request, form: Annotated[Submitted[LanguageForm], submitted(LanguageForm)]) -> Response:
    """The language of this browser, and of the person if somebody is signed in."""
    if form.value is None:
        return see_other("/")
    recognise(request)
    _remember(request, language=form.value.language)
    response = see_other(form.value.next)
    response.set_cookie(languages.COOKIE, form.value.language, max_age=A_YEAR, samesite="lax")
    if viewer_of(request) is None:
        response.set_cookie(CHOSEN, form.value.language, httponly=True, samesite="lax")
    return response


@router.post("/theme")
def choose_theme(request: Request, form: Annotated[Submitted[ThemeForm], submitted(ThemeForm)]) -> Response:
    """Light, dark, or as the system says."""
    if form.value is None:
        return see_other("/")
    recognise(request)
    _remember(request, theme=form.value.theme)
    response = see_other(form.value.next)
    response.set_cookie(THEME, form.value.theme, max_age=A_YEAR, samesite="lax")
    return response


def _remember(request: Request, *, language: str | None = None, theme: str | None = None) -> None:
    viewer = viewer_of(request)
    if viewer is not None:
        with transaction(viewer.organisation_id) as session:
            service.choose(session, viewer.id, language=language, theme=theme)


@router.get("/me")
def me(request: Request, person: SignedIn) -> Response:
    """The person's own page."""
    return _my_page(request, person, blank())


@router.post("/me/password")
def change_password(
    request: Request,
    person: SignedIn,
    form: Annotated[Submitted[PasswordForm], submitted(PasswordForm)],
) -> Response:
    """A new password; other browsers are signed out."""
    if form.value is not None and form.value.new != form.value.repeated:
        form.refuse("repeated", _("The two are not the same"))
    if form.value is not None and not passwords.password_is_right(person.password_hash, form.value.present):
        form.refuse("present", _("This is not your present password"))
    if form.value is None:
        return _my_page(request, person, form, status=422)
    new = passwords.password_hash(form.value.new)
    with transaction(person.organisation_id) as session:
        mine = queries.get(session, person.id)
        with access_may_change(request, session, mine):
            service.change_password(session, mine, new)
            sign_in.close_other_sessions(session, mine, but=request.cookies[COOKIE])
    return see_other("/me", notice=_("Your password is changed. Other browsers are signed out."))


def _my_page(request: Request, person: Person, form: Submitted[Any], *, status: int = 200) -> Response:
    roles = [_(words.ROLES[role]) for role in person.roles]
    return render(
        request, "staff/me.html", status=status, person=person, form=form, roles=roles, shortest=passwords.SHORTEST
    )
