"""Every change to a recording, from "expected" to "stored", and the log of who listened."""

import hashlib
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy import CursorResult, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from calls import queries as ledger
from calls import service as calls
from db import Conflict, NotFound, after_commit
from recordings import queries, sound, spool, store
from recordings.ledger import service as ledger_of_recordings
from recordings.ledger.model import EntryKind
from recordings.model import (
    HOPELESS_AFTER,
    SETTLED,
    UNDER_WAY,
    ListeningKind,
    Reason,
    RecordingState,
    Sound,
    Why,
    pause_after,
)
from recordings.tables import Listening, Recording

log = structlog.get_logger()

NOTICE = "recording-notice"  # the prompt that tells the caller of the recording
LEASE = timedelta(seconds=30)  # who was asked to store a recording has so long before somebody else is asked too
_FINISHING = 2.0  # seconds we wait for Asterisk to close a file after the hang-up


class NotGenuine(Conflict):
    """What the store gives back is not what was stored."""


def expect(
    session: Session,
    organisation: int,
    call: UUID,
    segment: int,
    *,
    notice_heard: bool = False,
    node: str | None = None,
) -> None:
    """Before the caller enters a queue: a recording of this segment is expected. Said twice, it is said once."""
    row = insert(Recording).values(
        organisation_id=organisation, call=call, segment=segment, notice_heard=notice_heard, node=node
    )
    session.execute(row.on_conflict_do_nothing())


def started(
    session: Session, organisation: int, call: UUID, segment: int, *, agent: str, node: str, at: datetime
) -> None:
    """The agent has answered and Asterisk writes the legs. Where nobody had expected it, the row is made now."""
    expect(session, organisation, call, segment)
    recording = queries.find(session, call, segment)
    assert recording is not None
    recording.node, recording.started_at = node, at
    recording.answered_at = recording.answered_at or at
    if recording.state == RecordingState.EXPECTED:
        recording.state = RecordingState.RECORDING
    _took_part(recording, agent)


def answered(session: Session, organisation: int, call: UUID, *, agent: str, node: str, at: datetime) -> None:
    """There is a conversation, so there must be a recording or a reason.

    A later segment is announced by `started` alone; its answer must not be taken for one of the segment before.
    """
    recording = queries.segment_at(session, call, at)
    if recording is None:
        expect(session, organisation, call, 1)
        recording = queries.segment_at(session, call, at)
        assert recording is not None
    if recording.answered_at is None:
        recording.node, recording.answered_at = recording.node or node, at
        _took_part(recording, agent)


def told(session: Session, call: UUID) -> None:
    """The caller heard the notice of recording to its end."""
    session.execute(update(Recording).where(Recording.call == call).values(notice_heard=True))


def ended(session: Session, call: UUID, *, at: datetime) -> list[Recording]:
    """The call is over. Gives what is to be stored now; segments that nobody answered are not needed."""
    to_store = []
    for recording in queries.under_way(session, call):
        recording.ended_at = at
        recording.notice_heard = recording.notice_heard or ledger.heard(session, call, NOTICE)
        if recording.answered_at is None:
            _settle(recording, RecordingState.NOT_NEEDED, Reason.NOT_ANSWERED)
        else:
            recording.state = RecordingState.SPOOLED
            recording.due_at = datetime.now(UTC) + LEASE  # it is asked for at once; this is for when that is lost
            to_store.append(recording)
    return to_store


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
        _settle(recording, RecordingState.MISSING, Reason.NO_FILES)
        log.error("recording_missing", recording=recording.id, call=str(recording.call))
        return None
    if recording.attempts:
        store.ask()
    encoded.parent.mkdir(exist_ok=True)
    caller, operator = spool.finished(legs, patience=_FINISHING)
    if not any(leg and leg.count for leg in (caller, operator)):
        _settle(recording, RecordingState.MISSING, Reason.NO_SOUND)
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
    ledger_of_recordings.enter(session, recording.organisation_id, EntryKind.STORED, details=known, recording=recording)


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
        _settle(recording, RecordingState.FAILED, Reason.UNREADABLE)
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


def adopt(session: Session, organisation: int, call: UUID, segment: int, *, node: str, over: bool) -> Recording:
    """Legs without a row: it is made from what the ledger knows of the call."""
    expect(session, organisation, call, segment, node=node)
    recording = queries.find(session, call, segment)
    assert recording is not None
    now = datetime.now(UTC)
    recording.started_at = recording.answered_at = now
    recording.state = RecordingState.RECORDING
    if over:
        recording.state, recording.ended_at, recording.due_at = RecordingState.SPOOLED, now, now
    log.warning("recording_adopted", recording=recording.id, call=str(call), segment=segment)
    return recording


def never_started(
    session: Session, organisation: int, call: UUID, *, answered_at: datetime, ended_at: datetime
) -> None:
    """An answered call that nobody recorded: the reason is stated."""
    expect(session, organisation, call, 1)
    recording = queries.find(session, call, 1)
    assert recording is not None
    recording.answered_at, recording.ended_at = answered_at, ended_at
    _settle(recording, RecordingState.MISSING, Reason.NEVER_STARTED)
    log.error("recording_never_started", call=str(call))


def turned_up(recording: Recording) -> None:
    """Its legs lie in the spool, though it was thought missing or not needed: somebody talked, so it is stored."""
    now = datetime.now(UTC)
    recording.answered_at = recording.answered_at or recording.started_at or recording.ended_at or now
    recording.state, recording.attempts = RecordingState.SPOOLED, 0
    recording.reason, recording.due_at = None, now
    log.warning("recording_turned_up", recording=recording.id, call=str(recording.call))


def check_stored(recording: Recording) -> None:
    """Conflict while there is nothing to hear."""
    if recording.state != RecordingState.STORED:
        raise Conflict(f"recording {recording.id} is {recording.state}")


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
    ledger_of_recordings.enter(session, row.organisation_id, EntryKind(kind), details=heard, recording=recording)
    log.info("recording_opened", recording=recording.id, person=person_id, kind=kind, why=why)
    return row


def _took_part(recording: Recording, agent: str) -> None:
    if agent and agent not in recording.agents:
        recording.agents = [*recording.agents, agent]


def _settle(recording: Recording, state: RecordingState, reason: Reason) -> None:
    recording.state, recording.reason, recording.due_at = state, reason, None
