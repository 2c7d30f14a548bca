"""What a letter is for us, how far it is, and why one is passed over. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """How far a letter is."""

    WAITING = "waiting"
    REGISTERED = "registered"
    RETURNED = "returned"  # to its author, who is told what is missing
    SPAM = "spam"
    PASSED_OVER = "passed_over"  # a machine wrote it


class Machine(StrEnum):
    """Why a letter is no citizen's."""

    AUTOMATIC = "automatic"  # an answering machine (RFC 3834)
    LIST = "list"
    BOUNCE = "bounce"
    OUR_OWN = "our_own"


class Fault(StrEnum):
    """What is to be known of a letter that is not as it should be."""

    MALFORMED = "malformed"
    CUT = "cut"  # its text is longer than is kept here
    TOO_LARGE = "too_large"  # its attachments stayed in the mailbox
    TOO_MANY = "too_many"  # of its parts the first ones are kept


class Deed(StrEnum):
    """What an operator does with a letter."""

    REGISTER = "register"
    RETURN = "return"
    SPAM = "spam"
    UNDO = "undo"


TRANSITIONS: Final[Mapping[tuple[State, Deed], State]] = {
    (State.WAITING, Deed.REGISTER): State.REGISTERED,
    (State.WAITING, Deed.RETURN): State.RETURNED,
    (State.WAITING, Deed.SPAM): State.SPAM,
    (State.RETURNED, Deed.UNDO): State.WAITING,
    (State.SPAM, Deed.UNDO): State.WAITING,
    (State.PASSED_OVER, Deed.UNDO): State.WAITING,
}

RETURNED_WITHIN: Final = timedelta(days=10)  # article 5 of the law of Ukraine on citizens' appeals
MISSING: Final = ("name", "residence", "substance", "contact")  # what article 5 wants a letter to state
LARGEST: Final = 30_000_000  # bytes of a letter; of larger ones only the beginning is read
BEGINNING: Final = 200_000
LONGEST: Final = 50_000  # characters of text
MOST_PARTS: Final = 50


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a letter."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail as it was read: any of it may be empty."""

    message_id: str
    sender: str  # address
    sender_name: str
    reply_to: str
    subject: str
    text: str
    sent_at: datetime | None
    parts: tuple[Part, ...] = ()
    faults: frozenset[Fault] = frozenset()
    machine: Machine | None = None
