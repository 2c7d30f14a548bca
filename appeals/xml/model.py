"""How far a file of others is, and the name under which each of its appeals is registered once."""

from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

FROM_HERE: Final = "urn:holos:appeals:1"
UNDECIDED: Final = timedelta(days=30)  # then a file about which nobody decides is forgotten


class State(StrEnum):
    """Where a file stands."""

    KEPT = "kept"  # looked at, and not decided
    RUNNING = "running"
    DONE = "done"


def name_of(organisation: int, sender: str, number: str) -> UUID:
    """Of an appeal of another's: taken in twice, it is registered once."""
    return uuid5(NAMESPACE_URL, f"{FROM_HERE}:{organisation}:{sender}:{number}")
