"""The administrator's page of people: who works here, as what, and whether they may come in."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from staff import queries, service, words
from staff.access import DbSession, may
from staff.losing import access_may_change
from staff.model import Role
from staff.tables import Person
from web import handing
from web.forms import Submitted, blank, submitted
from web.languages import LANGUAGES, Code, later
from web.languages import gettext as _
from web.pages import render, see_other

HANDED = "holos_password"  # a cookie of one page, gone when it was shown
LAST_ADMINISTRATOR = later("Nobody else here is an administrator. Make somebody else one first.")

router = APIRouter(prefix="/people")

Administrator = Annotated[Person, may("people.manage")]


class PersonForm(BaseModel):
    """What an administrator says about a person."""

    name: str = Field(min_length=2, max_length=120)
    roles: set[Role] = Field(min_length=1)
    language: Code


class NewPersonForm(PersonForm):
    """The same, and the name to sign in with, which never changes."""

    login: str = Field(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9._-]{1,63}$")


@router.get("")
def people(
    request: Request,
    administrator: Administrator,
    session: DbSession,
    *,
    q: str = "",
    role: str = "",
    off: bool = False,
) -> Response:
    """Everybody, by name."""
    role = role if role in words.ROLES else ""
    return render(
        request,
        "staff/people.html",
        people=queries.people(session, containing=q.strip(), role=role, disabled=off),
        seen=queries.last_sign_ins(session),
        q=q.strip(),
        role=role,
        off=off,
        words=words,
    )


@router.get("/new")
def new(request: Request, administrator: Administrator) -> Response:
    """The form for somebody new."""
    form = blank(login="", name="", roles=[Role.OPERATOR], language=administrator.language)
    return _form_page(request, form, None)


@router.post("")
def add(
    request: Request,
    administrator: Administrator,
    session: DbSession,
    form: Annotated[Submitted[NewPersonForm], submitted(NewPersonForm)],
) -> Response:
    """Somebody new; the password is shown this once."""
    if "login" in form.errors and form.typed["login"]:
        form.errors["login"] = _("Latin letters, digits, dot, dash; at least two")
    if form.value is None:
        return _form_page(request, form, None, status=422)
    given = form.value
    try:
        person, password = service.add_person(
            session,
            login=given.login,
            name=given.name,
            roles=frozenset(given.roles),
            language=given.language,
            by=administrator,
        )
    except service.LoginTaken:
        form.refuse("login", _("Somebody signs in with this name already"))
        return _form_page(request, form, None, status=422)
    return _handed(request, person, password, added=True)


@router.get("/{person_id}")
def person_page(request: Request, administrator: Administrator, session: DbSession, person_id: int) -> Response:
    """One person: the form, and what was done about them."""
    person = queries.get(session, person_id)
    form = blank(login=person.login, name=person.name, roles=person.roles, language=person.language)
    return _form_page(request, form, person, deeds=queries.deeds(session, f"person:{person.id}"))


@router.post("/{person_id}")
def change(
    request: Request,
    administrator: Administrator,
    session: DbSession,
    person_id: int,
    form: Annotated[Submitted[PersonForm], submitted(PersonForm)],
) -> Response:
    """Another name, other roles, another language."""
    person = queries.get(session, person_id)
    if form.value is not None:
        given = form.value
        try:
            with access_may_change(request, session, person):
                service.change_person(
                    session,
                    person,
                    name=given.name,
                    roles=frozenset(given.roles),
                    language=given.language,
                    by=administrator,
                )
        except service.LastAdministrator:
            form.refuse("roles", _(LAST_ADMINISTRATOR))
    if form.value is None:
        form.typed["login"] = person.login
        return _form_page(request, form, person, status=422, deeds=queries.deeds(session, f"person:{person.id}"))
    return see_other("/people", notice=_("Saved: %s") % person.name)


@router.post("/{person_id}/disable")
def disable(request: Request, administrator: Administrator, session: DbSession, person_id: int) -> Response:
    """Closes the door to a person at once."""
    person = queries.get(session, person_id)
    try:
        with access_may_change(request, session, person):
            service.disable(session, person, by=administrator)
    except service.LastAdministrator:
        return see_other(f"/people/{person_id}", notice=_(LAST_ADMINISTRATOR))
    return see_other("/people", notice=_("%s can no longer sign in.") % person.name)


@router.post("/{person_id}/enable")
def enable(administrator: Administrator, session: DbSession, person_id: int) -> Response:
    """Opens the door again."""
    person = queries.get(session, person_id)
    service.enable(session, person, by=administrator)
    return see_other(f"/people/{person_id}", notice=_("%s can sign in again.") % person.name)


@router.post("/{person_id}/password")
def reset_password(request: Request, administrator: Administrator, session: DbSession, person_id: int) -> Response:
    """A new password, shown this once."""
    person = queries.get(session, person_id)
    with access_may_change(request, session, person):
        password = service.reset_password(session, person, by=administrator)
    return _handed(request, person, password, added=False)


@router.get("/{person_id}/password")
def new_password(
    request: Request, administrator: Administrator, session: DbSession, person_id: int, *, added: bool = False
) -> Response:
    """The password just made, once; a reload finds the person's page instead."""
    person = queries.get(session, person_id)
    password = handing.carried(request, HANDED)
    if not password:
        return see_other(f"/people/{person_id}")
    response = render(request, "staff/password.html", person=person, password=password, added=added)
    return handing.shown(response, cookie=HANDED, page=_password_page(person))


def _handed(request: Request, person: Person, password: str, *, added: bool) -> Response:
    """303 to the page that shows the password; the administrator's browser carries it there, we keep nothing."""
    page = _password_page(person)
    return handing.handed(request, password, cookie=HANDED, page=page, url=f"{page}?added=true" if added else page)


def _password_page(person: Person) -> str:
    return f"/people/{person.id}/password"


def _form_page(
    request: Request,
    form: Submitted[Any],
    person: Person | None,
    *,
    status: int = 200,
    deeds: object = (),
) -> Response:
    return render(
        request,
        "staff/person.html",
        status=status,
        form=form,
        person=person,
        deeds=deeds,
        words=words,
        codes=request.app.state.codes_of_deeds,
        language_names=LANGUAGES,
    )
