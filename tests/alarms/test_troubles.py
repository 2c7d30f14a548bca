"""Trouble with Holos itself: what the scheduler finds wrong, whom it tells, and that it ends by itself."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
import redis
from prometheus_client import CollectorRegistry, Gauge
from pydantic import SecretStr
from sqlalchemy import select, update
from structlog.testing import capture_logs

import db
from acd.tables import Queue, QueueMember
from calls.tables import ReaderPlace
from db import EVERY_ORGANISATION, transaction
from ivr import service as menus
from ivr.demonstration import KHM
from ivr.model import Closed, Duty, OpeningHours, Roster, Span, ToDuty
from notify.model import ChannelKind
from notify.tables import Channel, Message
from recordings import room
from recordings.model import RecordingState
from recordings.tables import Recording
from run.backstop import Backstop
from run.host.servers import Servers
from run.job_runs import JobRun
from run.metrics.clock import UNKEPT_SINCE, Clock, Watched
from run.metrics.process import PREFIX, Teller
from run.pages import queries
from run.parts import wanted_processes
from run.scheduler import Job, Scheduler, jobs_of
from run.settings import Settings
from run.troubles import Lookout
from staff.hours import span_of
from supervisor.alarms.jobs import Watch
from supervisor.alarms.model import State, Trouble
from tests.alarms.conftest import GROUP, SITE, City
from tests.notify.conftest import Outbox
from tests.notify.far_ends import HttpEnd
from tests.pages.statements import counted
from web import facts

MINUTE = timedelta(minutes=1)
OFFICE = OpeningHours(weekly=((Span(time(8), time(18)),),) * 7, public_holidays=False)
Look = Callable[[], dict[str, int]]


@pytest.fixture
def look(settings: Settings, city: City) -> Iterator[Look]:
    """One look, the first of its scheduler, while nobody has told anything of Asterisk or the disk yet."""
    url = settings.redis_url.get_secret_value()
    server = redis.Redis.from_url(url)
    facts.connect(url)

    def forget() -> None:
        for key in [*server.scan_iter(f"{PREFIX}*"), *server.scan_iter(f"{facts.PREFIX}*")]:
            server.delete(key)

    forget()
    yield lambda: Lookout(settings, ("a.job",)).look()
    forget()


def open_troubles(city: City) -> dict[int, set[tuple[str | None, str | None]]]:
    """Troubles told and not over, by organisation."""
    found: dict[int, set[tuple[str | None, str | None]]] = {}
    for alarm in city.alarms():
        if alarm.state != State.CLOSED:
            found.setdefault(alarm.organisation_id, set()).add((alarm.trouble, alarm.place))
    return found


def everybody(city: City, trouble: Trouble, place: str) -> dict[int, set[tuple[str | None, str | None]]]:
    return {organisation.id: {(trouble, place)} for organisation in city.centre.organisations.values()}


def run_job(do: Callable[[], dict[str, int]], at: datetime | None = None) -> None:
    Scheduler([Job("a.job", MINUTE, do)]).tick(datetime.now(UTC))
    if at is not None:
        with transaction(EVERY_ORGANISATION) as session:
            session.execute(update(JobRun).where(JobRun.name == "a.job").values(started_at=at, ended_at=at))


def fail() -> dict[str, int]:
    raise OSError("the disk is on fire")


def test_nothing_wrong_is_no_trouble(look: Look, city: City):
    run_job(dict)
    assert look() == {"raised": 0, "over": 0}
    assert city.alarms() == []


def test_a_job_that_fails_is_told_until_it_works_again(look: Look, city: City):
    run_job(fail)
    assert look() == {"raised": 2, "over": 0}
    assert look() == {"raised": 0, "over": 0}
    assert open_troubles(city) == everybody(city, Trouble.JOB, "a.job")
    Watch(SITE).look()
    (message,) = city.messages()
    assert message.recipient == GROUP
    assert "Регулярне завдання не вдається або запізнюється a.job" in message.text
    run_job(dict)
    assert look() == {"raised": 0, "over": 2}
    assert open_troubles(city) == {}


def test_a_job_that_is_late_is_told_and_one_that_is_no_more_is_not(look: Look, city: City, settings: Settings):
    run_job(dict, at=datetime.now(UTC) - 2 * MINUTE)
    look()
    assert open_troubles(city) == {}, "a minute late may be a long job of another"
    run_job(dict, at=datetime.now(UTC) - 4 * MINUTE)
    assert Lookout(settings, ()).look()["raised"] == 0
    look()
    assert open_troubles(city) == everybody(city, Trouble.JOB, "a.job")


def test_the_scheduler_looks_at_all_its_jobs_but_this_look_itself(look: Look, city: City, settings: Settings):
    *others, last = jobs_of(settings)
    with transaction(EVERY_ORGANISATION) as session:
        began = datetime.now(UTC) - timedelta(days=2)
        session.add_all(JobRun(name=job.name, every=job.every, started_at=began, ok=True) for job in [*others, last])
    last.done()
    assert {place for _, place in open_troubles(city)[city.id]} == {job.name for job in others}


def test_an_organisation_whose_alarms_fail_keeps_no_other_from_being_told(
    look: Look, city: City, mended: Callable[[], None]
):
    run_job(fail)
    assert look()["raised"] == 1
    assert set(open_troubles(city)) == {city.centre.organisations["dtm"].id}
    mended()
    look()
    assert open_troubles(city) == everybody(city, Trouble.JOB, "a.job")


def test_a_failed_job_leaves_its_traceback_in_the_log(city: City):
    with capture_logs() as said:
        run_job(fail)
    (told,) = [line for line in said if line["event"] == "job_failed"]
    assert (told["job"], told["error"], told["exc_info"]) == ("a.job", "OSError: the disk is on fire", True)


def test_a_reader_that_stands_still_is_told(look: Look, city: City):
    with transaction(EVERY_ORGANISATION) as session:
        session.add(ReaderPlace(reader="ledger", node="node1", seq=7, error="KeyError", failed_at=datetime.now(UTC)))
        session.add(ReaderPlace(reader="desk", node="node1", seq=7))
    look()
    assert open_troubles(city) == everybody(city, Trouble.READER, "ledger (node1)")


def test_a_full_disk_is_told(look: Look, city: City):
    room.note(1, 100, at=datetime.now(UTC))
    look()
    assert open_troubles(city) == everybody(city, Trouble.DISK, "")


@dataclass
class AListener:
    """What the node's listener tells; `stays_silent` is its end."""

    settings: Settings

    def __post_init__(self) -> None:
        self.registry = CollectorRegistry()
        url = self.settings.redis_url.get_secret_value()
        self._teller = Teller(url, "listener", self.settings.node, registry=self.registry)
        self.link = self.figure("holos_ami_link_up", 1)
        self.answered_in = self.figure("holos_asterisk_answer_seconds", 0.01)

    def figure(self, name: str, value: float, **labels: str) -> Gauge:
        gauge = Gauge(name, "x", list(labels), registry=self.registry)
        (gauge.labels(**labels) if labels else gauge).set(value)
        return gauge

    def tells(self) -> None:
        self._teller.tell()

    def stays_silent(self) -> None:
        server = redis.Redis.from_url(self.settings.redis_url.get_secret_value())
        for key in server.scan_iter(f"{PREFIX}listener:*"):
            server.delete(key)


@pytest.fixture
def listener(settings: Settings, look: Look) -> AListener:
    return AListener(settings)


def without_redis(settings: Settings) -> Settings:
    return settings.model_copy(update={"redis_url": SecretStr("redis://127.0.0.1:1")})


def test_asterisk_that_is_not_heard_and_a_silent_trunk_are_told_and_stay_when_nobody_knows(
    look: Look, city: City, listener: AListener, settings: Settings
):
    trunk = listener.figure("holos_trunk_reachable", 0, far_end="town")
    listener.link.set(0)
    listener.tells()
    look()
    wrong = {(Trouble.ASTERISK, "node1"), (Trouble.TRUNK, "town")}
    assert open_troubles(city)[city.id] == wrong
    assert Lookout(without_redis(settings), ("a.job",)).look()["over"] == 0, "without Redis nobody knows"
    listener.stays_silent()
    assert look()["over"] == 0, "without the listener nobody knows"
    assert open_troubles(city)[city.id] == wrong
    listener.link.set(1)
    trunk.labels("town").set(1)
    listener.tells()
    assert look()["over"] == 2 * 2
    assert open_troubles(city) == {}


def test_a_trunk_is_not_well_because_asterisk_is_away(look: Look, city: City, listener: AListener, settings: Settings):
    listener.figure("holos_trunk_reachable", 0, far_end="town")
    listener.tells()
    look()
    listener.stays_silent()
    mute = AListener(settings)  # Asterisk does not answer it: it tells nothing of trunks
    mute.registry.unregister(mute.answered_in)
    mute.link.set(0)
    mute.tells()
    look()
    assert open_troubles(city)[city.id] == {(Trouble.TRUNK, "town"), (Trouble.ASTERISK, "node1")}


def test_clocks_registrations_task_queues_and_the_disk_of_the_data_are_told(
    look: Look, city: City, listener: AListener
):
    figures = {
        Trouble.CLOCK: (listener.figure("holos_clock_offset_seconds", -1.2), 0.2),
        Trouble.REGISTRATION: (listener.figure("holos_registrations", 1, state="rejected"), 0),
        Trouble.TASK_QUEUE: (listener.figure(OVERLOADED, seconds_ago(60)), seconds_ago(660)),
        Trouble.DATA_DISK: (listener.figure("holos_disk_free_bytes", 9, directory="data"), 11),
    }
    listener.figure("holos_disk_size_bytes", 100, directory="data")
    listener.tells()
    look()
    assert open_troubles(city)[city.id] == {(trouble, "node1") for trouble in figures}
    for trouble, (gauge, well) in figures.items():
        labels = {Trouble.REGISTRATION: ("rejected",), Trouble.DATA_DISK: ("data",)}.get(trouble, ())
        (gauge.labels(*labels) if labels else gauge).set(well)
    listener.tells()
    look()
    assert open_troubles(city) == {}


def seconds_ago(seconds: float) -> float:
    return datetime.now(UTC).timestamp() - seconds


OVERLOADED = "holos_asterisk_task_queue_overloaded_timestamp_seconds"


def test_asterisks_clock_is_told_apart_from_the_machines(look: Look, city: City, listener: AListener):
    listener.figure("holos_asterisk_clock_ahead_seconds", 1.5)
    listener.tells()
    look()
    assert open_troubles(city)[city.id] == {(Trouble.CLOCK, "Asterisk (node1)")}


def test_a_clock_that_nobody_keeps_is_told_once_the_machine_has_had_time_to_ask(
    look: Look, city: City, listener: AListener
):
    since = listener.figure(UNKEPT_SINCE, seconds_ago(540))
    listener.tells()
    look()
    assert open_troubles(city) == {}
    since.set(seconds_ago(660))
    listener.tells()
    look()
    assert open_troubles(city)[city.id] == {(Trouble.CLOCK_UNKEPT, "node1")}
    listener.registry.unregister(since)
    listener.tells()
    assert look()["over"] == 2, "both organisations know that somebody keeps it again"


def test_where_the_kernel_does_not_tell_nobody_knows():
    begun, watched = datetime.now(UTC), Watched()
    unkept, kept = Clock(synchronised=False, offset=0.0), Clock(synchronised=True, offset=0.01)
    for number, (told, since) in enumerate(((unkept, begun), (unkept, begun), (None, None), (kept, None))):
        watched.look(told, begun + number * MINUTE)
        assert watched.unkept_since == since


@pytest.fixture
def all_tell(settings: Settings, look: Look, servers: Servers) -> Callable[..., None]:
    """Every process of the installation tells once, but for those named; all servers answer."""
    servers.start("s3")

    def tell(*but: str) -> None:
        server = redis.Redis.from_url(settings.redis_url.get_secret_value())
        for key in server.scan_iter(f"{PREFIX}*"):
            server.delete(key)
        for name, number in wanted_processes(settings):
            for _ in range(number if name not in but else 0):
                registry = CollectorRegistry()
                Gauge("holos_ami_link_up", "x", registry=registry).set(1)
                Teller(settings.redis_url.get_secret_value(), name, settings.node, registry=registry).tell()

    return tell


@pytest.mark.parametrize("process", ["web", "agi", "listener", "worker", "scheduler", "notifier", "bot"])
def test_a_process_that_two_looks_miss_is_told_until_it_is_back(
    city: City, settings: Settings, all_tell: Callable[..., None], process: str
):
    lookout = Lookout(settings, ())
    all_tell(process)
    lookout.look()
    assert open_troubles(city) == {}, "a restart is no trouble"
    lookout.look()
    assert open_troubles(city) == everybody(city, Trouble.PROCESS, process)
    assert Lookout(without_redis(settings), ()).look()["over"] == 0, "without Redis nobody knows"
    all_tell()
    lookout.look()
    assert open_troubles(city) == {}


@pytest.mark.parametrize(
    ("server", "away"),
    [("S3", {"s3_endpoint": "127.0.0.1:1"}), ("Redis", {"redis_url": SecretStr("redis://127.0.0.1:1")})],
)
def test_a_server_that_does_not_answer_twice_is_told_until_it_does(
    city: City, settings: Settings, all_tell: Callable[..., None], server: str, away: dict[str, object]
):
    all_tell()
    lookout = Lookout(settings.model_copy(update=away), ())
    lookout.look()
    assert open_troubles(city) == {}
    lookout.look()
    assert open_troubles(city) == everybody(city, Trouble.SERVER, server)
    with transaction(EVERY_ORGANISATION) as session:
        assert queries.part_states(session)[server].sign == "ill"
    Lookout(settings, ()).look()
    assert open_troubles(city) == {}


def test_since_when_a_part_is_as_it_is_is_kept_until_it_changes(
    city: City, settings: Settings, all_tell: Callable[..., None]
):
    def since() -> datetime:
        with transaction(EVERY_ORGANISATION) as session:
            return queries.part_states(session)["agi"].since

    all_tell()
    lookout = Lookout(settings, ())
    lookout.look()
    well = since()
    lookout.look()
    assert since() == well
    all_tell("agi")
    lookout.look()
    assert since() > well


def test_a_disk_that_nobody_looks_at_any_more_stays_told(look: Look, city: City):
    room.note(1, 100, at=datetime.now(UTC))
    look()
    room.note(90, 100, at=datetime.now(UTC) - 11 * MINUTE)
    assert look()["over"] == 0
    room.note(90, 100, at=datetime.now(UTC))
    assert look()["over"] == 2


def test_a_channel_that_failed_again_and_again_is_told_to_its_organisation_until_it_works(look: Look, city: City):
    def failed(times: int) -> None:
        with transaction(EVERY_ORGANISATION) as session:
            session.execute(update(Channel).where(Channel.id == city.mail.id).values(failures=times))

    failed(2)
    look()
    assert open_troubles(city) == {}
    failed(3)
    look()
    assert open_troubles(city) == {city.id: {(Trouble.ILL_CHANNEL, city.mail.name)}}
    failed(0)
    look()
    assert open_troubles(city) == {}


def test_the_notifier_tells_of_a_silent_scheduler_which_takes_it_back_itself(
    city: City, settings: Settings, all_tell: Callable[..., None]
):
    backstop = Backstop(settings)
    all_tell("scheduler")
    backstop.look()
    assert open_troubles(city) == {}
    backstop.look()
    backstop.look()
    assert open_troubles(city) == everybody(city, Trouble.PROCESS, "scheduler")
    all_tell()
    Lookout(settings, ()).look()
    assert open_troubles(city) == {}


def test_without_postgresql_those_on_the_first_rung_are_told_once_past_the_outbox(
    city: City, settings: Settings, all_tell: Callable[..., None], gateway: HttpEnd
):
    all_tell()
    backstop = Backstop(settings)
    backstop.look()
    db.connect("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    try:
        with ThreadPoolExecutor(1) as thread:  # as in the notifier: no event loop runs there
            assert [thread.submit(backstop.look).result() for _ in range(4)] == [0, 0, 1, 0]
    finally:
        db.connect(settings.database_url.get_secret_value())
    (posted,) = gateway.posted
    assert posted["chat_id"] == GROUP
    assert "PostgreSQL" in posted["text"]
    assert "Сервер не відповідає" in posted["text"]
    assert backstop.look() == 0
    assert open_troubles(city) == {}
    assert {(alarm.trouble, alarm.place) for alarm in city.alarms()} == {(Trouble.SERVER, "PostgreSQL")}
    assert city.messages() == [], "what is over wakes nobody"


def test_recordings_that_wait_for_too_long_are_told_to_their_organisation_alone(look: Look, city: City):
    with transaction(EVERY_ORGANISATION) as session:
        for login, waits in (("olena", timedelta(minutes=70)), ("anna", timedelta(minutes=50))):
            session.add(
                Recording(
                    organisation_id=city.person(login).organisation_id,
                    call=uuid4(),
                    segment=1,
                    state=RecordingState.SPOOLED,
                    ended_at=datetime.now(UTC) - waits,
                )
            )
    with counted(db.engine()) as statements:
        look()
    assert open_troubles(city) == {city.id: {(Trouble.RECORDINGS, "")}}
    assert sum("FROM recording" in statement for statement in statements) == 1, "as many for twenty organisations"


def _on_duty(city: City, *duties: Duty) -> None:
    """Out of hours callers are led to this roster."""
    night = Roster(name="night", duties=duties)
    with transaction(EVERY_ORGANISATION) as session:
        menus.publish(
            session, city.id, replace(KHM, rosters=(night,), closed=Closed(then=ToDuty("night")), hours=OFFICE)
        )


def test_hours_without_a_duty_are_told_to_their_organisation_until_they_are_filled(look: Look, city: City):
    _on_duty(city, Duty(queue="general", during=span_of("18:00–24:00")))
    _member(city, "general")
    look()
    assert open_troubles(city) == {city.id: {(Trouble.ROSTER, "night")}}
    assert look() == {"raised": 0, "over": 0}
    Watch(SITE).look()
    (message,) = city.messages()
    assert "У графіку чергувань є години, коли ніхто не чергує night" in message.text
    _on_duty(city, Duty(queue="general"))
    assert look() == {"raised": 0, "over": 1}


def test_a_duty_of_a_queue_in_which_nobody_is_told(look: Look, city: City):
    _on_duty(city, Duty(queue="general"))
    look()
    assert open_troubles(city) == {city.id: {(Trouble.NOBODY_ON_DUTY, "general")}}
    _member(city, "general")
    assert look() == {"raised": 0, "over": 1}


def _member(city: City, code: str) -> None:
    """Olena is in the queue, which is made where there is none."""
    with transaction(EVERY_ORGANISATION) as session:
        queue = session.scalar(select(Queue).where(Queue.code == code, Queue.organisation_id == city.id))
        if queue is None:
            queue = Queue(organisation_id=city.id, code=code, asterisk_name=f"khm-{code}", name={"uk": code})
            session.add(queue)
            session.flush()
        olena = city.person("olena").id
        session.add(QueueMember(organisation_id=city.id, queue_id=queue.id, person_id=olena))


def test_messages_that_wait_for_too_long_are_told_to_their_organisation_alone(look: Look, city: City):
    outbox = Outbox(city.id)
    way = outbox.channel(ChannelKind.EMAIL, host="127.0.0.1", port=1, sender="centre@city.example")
    outbox.put(way, "duty@city.example")
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Channel).where(Channel.id == way.id).values(failures=1))
    look()
    assert open_troubles(city) == {}, "a moment ago is not too long"
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Message).values(asked_at=Message.asked_at - 16 * MINUTE))
    look()
    assert open_troubles(city) == {city.id: {(Trouble.OUTBOX, way.name)}}
