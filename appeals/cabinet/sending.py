"""A code is asked for on a page: to sign in with it, or to add a contact to the account."""

from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from appeals.cabinet import codes, visiting
from appeals.cabinet.model import Way
from appeals.cabinet.visiting import Visitor
from db import transaction
from web.formats import whole_seconds
from web.forms import Submitted
from web.languages import gettext as _
from web.problems import TooManyRequests


@dataclass(frozen=True, slots=True)
class Refused:
    """The form now says why no code leaves."""

    status: int = 422
    headers: dict[str, str] = field(default_factory=dict)


def send(
    request: Request, visitor: Visitor, form: Submitted[Any], token: str, *, account: int | None = None
) -> Refused | None:
    """A code to the contact that was typed, for the browser with this token; else why not."""
    cabinet, sent = visitor.opened(), form.value
    if sent is None:
        return Refused()
    with transaction(visitor.organisation.id) as session:
        ways = codes.ways(session, visitor.organisation, cabinet)
    contact = codes.contact_of(sent.contact, ways)
    if contact is None:
        no_such = _("This is neither an e-mail nor a telephone number")
        form.refuse("contact", no_such if Way.SMS in ways else _("This is not an e-mail"))
        return Refused()
    address = visiting.address_of(request)
    try:
        with transaction(visitor.organisation.id) as session:
            codes.send(session, visitor.organisation, cabinet, contact, token=token, address=address, account=account)
    except TooManyRequests as told:
        minutes = max(1, round(told.wait.total_seconds() / 60))
        form.refuse("contact", _("Many codes were asked for. Try again in %d min.") % minutes)
        return Refused(429, {"Retry-After": str(whole_seconds(told.wait))})
    return None
