"""The words of `acd.callbacks.model` as people read them; messages for the catalogue."""

from acd.callbacks.model import Hindrance, Outcome, Reason, State
from web.languages import later

STATES: dict[str, str] = {
    State.WAITING: later("waits"),
    State.OFFERED: later("offered"),
    State.DIALLING: later("is being called"),
    State.CALLED_BACK: later("called back"),
    State.REACHED_US: later("reached us"),
    State.ESCALATED: later("escalated"),
}
TONES: dict[str, str] = {
    State.WAITING: "warn",
    State.OFFERED: "accent",
    State.DIALLING: "accent",
    State.CALLED_BACK: "good",
    State.REACHED_US: "good",
    State.ESCALATED: "bad",
}
REASONS: dict[str, str] = {
    Reason.ASKED: later("asked to be called back"),
    Reason.GAVE_UP: later("gave up waiting"),
    Reason.GAVE_UP_IN_MENU: later("gave up before the queue"),
    Reason.REFUSED: later("all lines were busy"),
    Reason.OUT_OF_HOURS: later("called out of hours"),
    Reason.CUT_OFF: later("was cut off"),
}
OUTCOMES: dict[str, str] = {
    Outcome.ANSWERED: later("answered"),
    Outcome.NO_ANSWER: later("no answer"),
    Outcome.BUSY: later("busy"),
    Outcome.UNREACHABLE: later("cannot be reached"),
    Outcome.NO_LINE: later("no line, not counted"),
    Outcome.NEVER_DIALLED: later("not dialled, not counted"),
}
HINDRANCES: dict[str, str] = {
    Hindrance.TAKEN: later("Somebody else has this callback, or it is closed."),
    Hindrance.NO_SHIFT: later("Start your shift at the desk first: its telephone makes the call."),
    Hindrance.BUSY: later("You are in a call or have another callback. Finish that first."),
    Hindrance.ON_THE_LINE: later("This number is calling us just now."),
    Hindrance.QUIET: later("It is too late in the day to ring citizens. The call is due in the morning."),
    Hindrance.ANOTHER_OPEN: later("Another callback to this number is open already."),
    Hindrance.NO_LINE_OUT: later(
        "There is no line out. Call from another telephone, then say here that they were called back."
    ),
}
