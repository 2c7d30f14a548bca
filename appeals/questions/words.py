"""The words of `appeals.questions` as people read them; messages for the catalogue."""

from appeals.questions.model import State
from web.languages import later

STATES: dict[str, str] = {
    State.ASKED: later("waits for an answer"),
    State.TAKEN: later("is looked into"),
    State.ANSWERED: later("answered"),
}
TONES: dict[str, str] = {State.ASKED: "warn", State.TAKEN: "accent", State.ANSWERED: "good"}
