"""What may be wrong with the installation, looked for by the scheduler every few seconds and told as alarms.

What nobody could find out now is not over: a trouble that is not known to be gone stays as it was told.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import redis
import structlog
from redis.exceptions import RedisError
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db import EVERY_ORGANISATION, transaction
from notify import queries as outbox
from recordings import room
from recordings.model import Room
from reports.availability import model as availability
from reports.availability import service as log_of_parts
from run import parts, rosters
from run.metrics import queries
from run.metrics.clock import UNKEPT_SINCE
from run.metrics.process import NOWHERE, Told, told
from run.pages.queries import job_runs, part_states, reader_places
from run.part_states import PartState
from run.parts import Part, Sign
from run.settings import Settings
from staff.queries import organisations
from staff.tables import Organisation
from supervisor.alarms import service
from supervisor.alarms.model import Trouble
from supervisor.capacity import queries as capacity
from supervisor.capacity.model import LATELY, Load
from supervisor.surge.queries import running

log = structlog.get_logger()

EVERY: Final = timedelta(seconds=15)
RECORDING_TOO_OLD = timedelta(hours=1)
MESSAGE_TOO_OLD = timedelta(minutes=15)
CHANNEL_FAILURES = 3  # in a row: one may be a mail server's bad moment
OVERLOADED_FOR = timedelta(minutes=10)  # after a queue of Asterisk's tasks was too long
CLOCK_OFF = 1.0  # seconds
UNKEPT_FOR = timedelta(minutes=10)  # a machine that has just begun asks for the time first
LEAST_FREE = 0.1  # of a disk

OF_ASTERISK: Final = frozenset({Trouble.TRUNK, Trouble.REGISTRATION, Trouble.CLOCK})  # as it answered the listener
OF_LISTENER: Final = OF_ASTERISK | {Trouble.ASTERISK, Trouble.TASK_QUEUE, Trouble.DATA_DISK, Trouble.CLOCK_UNKEPT}

Troubles = dict[tuple[Trouble, str], Mapping[str, str]]


class Lookout:
    """Looks again and again; `jobs` are those that the scheduler runs: one that a release has dropped is late for ever.

    A process or server that is not there is told when a second look misses it too: a restart is no trouble.
    """

    def __init__(self, settings: Settings, jobs: Collection[str]) -> None:
        self._settings, self._jobs = settings, jobs
        self._missed: frozenset[tuple[Trouble, str]] = frozenset()
        url = settings.redis_url.get_secret_value()
        self._redis = redis.Redis.from_url(url or NOWHERE, socket_timeout=1, socket_connect_timeout=1)

    def look(self) -> dict[str, int]:
        """Raises what is wrong now and closes what is over, for each organisation that wants to know."""
        now = datetime.now(UTC)
        all_told = self._told()
        found = self._of_parts(all_told, now) | _of_listeners(all_told or (), now) | _of_disk()
        not_known = _not_known(all_told, self._settings.node)
        raised = ended = 0
        with transaction(EVERY_ORGANISATION) as session:
            rooms = self._settings.trunk_channels
            found |= _of_readers(session) | _of_jobs(session, self._jobs, now) | _of_trunks(session, rooms, now)
            recordings, on_duty = _of_recordings(session, now), _of_rosters(session, now)
            by_organisation = [
                (each.id, found | recordings.get(each.code, {}) | on_duty[each.id] | _of_its_own(session, each, now))
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

    def _told(self) -> list[Told] | None:
        """None without Redis: nobody knows, and what was told before stays."""
        try:
            return told(self._redis)
        except RedisError as error:
            log.warning("processes_not_known", error=type(error).__name__)
            return None

    def _of_parts(self, all_told: list[Told] | None, now: datetime) -> Troubles:
        """Servers and processes, whose states are kept for the status page."""
        servers = parts.servers(self._settings, self._redis)
        processes = parts.processes(self._settings, all_told)
        every_part = [*servers, parts.asterisk(self._settings, all_told), *processes]
        _keep(every_part, now)
        _log(every_part, now)
        ill = {(Trouble.SERVER, part.name) for part in servers if part.sign is Sign.ILL}
        ill |= {(Trouble.PROCESS, part.name) for part in processes if part.sign is Sign.ILL}
        found: Troubles = {key: {} for key in ill & self._missed}
        self._missed = frozenset(ill)
        return found


def _keep(found: Collection[Part], now: datetime) -> None:
    """Since when each part is as it is; written only where that has changed."""
    with transaction(EVERY_ORGANISATION) as session:
        known = {name: row.sign for name, row in part_states(session).items()}
        for part in found:
            if known.get(part.name) != part.sign:
                values = {"sign": part.sign.value, "since": now}
                session.execute(
                    insert(PartState)
                    .values(name=part.name, **values)
                    .on_conflict_do_update(index_elements=["name"], set_=values)
                )


def _log(found: Collection[Part], now: datetime) -> None:
    """The monitor's log, for the report of availability: of several processes one is enough to serve."""
    signs = {Sign.WELL: availability.Sign.THERE, Sign.ILL: availability.Sign.AWAY}
    seen = {
        part.name: availability.Sign.THERE if part.there else signs.get(part.sign, availability.Sign.NOT_KNOWN)
        for part in found
    }
    with transaction(EVERY_ORGANISATION) as session:
        log_of_parts.note(session, seen, now)


def _not_known(all_told: Collection[Told] | None, node: str) -> frozenset[Trouble]:
    """What nobody can say of now: nothing of it is over."""
    not_known = frozenset() if room.told() is not None else frozenset({Trouble.DISK})
    if all_told is None:
        return not_known | OF_LISTENER | {Trouble.PROCESS}
    listener = next((each for each in all_told if each.process == "listener" and each.node == node), None)
    if listener is None:
        return not_known | OF_LISTENER
    if not _values(listener, "holos_ami_link_up") or not _values(listener, "holos_asterisk_answer_seconds"):
        return not_known | OF_ASTERISK
    return not_known


def _of_disk() -> Troubles:
    disk = room.told()
    return {} if disk is None or disk.room is Room.ENOUGH else {(Trouble.DISK, ""): {}}


def _of_readers(session: Session) -> Troubles:
    return {(Trouble.READER, f"{each.name} ({each.node})"): {} for each in reader_places(session) if each.error}


def _of_jobs(session: Session, jobs: Collection[str], now: datetime) -> Troubles:
    runs = (run for run in job_runs(session) if run.name in jobs)
    return {(Trouble.JOB, run.name): {} for run in runs if run.ok is False or run.is_late(now)}


def _of_listeners(all_told: Collection[Told], now: datetime) -> Troubles:
    """What listeners tell of Asterisk, its links, their clocks and disks."""
    listeners = (each for each in all_told if each.process == "listener")
    return {key: {} for each in listeners for key in _of_listener(each, now)}


def _of_listener(listener: Told, now: datetime) -> Iterator[tuple[Trouble, str]]:
    if 0.0 in _values(listener, "holos_ami_link_up").values():
        yield Trouble.ASTERISK, listener.node
    for far_end, reachable in _values(listener, "holos_trunk_reachable", "far_end").items():
        if not reachable:
            yield Trouble.TRUNK, far_end
    ours = _values(listener, "holos_registrations", "state")
    if ours.get("unregistered") or ours.get("rejected"):
        yield Trouble.REGISTRATION, listener.node
    if any(abs(ahead) > CLOCK_OFF for ahead in _values(listener, "holos_asterisk_clock_ahead_seconds").values()):
        yield Trouble.CLOCK, f"Asterisk ({listener.node})"
    if any(abs(offset) > CLOCK_OFF for offset in _values(listener, "holos_clock_offset_seconds").values()):
        yield Trouble.CLOCK, listener.node
    unkept = _values(listener, UNKEPT_SINCE).values()
    if any(now.timestamp() - since >= UNKEPT_FOR.total_seconds() for since in unkept):
        yield Trouble.CLOCK_UNKEPT, listener.node
    overloaded = _values(listener, "holos_asterisk_task_queue_overloaded_timestamp_seconds").values()
    if any(now.timestamp() - at < OVERLOADED_FOR.total_seconds() for at in overloaded):
        yield Trouble.TASK_QUEUE, listener.node
    size = _values(listener, "holos_disk_size_bytes", "directory").get("data")
    if size and _values(listener, "holos_disk_free_bytes", "directory").get("data", size) / size < LEAST_FREE:
        yield Trouble.DATA_DISK, listener.node


def _of_trunks(session: Session, rooms: Mapping[str, int], now: datetime) -> Troubles:
    loads = capacity.of_trunks(session, rooms, since=now - LATELY, now=now) if rooms else {}
    return {(Trouble.TRUNK_CHANNELS, trunk): _facts(load) for trunk, load in loads.items() if load.warns}


def _facts(load: Load) -> dict[str, str]:
    return {"most": str(load.lately), "room": str(load.room)}


def _values(process: Told, name: str, label: str = "") -> dict[str, float]:
    """A figure of a process by one of its labels."""
    return {
        sample.labels.get(label, ""): sample.value
        for metric in process.metrics
        if metric.name == name
        for sample in metric.samples
    }


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
    for channel in outbox.ill_channels(session, organisation.id, CHANNEL_FAILURES):
        found[Trouble.ILL_CHANNEL, channel.name] = {}
    return found
