"""What proves an account: its e-mail and its telephone; the other one is added by a code as well."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from appeals.cabinet import accounts, codes, sending, visiting, words
from appeals.cabinet.visiting import Visitor
from appeals.cabinet.writing import Author
from db import transaction
from staff.access import SentToken
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/cabinet/{code}/contacts")


class ContactForm(BaseModel):
    """Where the code goes."""

    contact: str = Field(max_length=254)


class DigitsForm(BaseModel):
    """The code as it was read."""

    digits: str = Field(max_length=40)


@router.get("")
def page(request: Request, code: str) -> Response:
    """What is proven; a question for the code that is on its way."""
    visitor = visiting.visit(request, code)
    author = visitor.author()
    return _page(request, visitor, author, blank(contact="", digits=""))


@router.post("")
def send(
    request: Request, code: str, token: SentToken, form: Annotated[Submitted[ContactForm], submitted(ContactForm)]
) -> Response:
    """A code to what is to be added."""
    visitor = visiting.visit(request, code)
    author = visiting.permitted(visitor, token)
    if author is None:
        return visiting.to_sign_in(request, visitor)
    browser = visitor.browser or visiting.new_token()
    refused = sending.send(request, visitor, form, browser, account=author.account.id)
    if refused is not None:
        return _page(request, visitor, author, form, status=refused.status)
    response = see_other(f"{visitor.at}/contacts")
    visiting.name_browser(request, response, visitor, browser)
    return response


@router.post("/code")
def add(
    request: Request, code: str, token: SentToken, form: Annotated[Submitted[DigitsForm], submitted(DigitsForm)]
) -> Response:
    """Added for the right code; else how often it may still be tried."""
    visitor = visiting.visit(request, code)
    author = visiting.permitted(visitor, token)
    if author is None:
        return visiting.to_sign_in(request, visitor)
    if form.value is not None:
        with transaction(visitor.organisation.id) as session:
            added = accounts.add_contact(
                session,
                visitor.organisation,
                author.cabinet,
                author.account,
                token=visitor.browser,
                typed=form.value.digits,
            )
        if added is not None:
            return see_other(f"{visitor.at}/contacts", notice=_("Proven: it opens your cabinet from now on"))
    left = _waiting(visitor, author).tries
    if not left:
        return see_other(f"{visitor.at}/contacts", notice=_(words.TOO_LATE))
    form.refuse("digits", _("This is not the code. Tries left: %d") % left)
    return _page(request, visitor, author, form, status=422)


def _waiting(visitor: Visitor, author: Author) -> codes.Waiting:
    with transaction(visitor.organisation.id) as session:
        return codes.waiting(session, visitor.organisation, visitor.browser, account=author.account.id)


def _page(
    request: Request, visitor: Visitor, author: Author | None, form: Submitted[Any], *, status: int = 200
) -> Response:
    if author is None:
        return visiting.to_sign_in(request, visitor)
    form.typed = {"contact": "", **form.typed, "digits": ""}
    with transaction(visitor.organisation.id) as session:
        ways = codes.ways(session, visitor.organisation, author.cabinet)
    return render(
        request,
        "appeals/cabinet/contacts.html",
        status=status,
        visitor=visitor,
        form=form,
        ways=ways,
        waiting=_waiting(visitor, author),
    )
