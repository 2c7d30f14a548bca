"""From the spool to the store: exactly once, whatever happens on the way."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from db import EVERY_ORGANISATION, store, transaction
from recordings import asking, jobs, sound, storing
from recordings.model import FIRST_PAUSE, LEASE, LONGEST_PAUSE, Reason, RecordingState, pause_after
from recordings.tables import Recording
from tests.recordings.conftest import NODE, Archive
from tests.recordings.faulty_store import FaultyStore
from tests.recordings.speech import conversation, decoded, lain, likeness

WEBM = b"\x1a\x45\xdf\xa3"  # with which every such file begins


def test_a_recording_is_stored_verified_and_then_the_spool_is_empty(archive: Archive) -> None:
    call = archive.call()
    jobs.store_recording(archive.recording(call).id)
    stored = archive.recording(call)
    assert stored.state == RecordingState.STORED
    assert stored.object_key is not None
    assert stored.stored_at is not None
    data = b"".join(store.read(stored.object_key))
    assert (hashlib.sha256(data).hexdigest(), len(data)) == (stored.sha256, stored.size)
    caller, operator = conversation()
    stereo = decoded(data)
    assert likeness(stereo[:, 0], caller) > 0.9
    assert likeness(stereo[:, 1], operator) > 0.9
    assert stored.levels is not None
    assert 0 < stored.levels["silence"] < stored.levels["caller"]["silence"] < 1
    assert archive.files(call) == []


def test_what_lies_in_the_store_cannot_be_listened_to(archive: Archive) -> None:
    """The store gives back WebM, but no file of its own holds any of it: it is encrypted at rest."""
    files = archive.servers.settings.data / "s3"
    before = {path: path.stat().st_size for path in files.rglob("*") if path.is_file()}  # of earlier runs, any version
    call = archive.call()
    jobs.store_recording(archive.recording(call).id)
    key = archive.recording(call).object_key
    assert key is not None
    sound_of_it = b"".join(store.read(key))
    assert sound_of_it.startswith(WEBM)
    assert b"OpusHead" in sound_of_it
    middle = len(sound_of_it) // 2
    held = [path.read_bytes()[before.get(path, 0) :] for path in files.rglob("*") if path.is_file()]
    assert sum(map(len, held)) > len(sound_of_it), "the recording was not written to these files"
    assert any(key.rsplit("/", 1)[-1].encode() in file for file in held), "the recording is not in these files"
    for clear in (sound_of_it[:32], b"OpusHead", sound_of_it[middle : middle + 32]):
        assert not any(clear in file for file in held)


def test_done_twice_it_is_done_once(archive: Archive) -> None:
    call = archive.call()
    jobs.store_recording(archive.recording(call).id)
    first = archive.recording(call)
    archive.lay_legs(call)  # as after a kill between the commit and the deletion
    jobs.store_recording(first.id)
    assert archive.recording(call).stored_at == first.stored_at
    assert archive.files(call) == []


def test_two_workers_do_not_do_the_same(archive: Archive) -> None:
    call = archive.call()
    found = archive.recording(call)
    with transaction(EVERY_ORGANISATION) as session:
        storing.bring_in(session, found.id, archive.spool)
        jobs.store_recording(found.id)  # another transaction: not alone, so it does nothing
        assert archive.recording(call).state == RecordingState.SPOOLED
        assert len(archive.files(call)) == 3  # legs and the encoded file, untouched
    assert archive.recording(call).state == RecordingState.STORED


def test_every_segment_has_a_recording_of_its_own(archive: Archive) -> None:
    call = archive.call(segments=2)
    for segment in (1, 2):
        jobs.store_recording(archive.recording(call, segment).id)
    keys = {archive.recording(call, segment).object_key for segment in (1, 2)}
    assert len(keys) == 2
    assert None not in keys


def test_without_legs_the_reason_is_stated(archive: Archive) -> None:
    call = archive.call(legs=False)
    jobs.store_recording(archive.recording(call).id)
    lost = archive.recording(call)
    assert (lost.state, lost.reason) == (RecordingState.MISSING, Reason.NO_FILES)


def test_legs_without_a_sample_are_no_recording(archive: Archive) -> None:
    call = archive.call(legs=False)
    leg = archive.spool / f"{call}.1.rx.wav"
    leg.write_bytes(b"RIFF")
    lain(leg)
    jobs.store_recording(archive.recording(call).id)
    assert archive.recording(call).reason == Reason.NO_SOUND
    assert archive.files(call) == []


def test_a_server_that_runs_is_not_started_again(archive: Archive) -> None:
    before = archive.servers.pids()
    assert archive.servers.start("s3").pids() == before  # else the first one would outlive `kill` and `stop`


def test_while_the_store_is_away_nothing_is_lost(archive: Archive) -> None:
    calls = [archive.call() for _ in range(3)]
    archive.servers.kill("s3")
    try:
        for call in calls:
            jobs.store_recording(archive.recording(call).id)
            waiting = archive.recording(call)
            assert waiting.state == RecordingState.SPOOLED
            assert waiting.attempts == 1
            assert waiting.last_error
            assert len(archive.files(call)) >= 2
            rest(waiting, LONGEST_PAUSE)
    finally:
        archive.servers.start("s3")
    jobs.store_recording(archive.recording(calls[0]).id)
    assert archive.recording(calls[0]).state == RecordingState.STORED
    asking.queue(NODE).empty()
    assert jobs.ask_for_due(NODE) >= 2  # the first success has brought the others forward
    for call in calls[1:]:
        jobs.store_recording(archive.recording(call).id)
        assert archive.recording(call).state == RecordingState.STORED
        assert archive.files(call) == []


def rest(recording: Recording, pause: timedelta) -> datetime:
    """As if it had been tried in vain so often that it rests for so long; until when."""
    due_at = datetime.now(UTC) + pause
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Recording).where(Recording.id == recording.id).values(attempts=9, due_at=due_at))
    return due_at


def test_the_first_success_brings_forward_what_rests_and_leaves_alone_what_others_work_on(archive: Archive) -> None:
    """Else each recording of a backlog would wake all others, and two workers wait for each other's rows."""
    tried, leased, resting, locked = (archive.recording(archive.call()) for _ in range(4))
    rest(tried, timedelta())
    lease = rest(leased, LEASE - timedelta(seconds=1))
    rest(resting, LONGEST_PAUSE)
    until = rest(locked, LONGEST_PAUSE)
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(select(Recording.id).where(Recording.id == locked.id).with_for_update())
        jobs.store_recording(tried.id)
    assert archive.recording(tried.call).state == RecordingState.STORED
    woken = archive.recording(resting.call).due_at
    assert woken is not None
    assert woken <= datetime.now(UTC)
    assert archive.recording(leased.call).due_at == lease
    assert archive.recording(locked.call).due_at == until


def test_what_the_store_took_and_does_not_have_is_sent_again(archive: Archive, faulty_store: FaultyStore) -> None:
    call = archive.call()
    faulty_store.swallows = {"PUT"}
    jobs.store_recording(archive.recording(call).id)
    faulty_store.swallows = set()
    waiting = archive.recording(call)
    assert (waiting.state, waiting.attempts) == (RecordingState.SPOOLED, 1)
    jobs.store_recording(waiting.id)
    assert archive.recording(call).state == RecordingState.STORED


def test_a_store_that_gives_back_something_else_is_not_believed(archive: Archive, faulty_store: FaultyStore) -> None:
    call = archive.call()
    faulty_store.garbles = True
    jobs.store_recording(archive.recording(call).id)
    assert archive.recording(call).state == RecordingState.SPOOLED
    assert f"{call}.1.rx.wav" in archive.files(call)
    faulty_store.garbles = False
    jobs.store_recording(archive.recording(call).id)
    assert archive.recording(call).state == RecordingState.STORED


def test_legs_no_encoder_accepts_are_given_up_and_kept(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    call = archive.call()
    with monkeypatch.context() as broken:
        broken.setitem(sound._OPUS, "application", "nonsense")
        for _ in range(5):
            jobs.store_recording(archive.recording(call).id)
    failed = archive.recording(call)
    assert (failed.state, failed.reason) == (RecordingState.FAILED, Reason.UNREADABLE)
    assert f"{call}.1.rx.wav" in archive.files(call)
    with transaction(EVERY_ORGANISATION) as session:
        storing.retry(session, session.merge(failed))
    jobs.store_recording(failed.id)
    assert archive.recording(call).state == RecordingState.STORED


def test_what_redis_has_forgotten_is_asked_for_again(archive: Archive) -> None:
    call = archive.call()
    asking.queue(NODE).empty()
    archive.make_due(call)
    assert jobs.ask_for_due(NODE) >= 1
    asked = [job.args for job in asking.queue(NODE).jobs]
    assert [archive.recording(call).id] in [list(args) for args in asked]
    before = len(asking.queue(NODE))
    jobs.ask_for_due(NODE)
    assert len(asking.queue(NODE)) == before  # it is leased, so nobody asks twice at once


def test_without_redis_the_wish_is_kept_in_the_row(archive: Archive) -> None:
    call = archive.call()
    archive.servers.kill("redis")
    try:
        jobs.ask_for(archive.recording(call).id, NODE)
    finally:
        archive.servers.start("redis")
    archive.make_due(call)
    assert jobs.ask_for_due(NODE) >= 1


@pytest.mark.parametrize("unknown", [{"stored_at": None}, {"ended_at": None}, {"reason": "because"}])
def test_the_database_knows_when_and_why(archive: Archive, unknown: dict[str, str | None]) -> None:
    """Of a stored recording, when its call ended and when it was stored; of one that is not, one of our reasons."""
    call = archive.call()
    jobs.store_recording(archive.recording(call).id)
    with pytest.raises(IntegrityError), transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Recording).where(Recording.call == call).values(**unknown))


def test_pauses_grow_and_have_an_end() -> None:
    pauses = [pause_after(attempts) for attempts in range(1, 40)]
    assert pauses[0] == FIRST_PAUSE
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
