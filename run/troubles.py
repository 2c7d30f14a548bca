"""What may be wrong with the installation, looked for by the scheduler every half minute and told as alarms."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import redis
import structlog
from redis.exceptions import RedisError
from sqlalchemy.orm import Session

from db import EVERY_ORGANISATION, transaction
from notify import queries as outbox
from recordings import room
from run import rosters
from run.metrics import queries
from run.metrics.process import Told, told
from run.pages.queries import job_runs, reader_places
from staff.queries import organisations
from staff.tables import Organisation
from supervisor.alarms import service
from supervisor.alarms.model import Trouble
from supervisor.capacity import queries as capacity
from supervisor.capacity.model import LATELY, Load
from supervisor.surge.queries import running

log = structlog.get_logger()

RECORDING_TOO_OLD = timedelta(hours=1)
MESSAGE_TOO_OLD = timedelta(minutes=15)

Troubles = dict[tuple[Trouble, str], Mapping[str, str]]


def look(redis_url: str, trunk_channels: Mapping[str, int], jobs: Collection[str]) -> dict[str, int]:
    """Raises what is wrong now and closes what is over, for each organisation that wants to know.

    `jobs` are those that the scheduler runs; one that a release has dropped is late for ever.
    """
    now = datetime.now(UTC)
    of_asterisk = _of_asterisk(redis_url)
    common = _of_disk() | (of_asterisk or {})
    not_known = frozenset({Trouble.ASTERISK, Trouble.TRUNK}) if of_asterisk is None else frozenset()
    raised = ended = 0
    with transaction(EVERY_ORGANISATION) as session:
        common |= _of_readers(session) | _of_jobs(session, jobs, now) | _of_trunks(session, trunk_channels, now)
        recordings = _of_recordings(session, now)
        on_duty = _of_rosters(session, now)
        by_organisation = [
            (each.id, common | recordings.get(each.code, {}) | on_duty[each.id] | _of_its_own(session, each, now))
            for each in organisations(session)
        ]
    for organisation, troubles in by_organisation:
        try:
            with transaction(organisation) as session:
                new, over = service.settle_troubles(session, organisation, troubles, not_known=not_known)
        except Exception:  # the edge: the other organisations must be told
            log.exception("troubles_not_told", organisation=organisation)
        else:
            raised, ended = raised + new, ended + over
    return {"raised": raised, "over": ended}


def _of_disk() -> Troubles:
    told_of_disk = room.alarm()
    return {} if told_of_disk is None else {(Trouble.DISK, ""): {}}


def _of_readers(session: Session) -> Troubles:
    return {(Trouble.READER, f"{each.name} ({each.node})"): {} for each in reader_places(session) if each.error}


def _of_jobs(session: Session, jobs: Collection[str], now: datetime) -> Troubles:
    runs = (run for run in job_runs(session) if run.name in jobs)
    return {(Trouble.JOB, run.name): {} for run in runs if run.ok is False or run.is_late(now)}


def _of_asterisk(redis_url: str) -> Troubles | None:
    """None without Redis: nobody knows, and what was told before stays."""
    try:
        with redis.Redis.from_url(redis_url, socket_timeout=3, socket_connect_timeout=3) as client:
            all_told = told(client)
    except RedisError as error:
        log.warning("troubles_of_asterisk_not_known", error=type(error).__name__)
        return None
    found: Troubles = {}
    for each in (one for one in all_told if one.process == "listener"):
        if _value(each, "holos_ami_link_up") == [0.0]:
            found[Trouble.ASTERISK, each.node] = {}
        for far_end in _unreachable(each):
            found[Trouble.TRUNK, far_end] = {}
    return found


def _of_trunks(session: Session, rooms: Mapping[str, int], now: datetime) -> Troubles:
    loads = capacity.of_trunks(session, rooms, since=now - LATELY, now=now) if rooms else {}
    return {(Trouble.TRUNK_CHANNELS, trunk): _facts(load) for trunk, load in loads.items() if load.warns}


def _facts(load: Load) -> dict[str, str]:
    return {"most": str(load.lately), "room": str(load.room)}


def _value(process: Told, name: str) -> list[float]:
    return [sample.value for metric in process.metrics if metric.name == name for sample in metric.samples]


def _unreachable(process: Told) -> Sequence[str]:
    return [
        sample.labels.get("far_end", "")
        for metric in process.metrics
        if metric.name == "holos_trunk_reachable"
        for sample in metric.samples
        if sample.value == 0.0
    ]


def _of_recordings(session: Session, now: datetime) -> dict[str, Troubles]:
    """By the organisation's code; one whose recordings are well is left out."""
    oldest = {each.organisation: each.oldest for each in queries.unstored(session, since=now)}
    return {code: {(Trouble.RECORDINGS, ""): {}} for code, at in oldest.items() if at and at < now - RECORDING_TOO_OLD}


def _of_rosters(session: Session, now: datetime) -> defaultdict[int, Troubles]:
    found: defaultdict[int, Troubles] = defaultdict(dict)
    for trouble, told_of in (
        (Trouble.ROSTER, rosters.uncovered(session, now)),
        (Trouble.NOBODY_ON_DUTY, rosters.empty(session)),
    ):
        for organisation, each in told_of.items():
            found[organisation] |= {(trouble, place): facts for place, facts in each}
    return found


def _of_its_own(session: Session, organisation: Organisation, now: datetime) -> Troubles:
    found: Troubles = {}
    load = capacity.of_organisation(session, organisation, since=now - LATELY, now=now)
    if load.warns:
        found[Trouble.CHANNELS, ""] = _facts(load)
    incident = running(session, organisation.id)
    if incident is not None:
        found[Trouble.INCIDENT, incident.topic] = {"at": incident.began_at.isoformat()}
    for channel in outbox.overdue_channels(session, organisation.id, now - MESSAGE_TOO_OLD):
        found[Trouble.OUTBOX, channel.name] = {}
    return found
