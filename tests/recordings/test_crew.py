"""The worker process as it is run: several workers, replaced when they die, patient with Redis and PostgreSQL."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from redis import Redis
from rq import Worker

from recordings import asking, jobs
from recordings.model import RecordingState
from tests.processes import running
from tests.recordings.conftest import NODE, PATIENCE, Archive
from tests.town.waiting import wait_for


def workers(archive: Archive) -> set[int]:
    """Process ids of the workers that told Redis they are there."""
    with Redis.from_url(archive.servers.settings.redis_url.get_secret_value()) as redis:
        return {worker.pid for worker in Worker.all(connection=redis) if worker.pid and _alive(worker.pid)}


def _alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@contextmanager
def crew(archive: Archive) -> Iterator[subprocess.Popen[bytes]]:
    with running(archive.servers.settings, "run.worker", environment={"HOLOS_WORKERS": "2"}) as process:
        wait_for("two workers", lambda: len(workers(archive)) == 2, seconds=PATIENCE)
        yield process


def stored(archive: Archive) -> None:
    call = archive.call()
    jobs.ask_for(archive.recording(call).id, NODE)
    wait_for("it to be stored", lambda: archive.recording(call).state == RecordingState.STORED, seconds=PATIENCE)


def test_a_worker_that_dies_is_replaced(served: Archive) -> None:
    with crew(served):
        before = workers(served)
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        wait_for("two workers that were not there", lambda: len(workers(served) - before) == 2, seconds=PATIENCE)
        stored(served)


def test_workers_leave_with_their_crew(served: Archive) -> None:
    with crew(served) as process:
        left = workers(served)
        process.kill()
        process.wait(PATIENCE)
        wait_for("the workers to leave", lambda: not any(_alive(pid) for pid in left), seconds=PATIENCE)


def test_a_crew_is_stopped_while_its_workers_begin(tmp_path: Path) -> None:
    """A worker that has not even found its servers yet ends at once."""
    begins = (
        "import time, run.worker as w; w.connect = lambda _: (print('begun', flush=True), time.sleep(60)); w.main()"
    )
    told = os.environ | {"HOLOS_DATA": str(tmp_path), "HOLOS_WORKERS": "2"}
    with subprocess.Popen([sys.executable, "-c", begins], env=told, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == [b"begun\n"] * 2
        process.terminate()
        try:
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()


def test_workers_come_back_after_redis_and_postgresql_were_killed(served: Archive) -> None:
    with crew(served):
        served.servers.kill("redis")
        served.servers.start("redis")
        stored(served)
        call = served.call()
        recording = served.recording(call).id
        served.servers.kill("postgres")
        jobs.ask_for(recording, NODE)
        wait_for("a worker to take it, in vain", lambda: len(asking.queue(NODE)) == 0, seconds=PATIENCE)
        served.servers.start("postgres")
        wait_for("it to be asked for", lambda: _asked(served, call), seconds=PATIENCE)


def _asked(archive: Archive, call: UUID) -> bool:
    """Asks for what is due, as the scheduler would, and says whether the call is stored."""
    archive.make_due(call)
    jobs.ask_for_due(NODE)
    wait_for("the queue to be empty", lambda: len(asking.queue(NODE)) == 0, seconds=PATIENCE)
    return archive.recording(call).state == RecordingState.STORED
