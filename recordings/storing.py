"""From the local spool to the store: encoded, uploaded, read back, noted; tried again for ever while that fails."""

import hashlib
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from calls import service as calls
from db import Conflict, NotFound, after_commit, store
from recordings import queries, sound, spool
from recordings.ledger import service as ledger
from recordings.ledger.model import EntryKind
from recordings.model import (
    HOPELESS_AFTER,
    LEASE,
    SETTLED,
    UNDER_WAY,
    Reason,
    RecordingState,
    Sound,
    pause_after,
)
from recordings.service import settle
from recordings.tables import Recording

log = structlog.get_logger()

_FINISHING = timedelta(seconds=2)  # we wait so long for Asterisk to close a file after the hang-up


def lease(session: Session, *, at_most: int) -> list[Recording]:
    """What is due; each is not due again before the lease is over."""
    now = datetime.now(UTC)
    recordings = list(queries.due(session, now, at_most=at_most))
    for recording in recordings:
        recording.due_at = now + LEASE
    return recordings


def bring_in(session: Session, recording_id: int, folder: Path) -> Recording | None:
    """Encodes, uploads, reads back, and only then notes it as stored; the local files go after the commit.

    Killed anywhere, it starts again from the legs and overwrites the same object. Somebody else at work on it, or
    nothing left to do: nothing happens. Gives what is stored now. StoreAway, NotEncodable, NotFinished: nothing has
    changed.
    """
    if not queries.alone(session, recording_id):
        return None
    recording = queries.get(session, recording_id)
    session.refresh(recording)
    legs = spool.legs(folder, recording.call, recording.segment)
    encoded = folder / "encoded" / recording.file_name
    if recording.state == RecordingState.STORED:
        _clear(session, legs, encoded)
    if recording.state != RecordingState.SPOOLED:
        return None
    if not legs.exist:
        settle(recording, RecordingState.MISSING, Reason.NO_FILES)
        log.error("recording_missing", recording=recording.id, call=str(recording.call))
        return None
    if recording.attempts:
        store.ask()
    encoded.parent.mkdir(exist_ok=True)
    caller, operator = spool.finished(legs, patience=_FINISHING)
    if not any(leg and leg.count for leg in (caller, operator)):
        settle(recording, RecordingState.MISSING, Reason.NO_SOUND)
    else:
        heard = sound.encode(caller, operator, encoded)
        _upload(recording, encoded)
        _describe(recording, heard)
        calls.note_recorded(session, recording.call)
        _enter_stored(session, recording)
    _clear(session, legs, encoded)
    return recording if recording.state == RecordingState.STORED else None


def _clear(session: Session, legs: spool.Legs, encoded: Path) -> None:
    """Local files go once it is certain that nobody needs them."""
    after_commit(session, legs.delete)
    after_commit(session, partial(encoded.unlink, missing_ok=True))


def _upload(recording: Recording, encoded: Path) -> None:
    """Puts the file into the store and believes only what it gives back."""
    with encoded.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    size = encoded.stat().st_size
    key = f"{recording.organisation_id}/{recording.created_at:%Y/%m/%d}/{recording.file_name}"
    store.put(key, encoded)
    try:
        unchanged = store.checksum(key) == (sha256, size)
    except NotFound as error:
        raise store.StoreAway("what was sent is not there") from error
    if not unchanged:
        raise store.StoreAway("what was read back differs from what was sent")
    recording.object_key, recording.sha256, recording.size = key, sha256, size


def _describe(recording: Recording, heard: Sound) -> None:
    recording.state = RecordingState.STORED
    recording.codec = sound.CODEC
    recording.duration = heard.duration
    recording.levels = heard.levels()
    recording.waves = dict(heard.waves())
    recording.stored_at = datetime.now(UTC)
    recording.due_at = recording.last_error = None


def _enter_stored(session: Session, recording: Recording) -> None:
    known = {"sha256": recording.sha256 or "", "size": str(recording.size), "key": recording.object_key or ""}
    ledger.enter(session, recording.organisation_id, EntryKind.STORED, details=known, recording=recording)


def wake(session: Session, node: str) -> None:
    """The store is back: whoever waits for it at this node need not wait for the end of a long pause.

    To be done in a transaction of its own: several workers find out at once, and what one works on is not another's.
    """
    now = datetime.now(UTC)
    resting = queries.resting(node, until_after=now + LEASE)
    session.execute(update(Recording).where(Recording.id.in_(resting)).values(due_at=now))


def postpone(session: Session, recording_id: int, error: Exception) -> None:
    """It did not work: tried again later, for ever; only legs that no encoder accepts are given up after a while."""
    recording = queries.get(session, recording_id)
    if recording.state != RecordingState.SPOOLED:
        return
    now = datetime.now(UTC)
    if isinstance(error, spool.NotFinished):
        recording.due_at = now + timedelta(seconds=2)
        return
    recording.attempts += 1
    recording.last_error = str(error)[:500] or type(error).__name__
    recording.due_at = now + pause_after(recording.attempts)
    if isinstance(error, sound.NotEncodable) and recording.attempts >= HOPELESS_AFTER:
        settle(recording, RecordingState.FAILED, Reason.UNREADABLE)
    log.warning("recording_postponed", recording=recording.id, attempts=recording.attempts, error=recording.last_error)


def retry(session: Session, recording: Recording) -> None:
    """Somebody wants it tried again now. Conflict when there is nothing to try."""
    if recording.state in UNDER_WAY | SETTLED - {RecordingState.MISSING}:
        raise Conflict(f"recording {recording.id} is {recording.state}")
    recording.state = RecordingState.SPOOLED
    recording.attempts, recording.reason = 0, None
    recording.due_at = datetime.now(UTC) + LEASE


def retry_all(session: Session) -> int:
    """Everything that waits or failed is due now, however much it is; the scheduler asks for it. Says how much."""
    due = session.execute(
        update(Recording)
        .where(Recording.state.in_((RecordingState.SPOOLED, RecordingState.FAILED)))
        .values(state=RecordingState.SPOOLED, attempts=0, reason=None, due_at=datetime.now(UTC))
    )
    assert isinstance(due, CursorResult)
    return due.rowcount
