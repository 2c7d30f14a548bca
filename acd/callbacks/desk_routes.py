"""What the desk's panel asks about the owed call that its agent has."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, Response

from acd import queries as desks
from acd.callbacks import offers, queries, words
from acd.callbacks.model import Reason
from acd.callbacks.service import Hindered
from acd.callbacks.tables import OwedCall
from acd.desk import named
from calls import directory
from calls.words import LANGUAGES
from staff.access import DbSession, may
from staff.tables import Person
from web.formats import age, phone
from web.languages import gettext as _

router = APIRouter(prefix="/desk/callback")

Caller = Annotated[Person, may("callbacks.call")]


@router.get("")
def mine(session: DbSession, person: Caller) -> Response:
    """What is offered to me, or what my phone calls; null when there is nothing."""
    owed = queries.held_by(session, person.id)
    return JSONResponse({"callback": _told(session, owed) if owed else None, "now": datetime.now(UTC).isoformat()})


@router.post("/{owed_id}/accept")
def accept(session: DbSession, person: Caller, owed_id: int) -> Response:
    """I call now: this number."""
    try:
        offers.accept(session, person, owed_id)
    except Hindered as hindered:
        return _refused(hindered)
    return JSONResponse({"dial": queries.get(session, owed_id).number})


@router.post("/{owed_id}/give-back")
def give_back(session: DbSession, person: Caller, owed_id: int, called: Annotated[bool, Form()] = False) -> Response:
    """I do not call this one; or my phone did, and the exchange seems not to have made the call."""
    try:
        offers.give_back(session, person, owed_id, called=called)
    except Hindered as hindered:
        return _refused(hindered)
    return JSONResponse({})


@router.post("/{owed_id}/seen")
def seen(session: DbSession, person: Caller, owed_id: int) -> Response:
    """The page whose phone calls is there."""
    queries.get(session, owed_id)
    offers.seen(session, person, owed_id)
    return JSONResponse({})


def _refused(hindered: Hindered) -> Response:
    return JSONResponse({"title": "", "advice": _(words.HINDRANCES[hindered.why])}, 409)


def _told(session: Session, owed: OwedCall) -> dict[str, Any]:
    queues = {queue.asterisk_name: named(queue.name) for queue in desks.queues(session)}
    return {
        "id": owed.id,
        "state": owed.state,
        "number": phone(owed.number),
        "why": _(words.REASONS[owed.reason]),
        "asked": owed.reason == Reason.ASKED,
        "waits": age(owed.place_at),
        "missed": owed.missed,
        "attempts": owed.attempts,
        "queue": queues.get(owed.queue, owed.queue),
        "topic": directory.names(session).get(owed.topic, owed.topic) if owed.topic else "",
        "language": _(LANGUAGES[owed.language]) if owed.language in LANGUAGES else owed.language,
        "spoken": owed.language,
        "until": owed.offered_until.isoformat() if owed.offered_until else None,
    }
