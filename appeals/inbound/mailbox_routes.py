"""Mailboxes over HTTP: the list with their health, one's form."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals.inbound import queries, service
from appeals.inbound.tables import Mailbox
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/channels/mailboxes")

Keeper = Annotated[Person, may("channels.manage")]

PORTS = {"tls": 993, "starttls": 143, "none": 143}


class MailboxForm(BaseModel):
    """Where citizens write to."""

    name: str = Field(min_length=2, max_length=80)
    address: str = Field(max_length=254, pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    host: str = Field(max_length=253, pattern=r"^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$")
    port: int | None = Field(None, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    ca: str = Field("", max_length=50_000)
    user: str = Field(min_length=1, max_length=254, pattern=r"^[^\r\n]+$")
    secret: str = Field("", max_length=500, pattern=r"^[^\r\n]*$")
    folder: str = Field("INBOX", min_length=1, max_length=200, pattern=r"^[^\r\n]+$")
    enabled: bool = False


@router.get("")
def mailboxes(request: Request, session: DbSession, person: Keeper) -> Response:
    """All of them, and the form for one more."""
    return _page(request, session, None, _blank())


@router.post("")
def add(
    request: Request,
    session: DbSession,
    person: Keeper,
    form: Annotated[Submitted[MailboxForm], submitted(MailboxForm)],
) -> Response:
    """One more."""
    return _keep(request, session, person, None, form)


@router.get("/{mailbox_id}")
def mailbox(request: Request, session: DbSession, person: Keeper, mailbox_id: int) -> Response:
    """One mailbox."""
    found = queries.mailbox(session, mailbox_id)
    typed = {name: getattr(found, name) for name in MailboxForm.model_fields}
    typed |= {"secret": "", "enabled": "true" if found.enabled else ""}
    return _page(request, session, found, blank(**typed))


@router.post("/{mailbox_id}")
def change(
    request: Request,
    session: DbSession,
    person: Keeper,
    mailbox_id: int,
    form: Annotated[Submitted[MailboxForm], submitted(MailboxForm)],
) -> Response:
    """Other settings; an empty password keeps the stored one."""
    return _keep(request, session, person, queries.mailbox(session, mailbox_id), form)


def _keep(
    request: Request, session: Session, person: Person, known: Mailbox | None, form: Submitted[MailboxForm]
) -> Response:
    if form.value is not None and not (form.value.secret or (known is not None and known.secret)):
        form.refuse("secret", _("Without it nobody gets into the mailbox"))
    if form.value is not None and "\x00" in form.value.ca:
        form.refuse("ca", _("This value is not understood"))
    if form.value is not None:
        given = form.value.model_dump()
        given["port"] = given["port"] or PORTS[given["security"]]
        given["secret"] = given["secret"] or (known.secret if known is not None else "")
        try:
            kept = known or Mailbox(organisation_id=person.organisation_id)
            made = service.keep_mailbox(session, kept, given, by=person)
            return see_other(f"/channels/mailboxes/{made.id}", notice=_("Saved: %s") % made.name)
        except service.NameTaken:
            form.refuse("name", _("Another mailbox has this name"))
    return _page(request, session, known, form, status=422)


def _blank() -> Submitted[Any]:
    typed = dict.fromkeys(MailboxForm.model_fields, "") | {"security": "tls", "folder": "INBOX", "enabled": "true"}
    return blank(**typed)


def _page(
    request: Request, session: Session, chosen: Mailbox | None, form: Submitted[Any], *, status: int = 200
) -> Response:
    return render(
        request,
        "appeals/inbound/mailboxes.html",
        status=status,
        mailboxes=queries.mailboxes(session),
        chosen=chosen,
        form=form,
    )
