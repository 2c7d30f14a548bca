"""Listening: allowed to what is stored and unchanged, and written down before the first second is heard."""

from collections.abc import Iterator

import structlog
from sqlalchemy.orm import Session

from db import Conflict, NotFound, store
from recordings.ledger import service as ledger
from recordings.ledger.model import EntryKind
from recordings.model import ListeningKind, RecordingState, Why
from recordings.tables import Listening, Recording

log = structlog.get_logger()


class NotGenuine(Conflict):
    """What the store gives back is not what was stored, or it gives back nothing."""


def check_stored(recording: Recording) -> None:
    """Conflict while there is nothing to hear."""
    if recording.state != RecordingState.STORED:
        raise Conflict(f"recording {recording.id} is {recording.state}")


def check_genuine(recording: Recording) -> None:
    """Reads the whole object and compares it with what was stored. NotGenuine; StoreAway."""
    try:
        unchanged = store.checksum(recording.object_key or "") == (recording.sha256, recording.size)
    except NotFound as error:
        raise _missing(recording) from error
    if not unchanged:
        log.error("recording_changed_in_the_store", recording=recording.id)
        raise NotGenuine(f"recording {recording.id}")


def sound_of(recording: Recording, *, offset: int, length: int) -> Iterator[bytes]:
    """So many bytes of the recording, piece by piece. NotGenuine or StoreAway before the first."""
    try:
        return store.read(recording.object_key or "", offset=offset, length=length)
    except NotFound as error:
        raise _missing(recording) from error


def _missing(recording: Recording) -> NotGenuine:
    """No mistake of who asked: who looks after the store is to know."""
    log.error("recording_missing_in_the_store", recording=recording.id)
    return NotGenuine(f"recording {recording.id}")


def note_listening(
    session: Session,
    recording: Recording,
    *,
    person_id: int,
    kind: ListeningKind,
    why: Why,
    note: str,
    address: str,
) -> Listening:
    """Writes down who is about to hear the recording and why. Conflict when there is nothing to hear or no reason."""
    check_stored(recording)
    if why is Why.OTHER and not note.strip():
        raise Conflict("a reason in own words is empty")
    row = Listening(
        organisation_id=recording.organisation_id,
        recording_id=recording.id,
        person_id=person_id,
        kind=kind,
        why=why,
        note=note.strip(),
        address=address,
    )
    session.add(row)
    session.flush()
    heard = {"listening": str(row.id), "person": str(person_id), "why": str(why)}
    ledger.enter(session, row.organisation_id, EntryKind(kind), details=heard, recording=recording)
    log.info("recording_opened", recording=recording.id, person=person_id, kind=kind, why=why)
    return row
