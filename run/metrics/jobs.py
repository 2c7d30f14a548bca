"""Jobs of the scheduler and of the workers: how often they ran, how they ended, how long they took."""

import time
from typing import Any

from prometheus_client import Counter, Gauge, Histogram
from rq import SimpleWorker

from run.metrics.process import REGISTRY

RUNS = Counter("holos_job_runs", "Runs of the scheduler's jobs.", ["job", "outcome"], registry=REGISTRY)
SUCCEEDED = Gauge(
    "holos_job_last_success_timestamp_seconds", "When the job last did its work.", ["job"], registry=REGISTRY
)
DONE = Counter("holos_worker_jobs", "Jobs that workers took up.", ["job", "outcome"], registry=REGISTRY)
SECONDS = Histogram(
    "holos_worker_job_duration_seconds",
    "From taking a job up to its end.",
    ["job"],
    buckets=(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0),
    registry=REGISTRY,
)


def ran(job: str, *, ok: bool) -> None:
    """Counts a run of one of the scheduler's jobs."""
    RUNS.labels(job, "done" if ok else "failed").inc()
    if ok:
        SUCCEEDED.labels(job).set_to_current_time()


class Measured(SimpleWorker):  # type: ignore[misc]  # rq has no types
    """A worker that counts what it does, by the job's function."""

    def perform_job(self, job: Any, queue: Any, execution: Any) -> bool:
        """Does the job; whether it ended well."""
        begun = time.perf_counter()
        done: bool = super().perform_job(job, queue, execution)
        function = job.func_name.rpartition(".")[2]
        SECONDS.labels(function).observe(time.perf_counter() - begun)
        DONE.labels(function, "done" if done else "failed").inc()
        return done
