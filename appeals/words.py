"""The words of `appeals.model` as people read them; messages for the catalogue."""

from appeals.model import Kind, Result, Source, State
from web.languages import later

KINDS: dict[str, str] = {
    Kind.APPLICATION: later("Application"),
    Kind.COMPLAINT: later("Complaint"),
    Kind.SUGGESTION: later("Suggestion"),
}
STATES: dict[str, str] = {
    State.REGISTERED: later("registered"),
    State.REOPENED: later("reopened"),
    State.WITH_EDITOR: later("with the editor"),
    State.AT_CHANCELLERY: later("at the chancellery"),
    State.ASSIGNED: later("assigned"),
    State.IN_WORK: later("in work"),
    State.NOT_IN_COMPETENCE: later("not in competence"),
    State.RETURNED: later("returned for rework"),
    State.TO_BE_VERIFIED: later("to be verified"),
    State.CLOSED: later("closed"),
    State.RETURNED_TO_AUTHOR: later("returned to the author"),
    State.FORWARDED: later("forwarded"),
    State.NOT_SUBJECT: later("not subject to consideration"),
    State.CANCELLED: later("cancelled"),
}
TONES: dict[str, str] = {
    State.REGISTERED: "accent",
    State.REOPENED: "accent",
    State.WITH_EDITOR: "accent",
    State.AT_CHANCELLERY: "accent",
    State.ASSIGNED: "accent",
    State.IN_WORK: "accent",
    State.NOT_IN_COMPETENCE: "warn",
    State.RETURNED: "warn",
    State.TO_BE_VERIFIED: "warn",
    State.CLOSED: "good",
    State.RETURNED_TO_AUTHOR: "neutral",
    State.FORWARDED: "neutral",
    State.NOT_SUBJECT: "neutral",
    State.CANCELLED: "neutral",
}
RESULTS: dict[str, str] = {
    Result.SATISFIED: later("resolved positively"),
    Result.REFUSED: later("refused"),
    Result.EXPLAINED: later("explained"),
    Result.RETURNED_TO_AUTHOR: later("returned to the author"),
    Result.FORWARDED: later("forwarded to the body in charge"),
    Result.NOT_SUBJECT: later("not subject to consideration"),
}
SOURCES: dict[str, str] = {
    Source.PHONE: later("by phone"),
    Source.RECEPTION: later("at reception"),
    Source.LETTER: later("by letter"),
    Source.EMAIL: later("by e-mail"),
    Source.SITE: later("by the site"),
    Source.TELEGRAM: later("by Telegram"),
}
FAULTS = {
    "source": later("Choose one of the values offered"),
    "topic": later("Choose one of the values offered"),
    "explanation": later("Write what was explained: it is the answer the citizen got"),
}
