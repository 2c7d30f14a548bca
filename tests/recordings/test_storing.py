"""From the spool to the store: exactly once, whatever happens on the way."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from db import EVERY_ORGANISATION, transaction
from recordings import jobs, service, spool, store
from recordings.model import FIRST_PAUSE, LONGEST_PAUSE, Reason, RecordingState, pause_after
from tests.recordings.conftest import NODE, Centre
from tests.recordings.speech import conversation, decoded, likeness


def test_a_recording_is_stored_verified_and_then_the_spool_is_empty(centre: Centre) -> None:
    call = centre.call()
    jobs.store_recording(centre.recording(call).id)
    stored = centre.recording(call)
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
    assert centre.files(call) == []


def test_done_twice_it_is_done_once(centre: Centre) -> None:
    call = centre.call()
    jobs.store_recording(centre.recording(call).id)
    first = centre.recording(call)
    centre.lay_legs(call)  # as after a kill between the commit and the deletion
    jobs.store_recording(first.id)
    assert centre.recording(call).stored_at == first.stored_at
    assert centre.files(call) == []


def test_two_workers_do_not_do_the_same(centre: Centre) -> None:
    call = centre.call()
    found = centre.recording(call)
    with transaction(EVERY_ORGANISATION) as session:
        service.bring_in(session, found.id, centre.spool)
        jobs.store_recording(found.id)  # another transaction: not alone, so it does nothing
        assert centre.recording(call).state == RecordingState.SPOOLED
        assert len(centre.files(call)) == 3  # legs and the encoded file, untouched
    assert centre.recording(call).state == RecordingState.STORED


def test_every_segment_has_a_recording_of_its_own(centre: Centre) -> None:
    call = centre.call(segments=2)
    for segment in (1, 2):
        jobs.store_recording(centre.recording(call, segment).id)
    keys = {centre.recording(call, segment).object_key for segment in (1, 2)}
    assert len(keys) == 2
    assert None not in keys


def test_without_legs_the_reason_is_stated(centre: Centre) -> None:
    call = centre.call(legs=False)
    jobs.store_recording(centre.recording(call).id)
    lost = centre.recording(call)
    assert (lost.state, lost.reason) == (RecordingState.MISSING, Reason.NO_FILES)


def test_legs_without_a_sample_are_no_recording(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "_STILL", 0.0)
    call = centre.call(legs=False)
    (centre.spool / f"{call}.1.rx.wav").write_bytes(b"RIFF")
    jobs.store_recording(centre.recording(call).id)
    assert centre.recording(call).reason == Reason.NO_SOUND
    assert centre.files(call) == []


def test_while_the_store_is_away_nothing_is_lost(centre: Centre) -> None:
    calls = [centre.call() for _ in range(3)]
    centre.servers.kill("s3")
    try:
        for call in calls:
            jobs.store_recording(centre.recording(call).id)
            waiting = centre.recording(call)
            assert waiting.state == RecordingState.SPOOLED
            assert waiting.attempts == 1
            assert waiting.last_error
            assert len(centre.files(call)) >= 2
    finally:
        centre.servers.start("s3")
    jobs.store_recording(centre.recording(calls[0]).id)
    assert centre.recording(calls[0]).state == RecordingState.STORED
    jobs.queue(NODE).empty()
    assert jobs.ask_for_due(NODE) >= 2  # the first success has brought the others forward
    for call in calls[1:]:
        jobs.store_recording(centre.recording(call).id)
        assert centre.recording(call).state == RecordingState.STORED
        assert centre.files(call) == []


def test_a_store_that_gives_back_something_else_is_not_believed(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = centre.call()
    honest = store.put

    def garbling(key: str, path: Path) -> None:
        other = path.with_suffix(".other")
        other.write_bytes(path.read_bytes()[:-1] + b"!")
        honest(key, other)

    monkeypatch.setattr(store, "put", garbling)
    jobs.store_recording(centre.recording(call).id)
    assert centre.recording(call).state == RecordingState.SPOOLED
    assert f"{call}.1.rx.wav" in centre.files(call)
    monkeypatch.undo()
    jobs.store_recording(centre.recording(call).id)
    assert centre.recording(call).state == RecordingState.STORED


def test_legs_no_encoder_accepts_are_given_up_and_kept(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    call = centre.call()
    with monkeypatch.context() as broken:
        broken.setattr(subprocess, "Popen", _popen_of("false"))
        for _ in range(5):
            jobs.store_recording(centre.recording(call).id)
    failed = centre.recording(call)
    assert (failed.state, failed.reason) == (RecordingState.FAILED, Reason.UNREADABLE)
    assert f"{call}.1.rx.wav" in centre.files(call)
    with transaction(EVERY_ORGANISATION) as session:
        service.retry(session, session.merge(failed))
    jobs.store_recording(failed.id)
    assert centre.recording(call).state == RecordingState.STORED


def _popen_of(program: str) -> object:
    real = subprocess.Popen

    def start(command: list[str], **how: object) -> object:
        return real([program], **how)  # type: ignore[call-overload]

    return start


def test_what_redis_has_forgotten_is_asked_for_again(centre: Centre) -> None:
    call = centre.call()
    jobs.queue(NODE).empty()
    centre.make_due(call)
    assert jobs.ask_for_due(NODE) >= 1
    asked = [job.args for job in jobs.queue(NODE).jobs]
    assert [centre.recording(call).id] in [list(args) for args in asked]
    before = len(jobs.queue(NODE))
    jobs.ask_for_due(NODE)
    assert len(jobs.queue(NODE)) == before  # it is leased, so nobody asks twice at once


def test_without_redis_the_wish_is_kept_in_the_row(centre: Centre) -> None:
    call = centre.call()
    centre.servers.kill("redis")
    try:
        jobs.ask_for(centre.recording(call).id, NODE)
    finally:
        centre.servers.start("redis")
    centre.make_due(call)
    assert jobs.ask_for_due(NODE) >= 1


def test_pauses_grow_and_have_an_end() -> None:
    pauses = [pause_after(attempts) for attempts in range(1, 40)]
    assert pauses[0] == FIRST_PAUSE
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
