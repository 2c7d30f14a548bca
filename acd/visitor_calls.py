"""What a page is told of its visitor's call: the menu, the place in the queue, who is on the line, how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from acd import queries, visitors
from acd.queues import queries as queues
from acd.queues.words import expected
from calls import directory, words
from calls import queries as calls
from calls.encoding import unpack
from calls.events import (
    AgentAnswered,
    AgentJoinedTalk,
    AgentLeftTalk,
    CallbackAsked,
    CallEnded,
    CallerRequeued,
    Event,
    KeyPressed,
    MenuEntered,
)
from calls.model import CallState, Fate
from calls.state import Call
from calls.tables import CallRow
from db import EVERY_ORGANISATION, transaction
from web.formats import phone
from web.languages import gettext as _


@dataclass(frozen=True, slots=True)
class Told:
    """Where the call stands, in the visitor's language."""

    stage: str  # menu, waiting, talking, hold, parted, ended
    words: str
    detail: str = ""


def of_page(token: str, known: UUID | None) -> dict[str, Any] | None:
    """The call of the page with this token; None while the ledger has none. `known` is the call it heard of before."""
    with transaction(EVERY_ORGANISATION) as session:
        phone_lent = visitors.lent(session, token)
        row = queries.call_of_visitor(session, phone_lent.name, phone_lent.usable_from, known) if phone_lent else None
    if row is None:
        return None
    with transaction(row.organisation_id) as session:
        told = tell(session, calls.get(session, row.id))
    return {"id": str(row.id), "stage": told.stage, "words": told.words, "detail": told.detail}


def tell(session: Session, row: CallRow) -> Told:
    """Where the call stands now."""
    happened = [recorded.event for recorded in calls.story(session, row.id)]
    if row.state == CallState.ENDED:
        return Told("ended", _ending(row, happened))
    if row.state == CallState.QUEUED:
        return _waiting(session, row, happened)
    if row.state == CallState.TALKING and row.progress is not None:
        return _talking(unpack(Call, row.progress))
    return _in_menu(session, happened)


def _in_menu(session: Session, happened: Sequence[Event]) -> Told:
    menu = next((event.menu for event in reversed(happened) if isinstance(event, MenuEntered)), None)
    keys = " → ".join(event.key for event in happened if isinstance(event, KeyPressed))
    detail = _("Keys pressed: %(keys)s") % {"keys": keys} if keys else ""
    if menu is None:
        return Told("menu", _("You hear the greeting"), detail)
    name = directory.names(session).get(menu) or _(words.MENUS.get(menu, menu))
    return Told("menu", _("You are in the menu: %(menu)s") % {"menu": name}, detail)


def _waiting(session: Session, row: CallRow, happened: Sequence[Event]) -> Told:
    if row.progress is not None and unpack(Call, row.progress).ringing:
        return Told("waiting", _("An operator's telephone rings for you"))
    since = [event for event in happened if isinstance(event, AgentAnswered | AgentJoinedTalk | CallerRequeued)]
    returned = bool(since) and isinstance(since[-1], CallerRequeued)
    lost = _("The operator's line was lost. You are in the queue again.")
    return Told("waiting", lost if returned else _("You are waiting for an operator"), _in_queue(session, row))


def _in_queue(session: Session, row: CallRow) -> str:
    """The place, and how long people wait there, where the queue says that and it can be known."""
    place = queries.place_in_queue(session, row.id)
    queue = queries.find_queue(session, row.queue or "")
    wait = queues.wait_now(session, queue) if queue and queue.says_wait else None
    known = [_("You are number %(place)s in the queue") % {"place": place}] if place else []
    if wait is not None:
        known.append(_("At present people wait %(time)s here") % {"time": expected(wait)})
    return ". ".join(known)


def _talking(call: Call) -> Told:
    if not call.talking:
        return Told("parted", _("The operator is no longer on the line"), _("Stay on the line, you are put through."))
    if call.held_since is not None:
        return Told("hold", _("The operator has put you on hold"), _("You hear music; the operator comes back."))
    return Told("talking", _("An operator is speaking with you"))


def _ending(row: CallRow, happened: Sequence[Event]) -> str:
    by_caller = any(isinstance(event, CallEnded) and event.by_caller for event in happened)
    match row.fate:
        case Fate.ANSWERED:
            last = next((event.ended_by for event in reversed(happened) if isinstance(event, AgentLeftTalk)), "")
            if last == "lost":
                return _("The connection with the operator was lost. Call again.")
            return _("You ended the call. Thank you.") if by_caller else _("The operator ended the call. Thank you.")
        case Fate.CALLBACK_ASKED:
            asked = next((event.number for event in reversed(happened) if isinstance(event, CallbackAsked)), "")
            return _("We will call you back: %(number)s") % {"number": phone(asked)}
        case Fate.REFUSED:
            return _("All lines are busy. Try again in a few minutes.")
        case Fate.OUT_OF_HOURS:
            return _("Nobody answers at this hour.")
        case Fate.LOST:
            return _("The connection was lost. Call again.")
        case Fate.ABANDONED_IN_QUEUE if by_caller:
            return _("You ended the call before an operator answered.")
        case Fate.ABANDONED_IN_MENU if by_caller:
            return _("You ended the call in the menu.")
    return _("The call is over. Thank you.")
