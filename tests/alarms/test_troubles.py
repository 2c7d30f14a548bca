"""Trouble with Holos itself: what the scheduler finds wrong, whom it tells, and that it ends by itself."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
import redis
from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy import select, update
from structlog.testing import capture_logs

import db
from acd.tables import Queue, QueueMember
from calls.tables import ReaderPlace
from db import EVERY_ORGANISATION, transaction
from ivr import service as menus
from ivr.demonstration import KHM
from ivr.hours import span_of
from ivr.model import Closed, Duty, OpeningHours, Roster, Span, ToDuty
from notify.model import ChannelKind
from notify.tables import Channel, Message
from recordings import room
from recordings.model import RecordingState
from recordings.tables import Recording
from run import troubles
from run.job_runs import JobRun
from run.metrics.process import PREFIX, Teller
from run.scheduler import Job, Scheduler, jobs_of
from run.settings import Settings
from supervisor.alarms.jobs import Watch
from supervisor.alarms.model import State, Trouble
from tests.alarms.conftest import GROUP, SITE, City
from tests.notify.conftest import Outbox
from tests.pages.statements import counted
from web import facts

MINUTE = timedelta(minutes=1)
OFFICE = OpeningHours(weekly=((Span(time(8), time(18)),),) * 7, public_holidays=False)
Look = Callable[[], dict[str, int]]


@pytest.fixture
def look(settings: Settings, city: City) -> Iterator[Look]:
    """One look, while nobody has told anything of Asterisk or the disk yet."""
    url = settings.redis_url.get_secret_value()
    server = redis.Redis.from_url(url)
    facts.connect(url)

    def forget() -> None:
        for key in [*server.scan_iter(f"{PREFIX}*"), *server.scan_iter(f"{facts.PREFIX}*")]:
            server.delete(key)

    forget()
    yield lambda: troubles.look(url, {}, ("a.job",))
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
    assert troubles.look(settings.redis_url.get_secret_value(), {}, ())["raised"] == 0
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


def test_asterisk_that_is_not_heard_and_a_silent_trunk_are_told_and_stay_when_nobody_knows(
    look: Look, city: City, settings: Settings
):
    registry = CollectorRegistry()
    link = Gauge("holos_ami_link_up", "x", registry=registry)
    trunk = Gauge("holos_trunk_reachable", "x", ["far_end"], registry=registry)
    trunk.labels("town").set(0)
    listener = Teller(settings.redis_url.get_secret_value(), "listener", "node1", registry=registry)
    listener.tell()
    look()
    assert open_troubles(city)[city.id] == {(Trouble.ASTERISK, "node1"), (Trouble.TRUNK, "town")}
    assert troubles.look("redis://127.0.0.1:1", {}, ())["over"] == 0, "without Redis nobody knows"
    link.set(1)
    trunk.labels("town").set(1)
    listener.tell()
    assert look()["over"] == 2 * 2
    assert open_troubles(city) == {}


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
