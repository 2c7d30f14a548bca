"""What calls do to recordings: expected, begun, ended, found later. Storing and listening have modules of their own."""

from datetime import UTC, datetime
from uuid import UUID

import structlog
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from calls import queries as ledger
from recordings import queries
from recordings.model import LEASE, Reason, RecordingState
from recordings.tables import Recording

log = structlog.get_logger()

NOTICE = "recording-notice"  # the prompt that tells the caller of the recording


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


def note_start(
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


def note_answer(session: Session, organisation: int, call: UUID, *, agent: str, node: str, at: datetime) -> None:
    """There is a conversation, so there must be a recording or a reason.

    A later segment is announced by `note_start` alone; its answer must not be taken for one of the segment before.
    """
    recording = queries.segment_at(session, call, at)
    if recording is None:
        expect(session, organisation, call, 1)
        recording = queries.segment_at(session, call, at)
        assert recording is not None
    if recording.answered_at is None:
        recording.node, recording.answered_at = recording.node or node, at
        _took_part(recording, agent)


def note_notice(session: Session, call: UUID) -> None:
    """The caller heard the notice of recording to its end."""
    session.execute(update(Recording).where(Recording.call == call).values(notice_heard=True))


def end(session: Session, call: UUID, *, at: datetime) -> list[Recording]:
    """The call is over. Gives what is to be stored now; segments that nobody answered are not needed."""
    to_store = []
    for recording in queries.under_way(session, call):
        recording.ended_at = at
        recording.notice_heard = recording.notice_heard or ledger.heard(session, call, NOTICE)
        if recording.answered_at is None:
            settle(recording, RecordingState.NOT_NEEDED, Reason.NOT_ANSWERED)
        else:
            recording.state = RecordingState.SPOOLED
            recording.due_at = datetime.now(UTC) + LEASE  # it is asked for at once; this is for when that is lost
            to_store.append(recording)
    return to_store


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


def state_never_started(
    session: Session, organisation: int, call: UUID, *, answered_at: datetime, ended_at: datetime
) -> None:
    """An answered call that nobody recorded: the reason is stated."""
    expect(session, organisation, call, 1)
    recording = queries.find(session, call, 1)
    assert recording is not None
    recording.answered_at, recording.ended_at = answered_at, ended_at
    settle(recording, RecordingState.MISSING, Reason.NEVER_STARTED)
    log.error("recording_never_started", call=str(call))


def take_back(recording: Recording) -> None:
    """Its legs lie in the spool, though it was thought missing or not needed: somebody talked, so it is stored."""
    now = datetime.now(UTC)
    recording.answered_at = recording.answered_at or recording.started_at or recording.ended_at or now
    recording.ended_at = recording.ended_at or now
    recording.state, recording.attempts = RecordingState.SPOOLED, 0
    recording.reason, recording.due_at = None, now
    log.warning("recording_turned_up", recording=recording.id, call=str(recording.call))


def settle(recording: Recording, state: RecordingState, reason: Reason) -> None:
    """It ends there, for this reason."""
    recording.state, recording.reason, recording.due_at = state, reason, None


def _took_part(recording: Recording, agent: str) -> None:
    if agent and agent not in recording.agents:
        recording.agents = [*recording.agents, agent]
