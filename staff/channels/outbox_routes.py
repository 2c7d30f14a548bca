"""The outbox over HTTP: what waits, what was sent and delivered, what was refused or given up, and trying it again."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from db import Conflict
from notify import queries, service
from notify.model import MessageState
from staff.access import DbSession, may
from staff.audit import audit
from staff.channels import words
from staff.tables import Person
from web.forms import row_id
from web.languages import gettext as _
from web.pages import is_part, render, see_other

router = APIRouter(prefix="/channels/outbox")

Keeper = Annotated[Person, may("channels.manage")]

UNDONE = "undone"  # refused or given up: what somebody must look at
_LISTS = {UNDONE: (MessageState.FAILED, MessageState.DEAD)}


class Asked(BaseModel):
    """What the address asks for; nonsense narrows nothing."""

    channel: str = ""
    state: str = ""
    after: str = ""  # the message after which the page begins


@router.get("")
def outbox(request: Request, session: DbSession, person: Keeper, asked: Annotated[Asked, Query()]) -> Response:
    """Messages, the newest first."""
    channels = {str(channel.id): channel for channel in queries.channels(session)}
    chosen = channels.get(asked.channel)
    states = _LISTS.get(asked.state, (asked.state,) if asked.state in words.STATES else ())
    rows = queries.outbox(session, channel_id=chosen.id if chosen else None, states=states, before=row_id(asked.after))
    shown = rows[: queries.PAGE]
    return render(
        request,
        "notify/_outbox.html" if is_part(request) else "notify/outbox.html",
        rows=shown,
        after=shown[-1][0].id if len(rows) > queries.PAGE else None,
        channels=channels,
        chosen=chosen,
        state=asked.state if states else "",
        undone=UNDONE,
        words=words,
    )


@router.post("/{message_id}/resend")
def resend(session: DbSession, person: Keeper, message_id: int) -> Response:
    """A refused or given-up message goes out again."""
    try:
        message = service.resend(session, message_id)
    except Conflict:
        return see_other(f"/channels/outbox?state={UNDONE}", notice=_("This message cannot be sent again"))
    audit(session, person, "message.resent", f"message:{message.id}")
    return see_other(f"/channels/outbox?state={UNDONE}", notice=_("Asked to send again"))


@router.post("/{message_id}/give-up")
def give_up(session: DbSession, person: Keeper, message_id: int) -> Response:
    """A message that waits is not sent any more."""
    try:
        message = service.give_up(session, message_id, f"given up by {person.name}")
    except Conflict:
        return see_other("/channels/outbox", notice=_("This message does not wait any more"))
    audit(session, person, "message.given_up", f"message:{message.id}")
    return see_other(f"/channels/outbox?state={UNDONE}", notice=_("Given up"))
