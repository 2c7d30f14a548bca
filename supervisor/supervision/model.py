"""The words of supervision: how a supervisor takes part in a call, and for what."""

from datetime import timedelta
from enum import StrEnum
from typing import Final


class Mode(StrEnum):
    """How a supervisor takes part in somebody's call."""

    LISTEN = "listen"  # hears both
    WHISPER = "whisper"  # speaks to the agent as well
    BARGE = "barge"  # speaks to both
    TAKE_OVER = "take_over"  # has the caller; the agent is out of the call


BESIDE: Final = frozenset({Mode.LISTEN, Mode.WHISPER, Mode.BARGE})


class Purpose(StrEnum):
    """What for; asked before the first second is heard."""

    QUALITY = "quality"
    TRAINING = "training"
    HELP = "help"  # the agent asked for it
    COMPLAINT = "complaint"
    OTHER = "other"  # told in own words


class Cause(StrEnum):
    """What a message, a pause or the end of a shift is for; asked before it is done to somebody."""

    LOAD = "load"  # the queues need it
    GUIDANCE = "guidance"  # how to do the work
    REST = "rest"
    TROUBLE = "trouble"  # with the telephone or the workplace
    CONDUCT = "conduct"
    OTHER = "other"  # told in own words


class Outcome(StrEnum):
    """How it ended."""

    OVER = "over"  # the supervisor hung up, or the talk ended
    NOT_ANSWERED = "not_answered"  # the supervisor's phone did not take it
    TALK_GONE = "talk_gone"  # the talk was over before it began
    REFUSED = "refused"  # Asterisk would not


DIRECTIONS: Final = ("agent.messaged", "agent.paused", "agent.signed_out")  # deeds of the audit trail
LIMIT: Final = timedelta(minutes=15)  # where an organisation has said nothing
ANSWERED_WITHIN: Final = timedelta(seconds=20)  # the supervisor's phone, by itself


def endpoint_of(person: int) -> str:
    """What a supervisor's phone signs in as; beside the phone of the same person's desk."""
    return f"supervisor{person}"


def channel_of(supervision: int) -> str:
    """The Uniqueid that the supervisor's channel is given."""
    return f"supervision-{supervision}"
