"""The scheduler: jobs that are due by the clock. One at a time by an advisory lock; others stand by.

A job whose time has passed while the scheduler was away runs once on return. What a job does must bear being done
twice. Beside the jobs a thread tells the boards their figures.
"""

import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import redis
import structlog
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

import db
import supervisor.board
from acd import jobs as desk
from acd.callbacks import jobs as callbacks
from acd.temporary import jobs as temporary
from appeals.addresses import jobs as addresses
from appeals.applicants import jobs as applicants
from appeals.attachments import jobs as attachments
from appeals.bot import jobs as bot
from appeals.cabinet import jobs as cabinet
from appeals.escalation import jobs as escalation
from appeals.feedback import jobs as feedback
from appeals.journal import jobs as journal
from appeals.journal.teller import AppealsTeller
from appeals.maps import jobs as maps
from appeals.notices import jobs as notices
from appeals.terms import jobs as terms
from appeals.xml import jobs as xml
from calls import hearing
from calls.jobs import compare_with_queue_log
from calls.model import Language, NodeName
from db import EVERY_ORGANISATION, transaction
from ivr.queries import find_language
from ivr.sound.speech import Voice
from recordings import jobs as recordings
from recordings import room, sweeper
from recordings.keeping import jobs as keeping
from recordings.ledger import jobs as ledger
from run import garbage, logs, troubles, verify_rows, works_spoken
from run.asterisk.prompts import voices
from run.job_runs import JobRun
from run.metrics import jobs as measured
from run.metrics.process import Teller
from run.pages.queries import job_runs
from run.settings import Settings
from run.storage import verify_all_attachments
from staff import jobs as staff
from staff.trail import jobs as trail
from supervisor.surge import jobs as incidents
from supervisor.teller import BoardTeller
from web import facts, hints, live

log = structlog.get_logger()

_LOCK = 0x5C4E
_STANDBY = timedelta(seconds=5)  # between attempts to become the one
NOTED: Final = timedelta(seconds=20)  # at the latest, of a job that finds nothing to do


@dataclass(frozen=True, slots=True)
class Job:
    """What to do, how often, and what it counts; each count has its words in `run.pages.status.COUNTS`."""

    name: str
    every: timedelta
    do: Callable[[], Mapping[str, int]]
    counts: tuple[str, ...] = ()

    def done(self) -> Mapping[str, int]:
        """Does it; the counts. ValueError for one that was not declared, for no reader would understand it."""
        counts = self.do()
        if undeclared := sorted(set(counts) - set(self.counts)):
            raise ValueError(f"counts not declared: {undeclared}")
        return counts


def jobs_of(settings: Settings) -> list[Job]:
    """Every job of the product. The last one looks at how the others did."""
    jobs = _of_calls(settings)
    names = frozenset(job.name for job in jobs)
    lookout = troubles.Lookout(settings, names)
    return [*jobs, Job("alarms.troubles", troubles.EVERY, lookout.look, ("raised", "over"))]


def _of_calls(settings: Settings) -> list[Job]:
    node = settings.node
    queue_log = settings.asterisk / "log" / "queue_log"
    unrecorded = timedelta(seconds=settings.recording_pause_limit)
    return [
        *_of_recordings(settings.recordings_spool, node),
        *_of_surges(),
        *_of_appeals(settings.public_url.rstrip("/"), node, voices(settings.speech)),
        Job("desk.silent_shifts", timedelta(seconds=20), desk.settle_silent_shifts, ("paused", "ended")),
        Job(
            "desk.recording_pauses",
            timedelta(seconds=10),
            lambda: desk.end_long_recording_pauses(unrecorded),
            ("resumed",),
        ),
        Job(
            "desk.callbacks",
            timedelta(seconds=2),
            partial(callbacks.look_after, line_out=bool(settings.trunk_far_end)),
            ("callbacks_not_taken", "callbacks_not_dialled", "let_go_on", "escalated", "callbacks_offered"),
        ),
        Job("staff.trail", timedelta(seconds=10), trail.seal_waiting, ("rows_sealed",)),
        Job("staff.trail_verified", trail.EVERY, partial(verify_rows.ask, node), ("asked_for",)),
        Job(
            "staff.sign_ins",
            timedelta(minutes=10),
            staff.sweep_sign_ins,
            ("failures_forgotten", "sessions_forgotten"),
        ),
        Job(
            "calls.agreement",
            timedelta(minutes=5),
            lambda: compare_with_queue_log(queue_log, NodeName(node)),
            ("in_ledger", "in_queue_log"),
        ),
    ]


def _of_surges() -> list[Job]:
    begun = ("incidents_began", "incidents_ended")
    return [
        Job("surge.incidents", timedelta(seconds=5), incidents.look_after, begun),
        Job("staff.temporary", timedelta(seconds=20), temporary.end_over, ("accounts_ended",)),
    ]


def _of_appeals(site: str, node: str, speech: Mapping[Language, Voice]) -> list[Job]:
    recounted, told = ("terms_looked_at", "terms_moved"), ("measures_opened", "escalations_told")
    return [
        Job("appeals.terms", timedelta(seconds=10), terms.look_anew, recounted),
        Job(
            "appeals.applicants",
            timedelta(seconds=5),
            applicants.look_anew,
            ("applicants_spelled", "applicants_compared", "pairs_found"),
        ),
        Job("appeals.addresses", addresses.EVERY, addresses.look_for_doubles, ("streets_twice",)),
        Job("appeals.attachments", attachments.EVERY, partial(verify_all_attachments, node), ("asked_for",)),
        Job("appeals.escalation", timedelta(minutes=1), partial(escalation.climb, site), told),
        Job("appeals.notices", timedelta(seconds=15), partial(notices.tell, find_language), ("citizens_told",)),
        Job(
            "appeals.feedback", timedelta(seconds=30), partial(feedback.ask, find_language, site), ("marks_asked_for",)
        ),
        Job("appeals.journal", timedelta(seconds=2), journal.look_after, ("appeals_spelled", "asked_for")),
        Job("appeals.xml", timedelta(seconds=15), xml.look_after, ("asked_for",)),
        Job("appeals.bot", timedelta(seconds=15), bot.look_after, ("chats_answered", "talks_forgotten")),
        Job("appeals.cabinet", timedelta(minutes=10), cabinet.sweep, ("drafts_forgotten", "sessions_forgotten")),
        Job("appeals.maps", timedelta(seconds=15), maps.look_after, ("asked_for",)),
        Job("appeals.works_spoken", timedelta(seconds=5), partial(works_spoken.follow, speech), ("works_spoken",)),
    ]


def _of_recordings(spool: Path, node: str) -> list[Job]:
    swept = ("settled", "waiting_for_ledger", "adopted", "never_recorded", "of_unknown_calls")
    return [
        Job(
            "recordings.due",
            timedelta(seconds=2),
            lambda: {"asked_for": recordings.ask_for_due(node)},
            ("asked_for",),
        ),
        Job("recordings.sweep", timedelta(minutes=1), lambda: sweeper.sweep(spool, node), swept),
        Job("recordings.room", timedelta(minutes=1), lambda: room.watch(spool), ("percent_free",)),
        Job("recordings.retention", timedelta(hours=1), keeping.propose, ("proposed",)),
        Job("recordings.acts", timedelta(seconds=5), lambda: keeping.ask_for_due(node), ("asked_for",)),
        Job("recordings.ledger", ledger.EVERY, lambda: ledger.ask(node), ("asked_for",)),
    ]


class Scheduler:
    """Runs the jobs that are due, until it is stopped."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.jobs = jobs
        self._stopping = threading.Event()
        self._last: dict[str, datetime] = {}
        self._noted: dict[str, Mapping[str, Any]] = {}  # the run of each job that was noted last
        self._unnoted: dict[str, Mapping[str, Any]] = {}

    def stop(self) -> None:
        """Lets the running job finish."""
        self._stopping.set()

    def run(self) -> None:
        """Waits to be the only one, then works. Returns when stopped; raises when the lock's connection is lost."""
        with db.listen() as connection:
            while not db.is_only_one(connection, _LOCK):
                if self._stopping.wait(_STANDBY.total_seconds()):
                    return
            log.info("scheduler_started", jobs=[job.name for job in self.jobs])
            self._last = _last_runs()
            while not self._stopping.is_set():
                connection.execute("SELECT 1")  # the lock is ours only as long as this connection lives
                self.tick(datetime.now(UTC))
                self._stopping.wait(self._until_next())

    def tick(self, now: datetime) -> list[str]:
        """Runs once each job that is due; gives their names."""
        due = [job for job in self.jobs if job.name not in self._last or self._last[job.name] + job.every <= now]
        for job in due:
            if self._stopping.is_set():
                break
            if job is self.jobs[-1]:
                self._note()  # it looks at how the others did
            self._last[job.name] = now
            run = _run(job)
            if self._is_worth_noting(job, run):
                self._unnoted[job.name] = run
        self._note()
        return [job.name for job in due]

    def _is_worth_noting(self, job: Job, run: Mapping[str, Any]) -> bool:
        """Whether it did something, failed or works again; else the status page is told now and then."""
        noted = self._noted.get(job.name)
        return (
            noted is None
            or not (noted["ok"] and run["ok"])
            or any(run["counts"].values())
            or run["started_at"] - noted["started_at"] >= NOTED
        )

    def _note(self) -> None:
        """All runs that wait for it, in one statement; what a crash of PostgreSQL takes away is noted anew soon."""
        if not self._unnoted:
            return
        row = insert(JobRun)
        kept = {"failed_at": func.coalesce(row.excluded.failed_at, JobRun.failed_at)}  # after it works again, too
        told = {name: row.excluded[name] for name in ("every", "started_at", "ended_at", "ok", "counts", "error")}
        try:
            with transaction(EVERY_ORGANISATION, relaxed=True) as session:
                session.execute(
                    row.on_conflict_do_update(index_elements=["name"], set_=told | kept),
                    [{"name": name, **run} for name, run in self._unnoted.items()],
                )
        except Exception:  # PostgreSQL may be what failed
            log.exception("job_runs_not_noted", jobs=list(self._unnoted))
            return
        self._noted |= self._unnoted
        self._unnoted = {}

    def _until_next(self) -> float:
        """Seconds until the next job is due, a second at most so that a lost lock is noticed."""
        now = datetime.now(UTC)
        waits = [
            (self._last[job.name] + job.every - now).total_seconds() for job in self.jobs if job.name in self._last
        ]
        return min(1.0, max(0.05, min(waits, default=1.0)))


def _run(job: Job) -> dict[str, Any]:
    """Runs the job; how it went, as it is noted. An error of one job does not touch the others."""
    started = datetime.now(UTC)
    begun = time.monotonic()
    try:
        counts, error = job.done(), None
    except Exception as failure:  # the edge: the next job must run
        counts, error = {}, f"{type(failure).__name__}: {failure}"[:500]
        log.exception("job_failed", job=job.name, error=error)
    if time.monotonic() - begun > job.every.total_seconds():
        log.warning("job_slower_than_its_interval", job=job.name, took=round(time.monotonic() - begun, 1))
    measured.ran(job.name, ok=error is None)
    run: dict[str, Any] = {"every": job.every, "started_at": started, "ended_at": datetime.now(UTC)}
    return run | {
        "ok": error is None,
        "counts": dict(counts),
        "error": error,
        "failed_at": started if error is not None else None,
    }


def _last_runs() -> dict[str, datetime]:
    with transaction(EVERY_ORGANISATION) as session:
        runs = job_runs(session)
    for run in runs:
        if run.ok and run.ended_at is not None:
            measured.SUCCEEDED.labels(run.name).set(run.ended_at.timestamp())
    return {run.name: run.started_at for run in runs}


def main() -> None:
    """`python -m run.scheduler`."""
    settings = Settings()
    logs.configure(settings.log_level, process="scheduler")
    db.connect(settings.database_url.get_secret_value(), pool_size=4)
    recordings.connect(settings.redis_url.get_secret_value())
    facts.connect(settings.redis_url.get_secret_value())
    client = redis.Redis.from_url(settings.redis_url.get_secret_value(), socket_connect_timeout=1, socket_timeout=1)
    hints.connect(partial(live.publish, client))
    hearing.connect(settings.node)
    supervisor.board.connect(settings.trunk_channels)
    threads = (
        Teller(settings.redis_url.get_secret_value(), "scheduler", settings.node),
        BoardTeller(client),
        AppealsTeller(client),
    )
    for thread in threads:
        thread.start()
    scheduler = Scheduler(jobs_of(settings))
    garbage.spare()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: scheduler.stop())
    scheduler.run()
    for thread in threads:
        thread.stop()
        thread.join(2)


if __name__ == "__main__":
    main()
