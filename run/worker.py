"""Workers: rq processes that store recordings, make files of the journal, change many appeals.

`python -m run.worker` runs some.

A worker does its jobs one after the other in its own process, which keeps its connections: to fork for each job costs
as much as the job. One that dies in the middle is replaced, and the job is asked for again when it is due. The workers
are polite: calls come first on a machine that has both.
"""

import ctypes
import multiprocessing
import os
import signal
import time
from datetime import timedelta
from functools import partial
from multiprocessing.process import BaseProcess
from types import FrameType

import structlog
from rq.serializers import JSONSerializer

import db
import run.schema  # noqa: F401 - tables that those of this process name
from appeals import asking as appeals
from recordings import asking, jobs
from run import garbage, logs
from run.metrics.jobs import Measured
from run.metrics.process import Teller
from run.settings import Settings
from run.storage import connect_store
from web import facts, hints, live

log = structlog.get_logger()

_POLITENESS = 5  # nice
_PARENT_DEATH_SIGNAL = 1  # prctl(2), PR_SET_PDEATHSIG
_PAUSE_AFTER_CRASH = timedelta(seconds=1)
_STOPS = (signal.SIGTERM, signal.SIGINT)


def connect(settings: Settings) -> None:
    """Tells this process where everything is."""
    db.connect(settings.database_url.get_secret_value(), pool_size=1)
    settings.recordings_spool.mkdir(parents=True, exist_ok=True)
    redis = jobs.connect(settings.redis_url.get_secret_value(), spool=settings.recordings_spool)
    hints.connect(partial(live.publish, redis))
    facts.connect(settings.redis_url.get_secret_value())
    connect_store(settings)


def work(settings: Settings) -> None:
    """One worker, until SIGTERM; it finishes the job at hand. Before it has one, it ends at once."""
    for number in _STOPS:
        signal.signal(number, signal.SIG_DFL)  # until rq has its own: those of the crew came along with the fork
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
    ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    os.nice(_POLITENESS)
    connect(settings)
    queue = asking.queue(settings.node)
    teller = Teller(settings.redis_url.get_secret_value(), "worker", settings.node)
    teller.start()
    worker = Measured([queue, appeals.queue()], connection=queue.connection, serializer=JSONSerializer)
    worker.log_job_description = False
    worker.work(logging_level="WARNING")
    teller.stop()
    teller.join(2)


class Crew:
    """As many workers as wanted; one that dies is replaced."""

    def __init__(self, settings: Settings, wanted: int) -> None:
        self._settings, self._wanted = settings, wanted
        self._workers: list[BaseProcess] = []
        self._stopping = False
        self._fork = multiprocessing.get_context("fork")

    def run(self) -> None:
        """Until SIGTERM or SIGINT; then the workers finish what they do."""
        for number in _STOPS:
            signal.signal(number, self._stop)
        while not self._stopping:
            self._workers = [worker for worker in self._workers if worker.is_alive()]
            while len(self._workers) < self._wanted and not self._stopping:
                self._hire()
            time.sleep(_PAUSE_AFTER_CRASH.total_seconds())
        for worker in self._workers:
            worker.join()

    def _hire(self) -> None:
        """One worker more; a stop meanwhile waits until it is known."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
        try:
            worker: BaseProcess = self._fork.Process(target=work, args=(self._settings,), name="worker")
            worker.start()
            self._workers.append(worker)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._stopping = True
        for worker in self._workers:
            if worker.pid is not None and worker.is_alive():
                os.kill(worker.pid, signal.SIGTERM)


def main() -> None:
    """`python -m run.worker`."""
    settings = Settings()
    logs.configure(settings.log_level, process="worker")
    garbage.spare()
    Crew(settings, settings.workers).run()


if __name__ == "__main__":
    main()
