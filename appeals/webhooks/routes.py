"""Webhooks over HTTP: who is told what, how it went, and what was given up sent once more."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals.executors import queries as executors
from appeals.webhooks import queries, service, words
from appeals.webhooks.model import CHOSEN, LONGEST_URL, Event, fault_of
from appeals.webhooks.tables import Webhook
from appeals.workflow.queries import meant
from staff.access import DbSession, may
from staff.tables import Person
from web import handing
from web.forms import Submitted, blank, row_id, submitted
from web.languages import gettext as _
from web.languages import ngettext
from web.pages import render, see_other

router = APIRouter(prefix="/exchange/webhooks")

Administrator = Annotated[Person, may("exchange.manage")]
HANDED: Final = "holos_webhook"  # a cookie of one page, gone when it was shown
_BLANK: Final[dict[str, Any]] = {
    "name": "", "url": "", "events": list(CHOSEN), "executor": "", "personal": "", "enabled": "true",
}  # fmt: skip


class WebhookForm(BaseModel):
    """Who is told what."""

    name: str = Field(min_length=2, max_length=80)
    url: str = Field(min_length=8, max_length=LONGEST_URL)
    events: set[Event] = Field(min_length=1)
    executor: str = Field("", max_length=400)
    personal: bool = False
    enabled: bool = False


@router.get("")
def webhooks(request: Request, session: DbSession, administrator: Administrator) -> Response:
    """All webhooks, how each is, and the form for a new one."""
    return _list(request, session, blank(**_BLANK))


@router.post("")
def add(
    request: Request,
    session: DbSession,
    administrator: Administrator,
    form: Annotated[Submitted[WebhookForm], submitted(WebhookForm)],
) -> Response:
    """A new webhook; the secret that signs what it is told is shown this once."""
    whose = _check(session, form)
    if form.value is not None:
        given = form.value
        try:
            made = service.add(
                session, name=given.name, url=given.url, events=given.events, executor=whose, personal=given.personal,
                by=administrator,
            )  # fmt: skip
        except service.NameTaken:
            form.refuse("name", _("Another webhook has this name"))
        else:
            return _handed(request, made.id, made.secret)
    return _list(request, session, form, status=422)


@router.get("/{webhook_id}")
def webhook(
    request: Request,
    session: DbSession,
    administrator: Administrator,
    webhook_id: int,
    after: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """One webhook: its form, and what was told or waits to be."""
    found = queries.get(session, webhook_id)
    return _page(request, session, found, blank(**_typed(session, found)), before=row_id(after))


@router.post("/{webhook_id}")
def change(
    request: Request,
    session: DbSession,
    administrator: Administrator,
    webhook_id: int,
    form: Annotated[Submitted[WebhookForm], submitted(WebhookForm)],
) -> Response:
    """Otherwise from now on."""
    found = queries.get(session, webhook_id, lock=True)
    whose = _check(session, form)
    if form.value is not None:
        given = form.value
        try:
            service.change(
                session, found, name=given.name, url=given.url, events=given.events, executor=whose,
                personal=given.personal, enabled=given.enabled, by=administrator,
            )  # fmt: skip
        except service.NameTaken:
            form.refuse("name", _("Another webhook has this name"))
        else:
            return see_other(f"/exchange/webhooks/{webhook_id}", notice=_("Saved: %s") % given.name)
    return _page(request, session, found, form, status=422)


@router.post("/{webhook_id}/secret")
def renew_secret(request: Request, session: DbSession, administrator: Administrator, webhook_id: int) -> Response:
    """Another secret, shown this once."""
    found = queries.get(session, webhook_id, lock=True)
    return _handed(request, webhook_id, service.renew_secret(session, found, by=administrator))


@router.post("/{webhook_id}/ping")
def ping(session: DbSession, administrator: Administrator, webhook_id: int) -> Response:
    """A message to see whether it arrives."""
    service.ping(session, queries.get(session, webhook_id, lock=True), by=administrator)
    return see_other(f"/exchange/webhooks/{webhook_id}#messages", notice=_("On its way: look again in a moment"))


@router.post("/{webhook_id}/replay")
def replay_dead(session: DbSession, administrator: Administrator, webhook_id: int) -> Response:
    """Everything that was given up, once more."""
    count = service.replay_dead(session, queries.get(session, webhook_id, lock=True), by=administrator)
    told = ngettext("%d message is sent again", "%d messages are sent again", count) % count
    return see_other(f"/exchange/webhooks/{webhook_id}#messages", notice=told)


@router.post("/{webhook_id}/messages/{message_id}/replay")
def replay(session: DbSession, administrator: Administrator, webhook_id: int, message_id: int) -> Response:
    """One message once more, under its old name."""
    service.replay(session, queries.get(session, webhook_id, lock=True), message_id, by=administrator)
    return see_other(f"/exchange/webhooks/{webhook_id}#messages", notice=_("It is sent again"))


def _check(session: Session, form: Submitted[WebhookForm]) -> int | None:
    """The executor that is meant, if one is; refused where the address or the executor cannot be."""
    given = form.value
    if given is None:
        return None
    if fault_of(given.url):
        form.refuse("url", _("This is not an address on the Web: it begins with https://"))
    if not given.events <= set(CHOSEN):
        form.refuse("events", _("Choose one of the values offered"))
    found = meant(session, given.executor) if given.executor.strip() else None
    if given.executor.strip() and found is None:
        form.refuse("executor", _("No executor is called so, or several are"))
    return found.id if found is not None else None


def _typed(session: Session, of: Webhook) -> dict[str, Any]:
    """The form filled in with what is stored."""
    executor = executors.get(session, of.executor_id) if of.executor_id is not None else None
    return {
        "name": of.name,
        "url": of.url,
        "events": of.events,
        "executor": executor.code if executor is not None else "",
        "personal": "true" if of.personal else "",
        "enabled": "true" if of.enabled else "",
    }


def _handed(request: Request, webhook_id: int, secret: str) -> Response:
    """303 to the page that shows the secret once; the administrator's browser carries it there."""
    return handing.handed(request, secret, cookie=HANDED, page=f"/exchange/webhooks/{webhook_id}")


def _list(request: Request, session: Session, form: Submitted[Any], *, status: int = 200) -> Response:
    form.typed = _BLANK | form.typed
    found = queries.webhooks(session)
    return render(
        request,
        "exchange/webhooks.html",
        status=status,
        webhooks=found,
        counts=queries.counts(session),
        executors=executors.names(session, [each.executor_id for each in found if each.executor_id is not None]),
        form=form,
        words=words,
        chosen=CHOSEN,
    )


def _page(
    request: Request,
    session: Session,
    of: Webhook,
    form: Submitted[Any],
    *,
    before: int | None = None,
    status: int = 200,
) -> Response:
    found = queries.messages(session, of.id, before=before)
    secret = handing.carried(request, HANDED)
    response = render(
        request,
        "exchange/webhook.html",
        status=status,
        webhook=of,
        messages=found[: queries.PAGE],
        older=found[queries.PAGE - 1].message.id if len(found) > queries.PAGE else None,
        count=queries.counts(session).get(of.id, {}),
        secret=secret,
        form=form,
        words=words,
        chosen=CHOSEN,
    )
    return handing.shown(response, cookie=HANDED, page=f"/exchange/webhooks/{of.id}") if secret else response
