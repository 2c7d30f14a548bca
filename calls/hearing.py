"""Whether Asterisk is heard: the listener of a node says so every second, and pages and clocks ask.

What happens while it is not is known later, when the listener has read Asterisk's queue_log. So nobody may take it for
certain meanwhile that something has not happened.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from web import facts

ANSWERS_WITHIN: Final = timedelta(seconds=5)  # a listener that has said nothing for longer is not there
JUST_NOW: Final = timedelta(seconds=2.5)  # so lately it must have said so for what it says to be up to date
CAUGHT_UP: Final = timedelta(seconds=10)  # so long after a gap the journal and its readers have all of it

_FACT: Final = "link-of:"


class _Process:
    """What `run/` handed to this process."""

    node: str = ""  # "": nobody is asked


def connect(node: str) -> None:
    """`node` is the Asterisk whose calls this process works with."""
    _Process.node = node


def tell(node: str, *, linked: bool, since: datetime) -> None:
    """The listener says, every second, whether it hears Asterisk, and since when it is so."""
    fact = {"linked": linked, "since": since.isoformat(), "at": datetime.now(UTC).isoformat()}
    facts.keep(_FACT + node, fact, lasting=timedelta(days=1))


def said(now: datetime) -> dict[str, Any]:
    """Whether Asterisk is heard, and since when it is so; a listener that fell silent has not heard it since then."""
    known = facts.known(_FACT + _Process.node)
    if known is None:
        return {"linked": None, "since": None}
    if now - datetime.fromisoformat(known["at"]) > ANSWERS_WITHIN:
        return {"linked": False, "since": known["at"]}
    return {"linked": known["linked"], "since": known["since"]}


def misses_nothing(now: datetime) -> bool:
    """Whether everything up to some seconds ago has been heard and read. Where nobody says anything, it is believed."""
    known = facts.known(_FACT + _Process.node) if _Process.node else None
    if known is None:
        return True
    at, since = (datetime.fromisoformat(known[name]) for name in ("at", "since"))
    return bool(known["linked"]) and now - at <= JUST_NOW and now - since >= CAUGHT_UP
