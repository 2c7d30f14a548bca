"""Puts right what a crash, a lost link or a full disk left behind; done again and again by the scheduler."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from calls import queries as calls
from db import EVERY_ORGANISATION, transaction
from recordings import jobs, queries, service, spool
from recordings.model import RecordingState

log = structlog.get_logger()

_SETTLING = timedelta(minutes=1)  # younger than this, the readers may simply not have come to it yet
_LONGEST_CALL = timedelta(days=1)
_UNRECORDED_AFTER = timedelta(minutes=5)
_LOOK_BACK = timedelta(days=3)


def sweep(folder: Path, node: str) -> dict[str, int]:
    """All of it; how much was found of each."""
    settled = settle_stale(folder, node)
    waiting = count_forgotten()
    unknown, adopted = look_at_files(folder, node)
    stated = state_reasons()
    return {
        "settled": settled,
        "waiting_for_ledger": waiting,
        "adopted": adopted,
        "never_recorded": stated,
        "of_unknown_calls": unknown,
    }


def settle_stale(folder: Path, node: str) -> int:
    """Calls that are over by the ledger and whose end we missed. Not needed is only what has no legs and no answer."""
    now = datetime.now(UTC)
    to_store: list[int] = []
    with transaction(EVERY_ORGANISATION) as session:
        stale = queries.stale(session, before=now - _SETTLING)
        for recording in stale:
            call = calls.get(session, recording.call)
            recording.answered_at = recording.answered_at or call.answered_at
            if spool.legs(folder, recording.call, recording.segment).exist:
                recording.answered_at = recording.answered_at or call.ended_at
            recording.node = recording.node or node
            to_store += [each.id for each in service.end(session, recording.call, at=call.ended_at or now)]
    for recording_id in to_store:
        jobs.ask_for(recording_id, node)
    return len(stale)


def count_forgotten() -> int:
    """Recordings of calls that must be over and that the ledger does not know: they wait until it has caught up."""
    with transaction(EVERY_ORGANISATION) as session:
        waiting = queries.forgotten(session, before=datetime.now(UTC) - _LONGEST_CALL)
    if waiting:
        log.warning("recordings_wait_for_the_ledger", recordings=waiting)
    return waiting


def look_at_files(folder: Path, node: str) -> tuple[int, int]:
    """Legs without a row are adopted, legs of stored rows are deleted. Says how many are of unknown calls, adopted.

    Legs without a row, of a call that the ledger does not know, are left alone: the listener may have to catch up.
    Asterisk writes legs only after an answer: whatever the row says, legs that are not in the store are a conversation.
    """
    unknown = adopted = 0
    for call, segment in spool.found(folder, untouched_for=_SETTLING):
        with transaction(EVERY_ORGANISATION) as session:
            recording = queries.find(session, call, segment)
            if recording is None:
                known = calls.find(session, call)
                if known is None:
                    unknown += 1
                    continue
                adopted += 1
                service.adopt(session, known.organisation_id, call, segment, node=node, over=known.ended_at is not None)
            elif recording.state in (RecordingState.STORED, RecordingState.DELETED):
                spool.legs(folder, call, segment).delete()
            elif recording.state in (RecordingState.NOT_NEEDED, RecordingState.MISSING):
                service.take_back(recording)
    if unknown:
        log.warning("recordings_of_unknown_calls", files=unknown)
    return unknown, adopted


def state_reasons() -> int:
    """Answered calls without any row get one with the reason (Z-33)."""
    now = datetime.now(UTC)
    with transaction(EVERY_ORGANISATION) as session:
        rows = queries.unrecorded(session, since=now - _LOOK_BACK, before=now - _UNRECORDED_AFTER)
        for call in rows:
            assert call.answered_at is not None
            assert call.ended_at is not None
            service.state_never_started(
                session, call.organisation_id, call.id, answered_at=call.answered_at, ended_at=call.ended_at
            )
    return len(rows)
