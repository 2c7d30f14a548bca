"""What menus do when something happens to a call: a chosen language is remembered for the caller's number."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from calls import journal
from calls.events import CallArrived, Event, LanguageChosen
from calls.model import CallId, Source
from calls.readers import Recorded
from ivr import service

HEARS: frozenset[type[Event]] = frozenset({LanguageChosen})


def read(session: Session, batch: Sequence[Recorded]) -> None:
    """Reads on in the journal. Withheld numbers have nothing to remember, nor has one that a caller only says."""
    for recorded in batch:
        event = recorded.event
        if isinstance(event, LanguageChosen) and not event.remembered and recorded.organisation is not None:
            number = _caller(session, event.call)
            if number:
                service.remember_language(session, recorded.organisation, number, event.language, at=event.at)


def _caller(session: Session, call: CallId) -> str:
    """Who calls, as the network said at the arrival."""
    arrived = (r.event for r in journal.of_call(session, call) if isinstance(r.event, CallArrived))
    return next((event.caller for event in arrived if event.source is not Source.BROWSER), "")
