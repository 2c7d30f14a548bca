"""The words of the board and of supervision as people read them; messages for the catalogue."""

from sqlalchemy.orm import Session

from acd import desk, queries
from supervisor.supervision.model import Cause, Mode, Outcome, Purpose
from web.languages import gettext as _
from web.languages import later

MODES: dict[str, str] = {
    Mode.LISTEN: later("Listen"),
    Mode.WHISPER: later("Whisper"),
    Mode.BARGE: later("Barge in"),
    Mode.TAKE_OVER: later("Take over"),
}
MODE_HINTS: dict[str, str] = {
    Mode.LISTEN: later("You hear both; nobody hears you"),
    Mode.WHISPER: later("The operator hears you, the caller does not"),
    Mode.BARGE: later("Both hear you"),
}
PURPOSES: dict[str, str] = {
    Purpose.QUALITY: later("Quality check"),
    Purpose.TRAINING: later("Training"),
    Purpose.HELP: later("The operator asked for help"),
    Purpose.COMPLAINT: later("Complaint"),
    Purpose.OTHER: later("Other, in own words"),
}
CAUSES: dict[str, str] = {
    Cause.LOAD: later("The queues need it"),
    Cause.GUIDANCE: later("Guidance"),
    Cause.REST: later("Rest"),
    Cause.TROUBLE: later("Trouble at the workplace"),
    Cause.CONDUCT: later("Conduct"),
    Cause.OTHER: later("Other, in own words"),
}
OUTCOMES: dict[str, str] = {
    Outcome.OVER: later("it was over"),
    Outcome.NOT_ANSWERED: later("the supervisor's phone did not answer"),
    Outcome.TALK_GONE: later("the talk was over before it began"),
    Outcome.REFUSED: later("the exchange refused"),
}
LEVELS: dict[str, str] = {
    "A": later("Answered within T, of all offered"),
    "B": later("Answered within T, of all offered less those who gave up within S"),
    "C": later("Answered within T, of all answered; blind to those who gave up"),
    "D": later("Asterisk's second formula, for comparison: answered or given up within T, of all answered or given up"),
}


def of_board(session: Session) -> dict[str, dict[str, str]]:
    """The words that the board's script needs for the codes in the figures."""
    reasons = {reason.code: desk.named(reason.name) for reason in queries.pause_reasons(session)}
    return {
        "states": {state: _(words) for state, words in desk.STATE_WORDS.items()},
        "reasons": {**reasons, **{code: _(words) for code, words in desk.OWN_PAUSE_WORDS.items()}},
        "modes": {code: _(words) for code, words in MODES.items()},
        "purposes": {code: _(words) for code, words in PURPOSES.items()},
        "outcomes": {code: _(words) for code, words in OUTCOMES.items()},
    }
