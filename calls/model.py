"""The words of a call: who, where, in which state, with which end."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

CallId = NewType("CallId", UUID)  # made in the dialplan, CALL_ID on every channel of the call
Interface = NewType("Interface", str)  # "PJSIP/agent12": a member's phone as Asterisk names it
QueueName = NewType("QueueName", str)  # "<organisation code>-<queue code>": unique in one Asterisk
NodeName = NewType("NodeName", str)


class Language(StrEnum):
    """The languages a caller, an operator and a document may choose."""

    UKRAINIAN = "uk"
    UZBEK = "uz"
    RUSSIAN = "ru"
    ENGLISH = "en"


class CallState(StrEnum):
    """What the caller experiences now."""

    ARRIVED = "arrived"
    IN_MENU = "in_menu"
    QUEUED = "queued"
    TALKING = "talking"
    ENDED = "ended"


class Fate(StrEnum):
    """How a call ended. Each ended call has exactly one."""

    ANSWERED = "answered"
    ABANDONED_IN_MENU = "abandoned_in_menu"
    ABANDONED_IN_QUEUE = "abandoned_in_queue"
    REFUSED = "refused"
    OUT_OF_HOURS = "out_of_hours"
    CALLBACK_ASKED = "callback_asked"
    SELF_SERVICE = "self_service"
    LOST = "lost"


class Source(StrEnum):
    """How the call reached us."""

    TRUNK = "trunk"
    BROWSER = "browser"
