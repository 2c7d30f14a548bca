"""The sweeper puts right what crashes left behind, and the reader follows the journal."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update

from calls import events
from calls.model import interface_of
from calls.tables import CallRow
from db import EVERY_ORGANISATION, transaction
from recordings import asking, jobs, service, spool, sweeper
from recordings.model import Reason, RecordingState, Room, room_of
from recordings.tables import Recording
from tests.centre import Centre
from tests.pages.a_call import abandoned_call, answered_call, happen
from tests.recordings.conftest import NODE, Archive


def aged(archive: Archive) -> None:
    """The files of the spool, as old as those the sweeper looks at."""
    long_ago = time.time() - 300
    for path in archive.spool.glob("*.wav"):
        os.utime(path, (long_ago, long_ago))


def test_the_reader_makes_the_row_and_asks_for_it(archive: Archive) -> None:
    call = answered_call(archive.operator)
    recording = archive.recording(call)
    assert recording.state == RecordingState.SPOOLED
    assert recording.node == NODE
    assert recording.agents == [interface_of(archive.operator.id)]
    assert recording.notice_heard
    assert recording.answered_at is not None
    assert [recording.id] in [list(job.args) for job in asking.queue(NODE).jobs]


def test_a_call_nobody_answered_needs_none(archive: Archive) -> None:
    call = abandoned_call(archive.organisation)
    with transaction(EVERY_ORGANISATION) as session:
        service.expect(session, archive.organisation, call, 1)
        service.expect(session, archive.organisation, call, 1)
        service.end(session, call, at=datetime.now(UTC))
    recording = archive.recording(call)
    assert (recording.state, recording.reason) == (RecordingState.NOT_NEEDED, Reason.NOT_ANSWERED)


def test_legs_without_a_row_are_adopted(archive: Archive) -> None:
    call = answered_call(archive.operator)
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(delete(Recording).where(Recording.call == call))
    archive.lay_legs(call)
    assert sweeper.look_at_files(archive.spool, NODE) == (0, 0)  # they may still be in the hands of the readers
    aged(archive)
    assert sweeper.look_at_files(archive.spool, NODE) == (0, 1)
    jobs.store_recording(archive.recording(call).id)
    assert archive.recording(call).state == RecordingState.STORED


def test_legs_of_an_unknown_call_are_left_alone(archive: Archive) -> None:
    call = uuid4()
    archive.lay_legs(call)
    (archive.spool / "notes.rx.wav").write_bytes(b"not ours")
    aged(archive)
    assert sweeper.look_at_files(archive.spool, NODE) == (1, 0)
    assert len(archive.files(call)) == 2


def test_legs_of_settled_recordings_are_cleared_away(archive: Archive) -> None:
    call = archive.call()
    jobs.store_recording(archive.recording(call).id)
    archive.lay_legs(call)
    aged(archive)
    sweeper.look_at_files(archive.spool, NODE)
    assert archive.files(call) == []


def test_legs_that_turn_up_late_are_stored_after_all(archive: Archive) -> None:
    call = archive.call(legs=False)
    jobs.store_recording(archive.recording(call).id)
    assert archive.recording(call).state == RecordingState.MISSING
    archive.lay_legs(call)
    aged(archive)
    sweeper.look_at_files(archive.spool, NODE)
    jobs.store_recording(archive.recording(call).id)
    assert archive.recording(call).state == RecordingState.STORED


def test_an_end_that_was_missed_is_found_in_the_ledger(archive: Archive) -> None:
    call = answered_call(archive.operator)
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Recording).where(Recording.call == call).values(state=RecordingState.RECORDING))
    assert sweeper.settle_stale(archive.spool, NODE) == 1
    assert archive.recording(call).state == RecordingState.SPOOLED


@pytest.mark.parametrize("answered", [True, False])
def test_while_the_ledger_stands_still_no_conversation_is_given_up(archive: Archive, answered: bool) -> None:
    call, now = uuid4(), datetime.now(UTC)
    with transaction(EVERY_ORGANISATION) as session:
        service.expect(session, archive.organisation, call, 1, node=NODE)
        if answered:
            agent = interface_of(archive.operator.id)
            service.note_start(session, archive.organisation, call, 1, agent=agent, node=NODE, at=now)
    archive.lay_legs(call)
    aged(archive)
    assert sweeper.count_forgotten() == 0
    before = archive.recording(call).state
    with transaction(EVERY_ORGANISATION) as session:
        made = Recording.created_at - timedelta(hours=30)
        session.execute(update(Recording).where(Recording.call == call).values(created_at=made))
    assert sweeper.count_forgotten() == 1
    sweeper.sweep(archive.spool, NODE)
    assert archive.recording(call).state == before
    assert len(archive.files(call)) == 2


@pytest.mark.parametrize("legs", [True, False])
def test_not_needed_is_only_what_has_no_legs_and_no_answer(archive: Archive, legs: bool) -> None:
    call = abandoned_call(archive.organisation)
    with transaction(EVERY_ORGANISATION) as session:
        service.expect(session, archive.organisation, call, 1, node=NODE)
    if legs:
        archive.lay_legs(call)
    assert sweeper.settle_stale(archive.spool, NODE) == 1
    assert archive.recording(call).state == (RecordingState.SPOOLED if legs else RecordingState.NOT_NEEDED)


def test_legs_of_what_was_thought_not_needed_are_stored(archive: Archive) -> None:
    call = abandoned_call(archive.organisation)
    with transaction(EVERY_ORGANISATION) as session:
        service.expect(session, archive.organisation, call, 1, node=NODE)
        service.end(session, call, at=datetime.now(UTC))
    archive.lay_legs(call)
    aged(archive)
    jobs.store_recording(archive.recording(call).id)
    assert len(archive.files(call)) == 2
    sweeper.look_at_files(archive.spool, NODE)
    jobs.store_recording(archive.recording(call).id)
    assert archive.recording(call).state == RecordingState.STORED


def test_each_agent_has_a_segment_and_no_right_to_a_colleagues(archive: Archive, centre: Centre) -> None:
    first, second = interface_of(archive.operator.id), interface_of(centre.people["andrii"].id)
    call, at = answered_call(archive.operator, over=False), datetime.now(UTC)
    happen(
        archive.organisation,
        [
            events.CallTransferred(call=call, at=at, agent=first, to=second, attended=True),
            events.AgentLeftTalk(call=call, at=at, agent=first, talked=timedelta(minutes=5), ended_by="transfer"),
            events.AgentJoinedTalk(call=call, at=at, agent=second),
            events.RecordingStarted(call=call, at=at, segment=2, agent=second),
        ],
    )
    assert archive.recording(call, 1).agents == [first]
    assert archive.recording(call, 2).agents == [second]


def test_every_answered_call_has_a_recording_or_a_reason(archive: Archive) -> None:
    calls = [answered_call(archive.operator, at=datetime.now(UTC) - timedelta(minutes=30)) for _ in range(3)]
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(delete(Recording).where(Recording.call == calls[0]))
    assert sweeper.state_reasons() == 1
    assert archive.recording(calls[0]).reason == Reason.NEVER_STARTED
    with transaction(EVERY_ORGANISATION) as session:
        answered = set(session.scalars(select(CallRow.id).where(CallRow.answered_at.is_not(None))))
        known = set(session.scalars(select(Recording.call)))
    assert answered <= known


def test_the_disk_alarms_long_before_it_is_full(tmp_path: Path) -> None:
    assert [room_of(free) for free in (0.5, 0.2, 0.199, 0.1, 0.099, 0.0)] == [
        Room.ENOUGH,
        Room.ENOUGH,
        Room.LITTLE,
        Room.LITTLE,
        Room.ALMOST_NONE,
        Room.ALMOST_NONE,
    ]
    told = os.statvfs(tmp_path)
    assert spool.free_share(tmp_path) == pytest.approx(told.f_bavail / told.f_blocks, abs=0.01)
