"""The words of `recordings.keeping.model` as people read them; messages for the catalogue."""

from recordings.keeping.model import ActState, Outcome
from web.languages import later

STATES: dict[str, str] = {
    ActState.DRAFT: later("draft"),
    ActState.AWAITS_SECOND: later("awaits the second person"),
    ActState.APPROVED: later("being carried out"),
    ActState.DONE: later("carried out"),
    ActState.WITHDRAWN: later("withdrawn"),
}
TONES: dict[str, str] = {
    ActState.DRAFT: "accent",
    ActState.AWAITS_SECOND: "warn",
    ActState.APPROVED: "warn",
    ActState.DONE: "good",
    ActState.WITHDRAWN: "neutral",
}
OUTCOMES: dict[str, str] = {
    Outcome.DELETED: later("deleted"),
    Outcome.HELD: later("kept: under a hold"),
    Outcome.NOT_STORED: later("was not stored"),
    Outcome.WITHDRAWN: later("withdrawn"),
}
