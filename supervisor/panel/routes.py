"""A person's own link to Telegram over HTTP: the code, shown once, and taking the link back."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from staff.access import DbSession, may
from staff.tables import Person
from supervisor.panel import queries, service
from web import handing
from web.languages import gettext as _
from web.pages import render, see_other

HANDED = "holos_telegram_code"  # a cookie of one page, gone when it was shown
PAGE = "/me/telegram"

router = APIRouter(prefix=PAGE)

Taker = Annotated[Person, may("telegram.link")]


@router.get("")
def telegram(request: Request, session: DbSession, person: Taker) -> Response:
    """Whether an account is linked, and how to link one."""
    account = queries.of_person(session, person.id)
    code = handing.carried(request, HANDED)
    waiting = account is not None and account.code_until is not None and account.code_until > datetime.now(UTC)
    response = render(request, "alarms/telegram.html", account=account, code=code if waiting else "", waiting=waiting)
    return handing.shown(response, cookie=HANDED, page=PAGE) if code else response


@router.post("/code")
def code(request: Request, session: DbSession, person: Taker) -> Response:
    """A code to send to the bot; the browser carries it to the page that shows it, we keep its hash."""
    made = service.make_code(session, person)
    return handing.handed(request, made, cookie=HANDED, page=PAGE)


@router.post("/unlink")
def unlink(session: DbSession, person: Taker) -> Response:
    """The account opens nothing any more."""
    service.unlink(session, person)
    return see_other(PAGE, notice=_("The account is not linked any more."))
