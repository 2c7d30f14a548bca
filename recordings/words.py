"""The words of `recordings.model` as people read them; messages for the catalogue."""

from recordings.model import ListeningKind, Reason, RecordingState, Why
from web.languages import later

STATES: dict[str, str] = {
    RecordingState.EXPECTED: later("expected"),
    RecordingState.RECORDING: later("being recorded"),
    RecordingState.SPOOLED: later("waits to be stored"),
    RecordingState.STORED: later("stored"),
    RecordingState.NOT_NEEDED: later("not needed"),
    RecordingState.MISSING: later("missing"),
    RecordingState.FAILED: later("unreadable"),
    RecordingState.DELETED: later("deleted"),
}
TONES: dict[str, str] = {
    RecordingState.EXPECTED: "neutral",
    RecordingState.RECORDING: "accent",
    RecordingState.SPOOLED: "warn",
    RecordingState.STORED: "good",
    RecordingState.NOT_NEEDED: "neutral",
    RecordingState.MISSING: "bad",
    RecordingState.FAILED: "bad",
    RecordingState.DELETED: "neutral",
}
REASONS: dict[str, str] = {
    Reason.NOT_ANSWERED: later("Nobody answered, so there was no conversation to record."),
    Reason.NO_FILES: later("The telephone exchange left no sound where it should have."),
    Reason.NO_SOUND: later("The conversation ended before the first sound."),
    Reason.NEVER_STARTED: later("The call was answered, but its recording was never started."),
    Reason.UNREADABLE: later("The sound is kept on the server's disk, but it could not be read."),
}
WHYS: dict[str, str] = {
    Why.QUALITY: later("Quality check"),
    Why.COMPLAINT: later("Complaint"),
    Why.TRAINING: later("Training"),
    Why.OWN_CALL: later("Own call"),
    Why.CITIZENS_REQUEST: later("Citizen's request"),
    Why.OTHER: later("Other, in own words"),
}
KINDS: dict[str, str] = {
    ListeningKind.LISTENED: later("listened"),
    ListeningKind.DOWNLOADED: later("downloaded"),
}
