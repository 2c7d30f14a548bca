"""The numbers that citizens dial: with which menu and in which language each begins, from the next call on."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from calls.model import Language
from ivr import catalogue, contents, document, queries, service
from ivr.editor.offered import menu_titles
from ivr.model import Menus
from ivr.service import NumberTaken
from staff import queries as staff
from staff.access import DbSession, may
from staff.audit import audit, changes
from staff.tables import Organisation, Person
from web.forms import Submitted, blank, submitted
from web.languages import LANGUAGES
from web.languages import gettext as _
from web.pages import render, see_other

MOST_NAMED = 5  # prompts in a message

router = APIRouter(prefix="/menus/numbers")

Editor = Annotated[Person, may("menus.edit")]


class BeginningForm(BaseModel):
    """With which menu a number begins, and in which language."""

    menu: str = Field(max_length=40)
    language: Language


class NumberForm(BeginningForm):
    """A number that leads to no menu yet."""

    number: str = Field(pattern=r"^\+?[0-9]{2,19}$")


@router.get("")
def numbers_page(request: Request, session: DbSession, person: Editor) -> Response:
    """Every number of the organisation, and the form of another."""
    return _page(request, session, person, blank())


@router.post("")
def add_number(
    request: Request, session: DbSession, person: Editor, form: Annotated[Submitted[NumberForm], submitted(NumberForm)]
) -> Response:
    """Another number; one that some organisation has is refused."""
    if "number" in form.errors and form.typed["number"]:
        form.errors["number"] = _("Write digits only, with or without + in front")
    _check(session, person, form)
    sent = form.value
    if sent is not None and any(row.number == sent.number for row in queries.own_numbers(session)):
        form.refuse("number", _("This number is in the list already"))
    if sent is None or form.errors:
        return _page(request, session, person, form, status=422)
    try:
        _assign(session, person, sent.number, sent)
    except NumberTaken:
        form.refuse("number", _("Another organisation has this number"))
        return _page(request, session, person, form, status=422)
    return see_other("/menus/numbers", notice=_("The next caller of %s hears it.") % sent.number)


@router.post("/{number}")
def change_number(
    request: Request,
    session: DbSession,
    person: Editor,
    number: str,
    form: Annotated[Submitted[BeginningForm], submitted(BeginningForm)],
) -> Response:
    """Another menu or language at the beginning. NotFound for a number of others."""
    row = queries.number(session, number)
    _check(session, person, form)
    if form.value is None or form.errors:
        return _page(request, session, person, form, status=422, changing=row.number)
    _assign(session, person, row.number, form.value)
    return see_other("/menus/numbers", notice=_("The next caller of %s hears it.") % row.number)


@router.post("/{number}/remove")
def remove_number(session: DbSession, person: Editor, number: str) -> Response:
    """A number that leads to no menu any more. NotFound for a number of others."""
    row = queries.number(session, number)
    before = {"menu": row.menu, "language": row.language}
    service.give_up_number(session, row)
    audit(session, person, "number.removed", f"number:{number}", **before)
    return see_other("/menus/numbers", notice=_("%s leads to no menu any more.") % number)


def _assign(session: Session, person: Person, number: str, sent: BeginningForm) -> None:
    known = next((row for row in queries.own_numbers(session) if row.number == number), None)
    before = (known.menu, known.language) if known is not None else (None, None)
    service.assign_number(session, person.organisation_id, number, language=sent.language, menu=sent.menu)
    if told := changes(menu=(before[0], sent.menu), language=(before[1], sent.language.value)):
        audit(session, person, "number.assigned", f"number:{number}", **told)


def _check(session: Session, person: Person, form: Submitted[BeginningForm] | Submitted[NumberForm]) -> None:
    """The menu is published, the organisation speaks the language."""
    sent = form.value
    if sent is None:
        return
    published = _published(session)
    if published is None or sent.menu not in {menu.name for menu in published.menus}:
        form.refuse("menu", _("There is no such menu among those published"))
    organisation = staff.organisation(session, person.organisation_id)
    if sent.language not in organisation.languages:
        form.refuse("language", _("The organisation does not speak this language"))
    elif published is not None and (missing := _unheard(session, organisation, published, sent.language)):
        names = ", ".join(missing[:MOST_NAMED]) + (", …" if len(missing) > MOST_NAMED else "")
        form.refuse("language", _("Not every prompt can be heard in this language yet: %(names)s") % {"names": names})


def _unheard(session: Session, organisation: Organisation, published: Menus, language: Language) -> list[str]:
    """Prompts of the published menus that callers of a language just taken up would not hear."""
    named = contents.prompts(published)
    known = catalogue.entries(session, organisation, named=named)
    return sorted(named - catalogue.sounds(known, [language])[language])


def _published(session: Session) -> Menus | None:
    row = queries.find_document(session)
    return document.parse(row.document) if row else None


def _page(
    request: Request,
    session: Session,
    person: Person,
    form: Submitted[BeginningForm] | Submitted[NumberForm],
    *,
    status: int = 200,
    changing: str = "",
) -> Response:
    organisation: Organisation = staff.organisation(session, person.organisation_id)
    published = _published(session)
    titles = menu_titles(published) if published else {}
    return render(
        request,
        "ivr/numbers.html",
        status=status,
        numbers=queries.own_numbers(session),
        menus={menu.name: titles.get(menu.name, menu.name) for menu in published.menus} if published else {},
        spoken={code: LANGUAGES[code] for code in organisation.languages},
        form=form,
        changing=changing,
    )
