"""The words of a call: who, where, in which state, with which end."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

CallId = NewType("CallId", UUID)  # made in the dialplan, CALL_ID on every channel of the call
Interface = NewType("Interface", str)  # "PJSIP/agent12": a member's phone as Asterisk names it
QueueName = NewType("QueueName", str)  # "<organisation code>-<queue code>": unique in one Asterisk
NodeName = NewType("NodeName", str)

_TECHNOLOGY = "PJSIP/"
_AGENT = f"{_TECHNOLOGY}agent"
_LANE = "."


def interface_of(person: int) -> Interface:
    """The phone of a person, as Asterisk names it."""
    return Interface(f"{_AGENT}{person}")


def endpoint_of(agent: Interface | str) -> str:
    """What the phone signs in as and colleagues dial: `agent12`."""
    return agent.removeprefix(_TECHNOLOGY)


def interface_at(endpoint: str) -> Interface:
    """The phone that signs in as this; one told with its technology stays as it is."""
    return Interface(_TECHNOLOGY + endpoint_of(endpoint))


def person_of(agent: Interface | str) -> int | None:
    """The person whose phone this is; None for anything that is no agent's phone."""
    number = agent.removeprefix(_AGENT)
    return int(number) if agent.startswith(_AGENT) and number.isascii() and number.isdecimal() else None


def lane(queue: str, language: str | None) -> QueueName:
    """The queue's part in Asterisk for callers of one language; None is the queue itself, for all of them."""
    return QueueName(f"{queue}{_LANE}{language}" if language else queue)


def queue_of(asterisk_name: str) -> QueueName:
    """The queue that a lane is a part of: to everybody but Asterisk its callers wait in the queue."""
    return QueueName(asterisk_name.partition(_LANE)[0])


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
    NOT_REACHED = "not_reached"  # we called, and nobody answered
    LOST = "lost"


class Direction(StrEnum):
    """Who called whom."""

    IN = "in"
    OUT = "out"


class Source(StrEnum):
    """How the call reached us."""

    TRUNK = "trunk"
    BROWSER = "browser"


class LegOutcome(StrEnum):
    """What became of one agent's part in a call."""

    OFFERED = "offered"  # ringing now
    DIALLING = "dialling"  # calls the citizen
    TALKING = "talking"
    NO_ANSWER = "no_answer"
    TAKEN_BY_ANOTHER = "taken_by_another"
    CALLER_LEFT = "caller_left"  # gave up while this phone rang
    NOT_REACHED = "not_reached"  # the citizen did not answer
    ENDED_BY_CALLER = "ended_by_caller"
    ENDED_BY_AGENT = "ended_by_agent"
    TRANSFERRED = "transferred"
    LOST = "lost"


class VisitOutcome(StrEnum):
    """What became of one visit to a queue."""

    WAITING = "waiting"
    ANSWERED = "answered"
    ABANDONED = "abandoned"
    FLOWED_OUT = "flowed_out"  # left for elsewhere: time-out, key press, another queue
    LOST = "lost"
