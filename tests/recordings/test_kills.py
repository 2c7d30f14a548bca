"""kill -9 in the middle of each stage: afterwards the recording is in the store, once."""

import os
import signal
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import UUID

import pytest
from minio import Minio

from recordings import asking, jobs
from recordings.model import RecordingState
from tests.processes import running
from tests.recordings.conftest import NODE, PATIENCE, Archive
from tests.recordings.stopping_worker import STAGES
from tests.town.waiting import wait_for


def worker(archive: Archive, stage: str, told: Path) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return running(archive.servers.settings, "tests.recordings.stopping_worker", stage, str(told))


def objects(archive: Archive, call: UUID) -> list[str]:
    settings = archive.servers.settings
    client = Minio(
        endpoint=settings.s3_endpoint,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key.get_secret_value(),
        secure=False,
    )
    prefix = f"{archive.organisation}/"
    found = client.list_objects(bucket_name=settings.s3_bucket, prefix=prefix, recursive=True)
    return [str(each.object_name) for each in found if str(call) in str(each.object_name)]


@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_worker_is_as_if_it_had_not_been(served: Archive, stage: str, tmp_path: Path) -> None:
    call = served.call()
    recording = served.recording(call).id
    jobs.ask_for(recording, NODE)
    told = tmp_path / "told"
    with worker(served, stage, told) as process:
        wait_for(f"the stage “{stage}”", told.exists, seconds=PATIENCE)
        os.kill(process.pid, signal.SIGKILL)
        os.kill(int(told.read_text()), signal.SIGKILL)
        process.wait(PATIENCE)
    before = served.recording(call)
    assert (before.state == RecordingState.STORED) == (stage == "committed, not deleted")
    assert f"{call}.1.rx.wav" in served.files(call)

    asking.queue(NODE).empty()  # and Redis has forgotten it, too
    served.make_due(call)
    jobs.ask_for_due(NODE)
    if before.state == RecordingState.STORED:
        jobs.ask_for(recording, NODE)  # the sweeper would delete the legs; so does the job
    with worker(served, "none", told):
        wait_for("the legs to go", lambda: not served.files(call), seconds=PATIENCE)
    after = served.recording(call)
    assert after.state == RecordingState.STORED
    assert objects(served, call) == [after.object_key]


def test_calls_that_end_together_are_stored_side_by_side(served: Archive, tmp_path: Path) -> None:
    """How soon after the hang-up is measured by the bench; here only that nothing waits for the scheduler."""
    with worker(served, "none", tmp_path / "told"), worker(served, "none", tmp_path / "told"):
        calls = [served.call() for _ in range(6)]
        for call in calls:
            jobs.ask_for(served.recording(call).id, NODE)
        wait_for(
            "all to be stored",
            lambda: all(served.recording(call).state == RecordingState.STORED for call in calls),
            seconds=PATIENCE,
        )
    assert all(served.recording(call).attempts == 0 for call in calls)
    assert not any(served.files(call) for call in calls)
