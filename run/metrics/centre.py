"""What the web adds to the processes' own figures: the centre as PostgreSQL knows it, and which servers answer."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import redis
import structlog
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from acd.model import AgentStateName
from calls.model import CallState
from db import EVERY_ORGANISATION, transaction
from recordings import asking
from run import parts
from run.metrics import queries
from run.metrics.process import Told, merged, told
from run.pages.queries import job_runs, reader_places
from run.settings import Settings
from run.version import VERSION, release

log = structlog.get_logger()

MISSING_WITHIN = timedelta(days=30)
REFUSED_WITHIN = timedelta(hours=1)


class OfCentre(Collector):
    """Everything that one scrape shows. A server that is away takes its own figures with it, and nothing else."""

    def __init__(self, settings: Settings, client: "redis.Redis") -> None:
        self._settings, self._redis = settings, client

    def collect(self) -> Iterator[Metric]:
        answers = {
            "postgres": parts.postgres_answers(),
            "redis": parts.redis_answers(self._redis),
            "s3": parts.store_answers(self._settings),
        }
        up = GaugeMetricFamily("holos_server_up", "Whether a server that we need answers the web.", labels=["server"])
        for server, answer in answers.items():
            up.add_metric([server], float(answer))
        yield up
        told_by = {"version": VERSION, "release": release()}
        yield InfoMetricFamily("holos", "Which Holos answers.", value=told_by)
        if answers["redis"]:
            yield from self._of_processes()
        if answers["postgres"]:
            yield from self._of_database()

    def _of_processes(self) -> Iterator[Metric]:
        try:
            all_told, waiting = told(self._redis), len(asking.queue(self._settings.node))
        except RedisError as error:
            log.warning("metrics_not_gathered", reason=type(error).__name__)
            return
        yield from _processes(self._settings, all_told)
        yield GaugeMetricFamily("holos_worker_jobs_waiting", "Jobs that no worker has taken up yet.", value=waiting)
        yield from merged(all_told)

    def _of_database(self) -> list[Metric]:
        try:
            with transaction(EVERY_ORGANISATION) as session:
                now = datetime.now(UTC)
                codes = queries.organisations(session)
                return [
                    *_calls_and_agents(session, codes),
                    *_channels(session, self._settings, now),
                    *_queues(session, now),
                    *_journal(session, now),
                    *_recordings(session, now),
                    *_jobs(session),
                ]
        except SQLAlchemyError as error:
            log.warning("metrics_not_asked", reason=type(error).__name__)
            return []


def _processes(settings: Settings, all_told: Sequence[Told]) -> Iterator[Metric]:
    up = GaugeMetricFamily("holos_processes", "Processes that told their figures lately.", labels=["process"])
    should = GaugeMetricFamily("holos_processes_wanted", "How many there should be.", labels=["process"])
    for part in parts.processes(settings, all_told):
        up.add_metric([part.name], part.there)
        should.add_metric([part.name], part.wanted)
    yield up
    yield should


def _calls_and_agents(session: Session, codes: Sequence[str]) -> Iterator[Metric]:
    calls, agents = queries.calls(session), queries.agents(session)
    labels = ["organisation", "state"]
    family = GaugeMetricFamily("holos_calls", "Calls on the line, by what the caller experiences.", labels=labels)
    for code in codes:
        for state in CallState:
            if state is not CallState.ENDED:
                family.add_metric([code, state], calls.get((code, state), 0))
    yield family
    family = GaugeMetricFamily("holos_agents", "Agents on a shift, by what they do.", labels=labels)
    for code in codes:
        for doing in AgentStateName:
            if doing is not AgentStateName.OFFLINE:
                family.add_metric([code, doing], agents.get((code, doing), 0))
    yield family


def _channels(session: Session, settings: Settings, now: datetime) -> Iterator[Metric]:
    labels = ["organisation"]
    used = GaugeMetricFamily("holos_channels_in_use", "Calls at once that an organisation has.", labels=labels)
    room = GaugeMetricFamily("holos_channels", "How many it may have at once.", labels=labels)
    refused = GaugeMetricFamily("holos_calls_refused", "Callers refused within the last hour.", labels=labels)
    for each in queries.channels(session, since=now - REFUSED_WITHIN):
        used.add_metric([each.code], each.used)
        room.add_metric([each.code], each.room)
        refused.add_metric([each.code], each.refused)
    yield from (used, room, refused)
    labels = ["trunk"]
    used = GaugeMetricFamily("holos_trunk_channels_in_use", "Calls at once by a trunk.", labels=labels)
    room = GaugeMetricFamily("holos_trunk_channels", "How many it takes; only where that is set.", labels=labels)
    by_trunk = queries.trunks(session)
    for trunk in sorted(by_trunk.keys() | settings.trunk_channels.keys()):
        used.add_metric([trunk], by_trunk.get(trunk, 0))
        if trunk in settings.trunk_channels:
            room.add_metric([trunk], settings.trunk_channels[trunk])
    yield from (used, room)


def _queues(session: Session, now: datetime) -> Iterator[Metric]:
    labels = ["organisation", "queue"]
    waiting = GaugeMetricFamily("holos_queue_waiting_calls", "Callers waiting in a queue.", labels=labels)
    longest = GaugeMetricFamily(
        "holos_queue_longest_wait_seconds", "How long the first of them has waited; 0 without any.", labels=labels
    )
    for code, name, callers, since in queries.queues(session):
        queue = name.removeprefix(f"{code}-")
        waiting.add_metric([code, queue], callers)
        longest.add_metric([code, queue], _age(since, now))
    yield waiting
    yield longest


def _journal(session: Session, now: datetime) -> Iterator[Metric]:
    written = CounterMetricFamily("holos_journal_events", "Events of Asterisk in the journal.", labels=["node"])
    for node, seq in queries.journals(session).items():
        written.add_metric([node], seq)
    labels = ["reader", "node"]
    events = GaugeMetricFamily("holos_reader_lag_events", "Events that a reader has yet to read.", labels=labels)
    age = GaugeMetricFamily("holos_reader_lag_seconds", "Age of the oldest of them; 0 without any.", labels=labels)
    failing = GaugeMetricFamily("holos_reader_failing", "Whether it stands at one that it cannot read.", labels=labels)
    for reader in reader_places(session):
        whose = [reader.name, reader.node]
        events.add_metric(whose, reader.behind)
        age.add_metric(whose, _age(reader.since, now))
        failing.add_metric(whose, float(reader.error is not None))
    yield from (written, events, age, failing)


def _recordings(session: Session, now: datetime) -> Iterator[Metric]:
    labels = ["organisation"]
    numbers = GaugeMetricFamily(
        "holos_recordings_backlog",
        "Recordings not in the store: waiting, failing (waiting, tried in vain), failed, missing of thirty days.",
        labels=[*labels, "state"],
    )
    oldest = GaugeMetricFamily(
        "holos_recordings_oldest_waiting_seconds", "Since when the oldest waits; 0 without any.", labels=labels
    )
    for each in queries.unstored(session, since=now - MISSING_WITHIN):
        for state in ("waiting", "failing", "failed", "missing"):
            numbers.add_metric([each.organisation, state], getattr(each, state))
        oldest.add_metric([each.organisation], _age(each.oldest, now))
    yield numbers
    yield oldest


def _jobs(session: Session) -> Iterator[Metric]:
    ok = GaugeMetricFamily("holos_job_last_run_ok", "Whether the scheduler's job ended well.", labels=["job"])
    at = GaugeMetricFamily("holos_job_last_run_timestamp_seconds", "When it last began.", labels=["job"])
    took = GaugeMetricFamily("holos_job_last_run_duration_seconds", "How long it took then.", labels=["job"])
    for run in job_runs(session):
        ok.add_metric([run.name], float(bool(run.ok)))
        at.add_metric([run.name], run.started_at.timestamp())
        if run.ended_at is not None:
            took.add_metric([run.name], (run.ended_at - run.started_at).total_seconds())
    yield from (ok, at, took)


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
