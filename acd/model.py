"""The words of the operator's work: states, what changes them, results, and the times of a queue."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

SILENT_AFTER: Final = timedelta(seconds=75)  # three missed signs of life of a page: nobody is there


class AgentStateName(StrEnum):
    """What an agent is doing now. One open period each; `offline` is the time between shifts."""

    OFFLINE = "offline"
    READY = "ready"
    RINGING = "ringing"
    DIALLING = "dialling"  # calls a citizen, who has not answered yet
    TALKING = "talking"
    HOLD = "hold"
    CONSULTING = "consulting"  # a colleague asks about their caller; who asks stays in their own talk
    WRAP_UP = "wrap_up"
    PAUSED = "paused"


class Deed(StrEnum):
    """What changes an agent's state: their own press of a key, or an event of a call."""

    SHIFT_STARTED = "shift_started"
    SHIFT_ENDED = "shift_ended"
    WENT_READY = "went_ready"
    PAUSED = "paused"
    DIALLED = "dialled"  # calls a citizen
    NOT_REACHED = "not_reached"  # who did not answer
    OFFERED = "offered"
    OFFER_WITHDRAWN = "offer_withdrawn"  # the caller gave up, or another agent answered
    DID_NOT_ANSWER = "did_not_answer"
    ANSWERED = "answered"
    HELD = "held"
    RESUMED = "resumed"
    CONSULTED = "consulted"  # a colleague rings, to ask
    CONSULT_OVER = "consult_over"
    LEFT_TALK = "left_talk"
    PHONE_LOST = "phone_lost"  # the page was reloaded or the line broke in the middle of a talk
    NOT_SEEN = "not_seen"  # the page gave no sign of life
    WRAP_UP_FINISHED = "wrap_up_finished"


class UnexpectedDeed(ValueError):
    """The deed does not fit the state; nothing was changed."""


_S, _D = AgentStateName, Deed

TRANSITIONS: dict[tuple[AgentStateName, Deed], AgentStateName] = {
    (_S.OFFLINE, _D.SHIFT_STARTED): _S.PAUSED,
    (_S.PAUSED, _D.WENT_READY): _S.READY,
    (_S.PAUSED, _D.PAUSED): _S.PAUSED,
    (_S.PAUSED, _D.SHIFT_ENDED): _S.OFFLINE,
    (_S.READY, _D.PAUSED): _S.PAUSED,
    (_S.READY, _D.SHIFT_ENDED): _S.OFFLINE,
    (_S.READY, _D.OFFERED): _S.RINGING,
    (_S.RINGING, _D.OFFER_WITHDRAWN): _S.READY,
    (_S.RINGING, _D.DID_NOT_ANSWER): _S.PAUSED,
    (_S.RINGING, _D.ANSWERED): _S.TALKING,
    (_S.TALKING, _D.HELD): _S.HOLD,
    (_S.HOLD, _D.RESUMED): _S.TALKING,
    (_S.TALKING, _D.LEFT_TALK): _S.WRAP_UP,
    (_S.HOLD, _D.LEFT_TALK): _S.WRAP_UP,
    (_S.WRAP_UP, _D.WRAP_UP_FINISHED): _S.READY,
    (_S.WRAP_UP, _D.WENT_READY): _S.READY,
    # A transfer reaches agents outside the queue's order: whoever is on a shift may be talked to.
    (_S.READY, _D.ANSWERED): _S.TALKING,
    (_S.PAUSED, _D.ANSWERED): _S.TALKING,
    (_S.WRAP_UP, _D.ANSWERED): _S.TALKING,
    # A consult takes nobody from the queue, and whoever was asked goes on with what they did (`states.move`).
    (_S.READY, _D.CONSULTED): _S.CONSULTING,
    (_S.PAUSED, _D.CONSULTED): _S.CONSULTING,
    (_S.WRAP_UP, _D.CONSULTED): _S.CONSULTING,
    (_S.CONSULTING, _D.CONSULT_OVER): _S.READY,
    (_S.CONSULTING, _D.ANSWERED): _S.TALKING,
    # A call to a citizen takes nobody from the queue either, and who reached nobody goes on with what they did.
    (_S.READY, _D.DIALLED): _S.DIALLING,
    (_S.PAUSED, _D.DIALLED): _S.DIALLING,
    (_S.WRAP_UP, _D.DIALLED): _S.DIALLING,
    (_S.DIALLING, _D.NOT_REACHED): _S.READY,
    (_S.DIALLING, _D.ANSWERED): _S.TALKING,
    # An offer may cross with a pause or a wrap-up on its way: the phone rings, the work goes on when it stops.
    (_S.PAUSED, _D.OFFERED): _S.RINGING,
    (_S.WRAP_UP, _D.OFFERED): _S.RINGING,
    # The caller of a lost phone goes back to the head of the queue; the agent decides when to go on.
    (_S.TALKING, _D.PHONE_LOST): _S.PAUSED,
    (_S.HOLD, _D.PHONE_LOST): _S.PAUSED,
    (_S.READY, _D.NOT_SEEN): _S.PAUSED,
    # An unfinished wrap-up waits for the next shift.
    (_S.WRAP_UP, _D.SHIFT_ENDED): _S.OFFLINE,
}

IN_TALK = frozenset({_S.TALKING, _S.HOLD})
IN_A_CALL = frozenset({_S.RINGING, _S.DIALLING, _S.TALKING, _S.HOLD, _S.CONSULTING})
OFFERABLE = frozenset({_S.READY, _S.RINGING})  # in every other state the member is paused in Asterisk
BUSY = "busy"  # why: a talk, what is said about it afterwards, or a call that the agent has begun


def pause_in_queues(state: AgentStateName, reason: str | None) -> str:
    """Why Asterisk's queues pass the agent over; "" while they do not.

    From the answer to the end of the wrap-up it is one and the same: what does not change is not told to Asterisk.
    """
    if state in OFFERABLE:
        return ""
    return (reason or str(state)) if state is _S.PAUSED else BUSY


def next_state(state: AgentStateName, deed: Deed) -> AgentStateName:
    """The state after the deed. UnexpectedDeed when the two do not fit."""
    after = TRANSITIONS.get((state, deed))
    if after is None:
        raise UnexpectedDeed(f"{deed} while {state}")
    return after


class Wish(StrEnum):
    """What a desk wishes of Asterisk; the listener fulfils it."""

    REQUEUE = "requeue"  # the agent's phone was lost in the middle of this call
    STOP_RINGING = "stop_ringing"  # the agent's phone went while it rang for this call
    PAUSE_RECORDING = "pause_recording"
    RESUME_RECORDING = "resume_recording"
    TELL_CONFERENCE = "tell_conference"  # the agent's phone lets three hear each other
    TELL_CONFERENCE_OVER = "tell_conference_over"


class Result(StrEnum):
    """How a talk ended for the citizen. The order is the order of the keys 1 to 9 at the desk."""

    SETTLED = "settled"
    EXPLAINED = "explained"
    ADVISED = "advised"
    APPEAL_REGISTERED = "appeal_registered"
    PASSED_ON = "passed_on"
    UNRESOLVED = "unresolved"
    DISPUTED = "disputed"
    WRONG_NUMBER = "wrong_number"
    SILENT = "silent"


class OwnPause(StrEnum):
    """Pauses that Holos sets itself; an organisation's own reasons are rows of PauseReason."""

    SHIFT_BEGINS = "shift_begins"  # before the first "ready": microphone test, reading the news
    DID_NOT_ANSWER = "did_not_answer"  # it rang to the end
    DECLINED = "declined"  # the agent would not take this one
    PHONE_LOST = "phone_lost"
    NOT_SEEN = "not_seen"
    BY_SUPERVISOR = "by_supervisor"
    CALLBACK = "callback"  # a call that is owed is offered: the queue rings them no more meanwhile
    CALLBACK_MISSED = "callback_missed"  # the offer ran out


PAUSE_OF_DEED: dict[Deed, OwnPause] = {
    Deed.SHIFT_STARTED: OwnPause.SHIFT_BEGINS,
    Deed.DID_NOT_ANSWER: OwnPause.DID_NOT_ANSWER,
    Deed.PHONE_LOST: OwnPause.PHONE_LOST,
    Deed.NOT_SEEN: OwnPause.NOT_SEEN,
}
