"""Events in the journal as the listener writes them, for readers to meet."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from calls import journal
from calls.events import CallArrived, Event
from calls.journal import Recorded
from calls.model import CallId, Language, NodeName, Source

NODE = NodeName("node1")
CALLER = "+380671234567"


def arrived(
    organisation: int,
    call: CallId,
    at: datetime,
    *,
    caller: str = CALLER,
    language: Language = Language.UKRAINIAN,
    source: Source = Source.TRUNK,
    trunk: str = "",
) -> CallArrived:
    """Somebody dialled the city's number."""
    return CallArrived(
        call=call,
        at=at,
        organisation=organisation,
        caller=caller,
        dialled="1580",
        language=language,
        source=source,
        trunk=trunk,
    )


def written(session: Session, organisation: int, happened: Sequence[Event]) -> list[Recorded]:
    """These events behind the last one of the node."""
    return journal.write(session, NODE, organisation, happened)
