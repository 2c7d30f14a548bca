"""Recordings, who listened to them, how long they are kept; how their pages are asked."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from recordings.keeping import service as keeping
from recordings.keeping.tables import DeletionAct, LegalHold, RetentionRule
from recordings.model import ListeningKind, RecordingState, Why
from recordings.tables import Listening, Recording
from staff.tables import Person
from tests.pages.belongings.asking import Asked

WHY = {"why": Why.COMPLAINT}

NAMES_AN_OBJECT: dict[str, Asked] = {
    "GET /recordings/of": Asked("/recordings/of?call={call}"),
    "GET /recordings/{recording_id}": Asked("/recordings/{recording}"),
    "POST /recordings/{recording_id}/retry": Asked("/recordings/{recording}/retry"),
    "POST /recordings/{recording_id}/listen": Asked("/recordings/{recording}/listen", WHY),
    "POST /recordings/{recording_id}/download": Asked("/recordings/{recording}/download", WHY),
    "GET /recordings/{recording_id}/audio": Asked("/recordings/{recording}/audio?listening={listened}"),
    "GET /recordings/{recording_id}/file": Asked("/recordings/{recording}/file?listening={downloaded}"),
    "POST /recordings/keeping/rules/{rule_id}/end": Asked("/recordings/keeping/rules/{rule}/end"),
    "GET /recordings/keeping/holds": Asked("/recordings/keeping/holds?call={call}"),
    "POST /recordings/keeping/holds": Asked("/recordings/keeping/holds", {"call": "{call}", "why": "суд"}),
    "POST /recordings/keeping/holds/{hold_id}/release": Asked("/recordings/keeping/holds/{hold}/release"),
    "GET /recordings/keeping/acts": Asked("/recordings/keeping/acts?call={call}"),
    "POST /recordings/keeping/acts": Asked("/recordings/keeping/acts", {"call": "{call}", "why": "заява"}),
    "GET /recordings/keeping/acts/{act_id}": Asked("/recordings/keeping/acts/{act}"),
    "GET /recordings/keeping/acts/{act_id}/paper": Asked("/recordings/keeping/acts/{act}/paper"),
    "POST /recordings/keeping/acts/{act_id}/approve": Asked("/recordings/keeping/acts/{act}/approve"),
    "POST /recordings/keeping/acts/{act_id}/withdraw": Asked("/recordings/keeping/acts/{act}/withdraw"),
}

NAMES_NO_OBJECT: dict[str, str] = {
    "POST /recordings/keeping/rules": "one's own rules; topics are looked for among one's own",
    "POST /recordings/keeping/policy": "the asker's own organisation",
}

_LEVELS = {"peak": -3.0, "loudness": -19.0, "silence": 0.0}
STORED = {
    "state": RecordingState.STORED,
    "sha256": "0" * 64,
    "object_key": "nothing/there",
    "size": 1,
    "duration": timedelta(seconds=14),
    "stored_at": datetime.now(UTC),
    "waves": {"caller": [0], "operator": [0]},
    "levels": {"pauses": [], "silence": 0.0} | dict.fromkeys(("caller", "operator"), _LEVELS),
}


def kept(session: Session, recording: Recording, by: Person) -> tuple[RetentionRule, LegalHold, DeletionAct]:
    """A rule, a hold on another call and the draft of an act that lists the recording."""
    today = datetime.now(UTC).date()
    kept = timedelta(days=90)
    rule = keeping.set_rule(session, topic="", fate="", keeps=kept, basis="order 17", valid_from=today, by=by)
    hold = LegalHold(organisation_id=by.organisation_id, call=uuid4(), why="court", placed_by=by.id)
    session.add(hold)
    return rule, hold, keeping.draft(session, recording.call, reason="on request", by=by)


def listening(recording: Recording, person: Person, kind: ListeningKind) -> Listening:
    """Somebody listened to the recording, or took it."""
    return Listening(
        organisation_id=person.organisation_id,
        recording_id=recording.id,
        person_id=person.id,
        kind=kind,
        why=Why.COMPLAINT,
        note="",
        address="127.0.0.1",
    )
