"""Each dependency is broken in turn: an alarm and the status page name it, and both know when it works again."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import delete, select

from notify import service
from notify.model import ChannelKind
from notify.tables import Channel, Message
from staff.access import COOKIE
from staff.model import Role
from staff.sign_in import open_session
from staff.tables import Person
from supervisor.alarms.model import Kind, Trouble
from supervisor.alarms.tables import AlarmStep
from tests.notify.conftest import TOKEN
from tests.notify.far_ends import HttpEnd
from tests.town.product import Product
from tests.town.town import Town
from tests.town.waiting import wait_for

NOTICED = 60  # seconds: fifteen of silence, two looks fifteen seconds apart, and a slow machine
KNOWS = b"backstop_knows"
GROUP, SMS = "Чергові", "SMS"


@pytest.fixture(scope="module")
def messenger(running_town: Town) -> Iterator[HttpEnd]:
    """Telegram, where the city's group is told at once of trouble with Holos; a notifier runs."""
    product = running_town.product
    with HttpEnd() as gateway:
        gateway.telegram(200)
        with product.office("khm") as (session, organisation):
            own = {"organisation_id": organisation.id}
            settings = {"base": gateway.url}
            way = Channel(**own, name=GROUP, kind=ChannelKind.TELEGRAM, settings=settings, secret=TOKEN)
            session.add(way)
            session.flush()
            step = {"channel_id": way.id, "recipient": "-100", "language": "uk", "kinds": [Kind.INSTALLATION.value]}
            session.add(AlarmStep(**own, after=timedelta(0), **step))
        log = product.log_of("notifier")
        before = log.stat().st_size if log.exists() else 0
        product.begin("notifier")
        wait_for("the notifier to know whom", lambda: KNOWS in log.read_bytes()[before:], seconds=NOTICED)
        yield gateway
        product.kill("notifier")
        with product.office("khm") as (session, _):
            session.execute(delete(AlarmStep).where(AlarmStep.channel_id == way.id))
            for channel in session.scalars(select(Channel).where(Channel.name.in_([GROUP, SMS]))):
                channel.enabled, channel.name = False, f"{channel.name} {channel.id}"


@pytest.fixture
def group(town: Town, messenger: HttpEnd) -> Iterator[HttpEnd]:
    """What the group is told from now on; afterwards everything works."""
    messenger.posted.clear()
    yield messenger
    town.product.mend()


@pytest.fixture
def reader(town: Town) -> Iterator[httpx.Client]:
    """A supervisor of the city who looks at pages."""
    with town.product.office("khm") as (session, organisation):
        looks = Person.organisation_id == organisation.id, Person.roles.contains([Role.SUPERVISOR.value])
        token = open_session(session, session.scalars(select(Person).where(*looks)).all()[0])
    with httpx.Client(base_url=town.product.settings.public_url, cookies={COOKIE: token}, timeout=20) as browser:
        yield browser


@pytest.fixture
def shows(reader: httpx.Client) -> Callable[[str, str], bool]:
    """Whether the status page shows a part or a channel in this tone."""

    def shown(name: str, tone: str) -> bool:
        row = re.search(rf'<tr data-(?:part|way)="{name}">(.*?)</tr>', reader.get("/status").text, re.DOTALL)
        return row is not None and f"badge-{tone}" in row[1]

    return shown


def open_troubles(product: Product) -> set[tuple[str, str]]:
    """What the city's alarms name and is not over."""
    rows = product.rows(
        "SELECT trouble, place FROM alarm JOIN organisation ON organisation.id = alarm.organisation_id"
        " WHERE trouble IS NOT NULL AND state <> 'closed' AND code = 'khm'"
    )
    return {(row["trouble"], row["place"]) for row in rows}


def is_named(product: Product, *wanted: tuple[Trouble, str]) -> None:
    """Alarms name all of them."""
    names = set(wanted)
    wait_for(f"alarms about {names}", lambda: names <= open_troubles(product), seconds=NOTICED, every=0.5)


def is_over(product: Product, *wanted: tuple[Trouble, str]) -> None:
    """No alarm names any of them any more."""
    names = set(wanted)
    wait_for(f"{names} to be over", lambda: not names & open_troubles(product), seconds=NOTICED, every=0.5)


def is_told(gateway: HttpEnd, name: str) -> None:
    """The group has read the name."""
    wait_for(
        f"the group to be told of {name}", lambda: any(name in each["text"] for each in gateway.posted), seconds=NOTICED
    )


def test_processes_and_the_store(town: Town, group: HttpEnd, shows: Callable[[str, str], bool]) -> None:
    """Four of them at once: each is named for itself."""
    product = town.product
    killed = ("agi", "worker", "web")
    wrong = [*((Trouble.PROCESS, name) for name in killed), (Trouble.SERVER, "S3")]
    wait_for("all to be seen", lambda: all(shows(name, "good") for name in (*killed, "S3")), seconds=NOTICED)
    for name in (*killed, "s3"):
        product.kill(name)
    is_named(product, *wrong)
    for name in (*killed, "S3"):
        is_told(group, name)
    product.begin("web")
    product.wait_until_ready("web")
    assert all(shows(name, "bad") for name in ("agi", "worker", "S3"))
    for name in ("agi", "worker", "s3"):
        product.begin(name)
    is_over(product, *wrong)
    assert all(shows(name, "good") for name in ("agi", "S3"))


def test_asterisk_and_its_listener(town: Town, group: HttpEnd, shows: Callable[[str, str], bool]) -> None:
    """Asterisk is killed, then the listener: that nobody hears it any more does not make Asterisk well."""
    product = town.product
    unheard, silent = (Trouble.ASTERISK, product.settings.node), (Trouble.PROCESS, "listener")
    product.kill("asterisk")
    is_named(product, unheard)
    is_told(group, "Asterisk")
    wait_for("the page to show it", lambda: shows("Asterisk", "bad"), seconds=NOTICED)
    product.kill("listener")
    is_named(product, silent)
    is_told(group, "listener")
    assert unheard in open_troubles(product), "nobody knows that Asterisk is heard again"
    assert shows("listener", "bad")
    assert shows("Asterisk", "warn"), "nobody can know"
    product.begin("asterisk")
    product.begin("listener")
    is_over(product, unheard, silent)
    wait_for("the page to show both", lambda: shows("Asterisk", "good") and shows("listener", "good"), seconds=NOTICED)


def test_redis(town: Town, group: HttpEnd, shows: Callable[[str, str], bool]) -> None:
    """Without it nobody knows of processes: none is called ill."""
    product = town.product
    product.kill("redis")
    is_named(product, (Trouble.SERVER, "Redis"))
    is_told(group, "Redis")
    assert shows("Redis", "bad")
    assert shows("agi", "warn")
    product.begin("redis")
    is_over(product, (Trouble.SERVER, "Redis"))
    assert shows("Redis", "good")


def test_the_scheduler(town: Town, group: HttpEnd, shows: Callable[[str, str], bool]) -> None:
    """It looks for trouble: the notifier tells of its own absence."""
    product = town.product
    product.kill("scheduler")
    is_named(product, (Trouble.PROCESS, "scheduler"))
    is_told(group, "scheduler")
    assert shows("scheduler", "bad")
    product.begin("scheduler")
    is_over(product, (Trouble.PROCESS, "scheduler"))


def test_postgresql(town: Town, group: HttpEnd, reader: httpx.Client, shows: Callable[[str, str], bool]) -> None:
    """Alarms are kept there: the group is told past the outbox, pages say which server it is."""
    product = town.product
    assert shows("PostgreSQL", "good")
    product.kill("postgres")
    wait_for("the group to be told", lambda: any("PostgreSQL" in it["text"] for it in group.posted), seconds=NOTICED)
    answer = reader.get("/status", headers={"Accept-Language": "en"})
    assert answer.status_code == 503
    assert "The database does not answer." in answer.text
    assert reader.get("/readyz").json()["postgres"] is False
    product.begin("postgres")
    raised = "SELECT 1 AS one FROM alarm WHERE place = 'PostgreSQL' AND state = 'closed'"
    wait_for("it to be written down", lambda: product.rows(raised), seconds=NOTICED)
    assert sum("PostgreSQL" in it["text"] for it in group.posted) == 1


def test_a_gateway_of_sms(town: Town, group: HttpEnd, shows: Callable[[str, str], bool]) -> None:
    """Its channel is named until a message goes out again."""
    product = town.product
    with HttpEnd() as gateway:
        gateway.answer(500)
        with product.office("khm") as (session, organisation):
            settings = {"url": gateway.url}
            way = Channel(organisation_id=organisation.id, name=SMS, kind=ChannelKind.SMS_HTTP, settings=settings)
            session.add(way)
            session.flush()
            words = {"language": "uk", "key": "a-test-of-faults", "parameters": {"organisation": "Хмельницький"}}
            service.put(session, way, "+380671112233", service.TEST, **words)
        is_named(product, (Trouble.ILL_CHANNEL, SMS))
        is_told(group, SMS)
        assert shows(SMS, "bad")
        gateway.answer(200, {"id": "1"})
        with product.office("khm") as (session, _):
            channel = session.scalars(select(Channel).where(Channel.name == SMS)).one()
            channel.resting_until = None
            for message in session.scalars(select(Message).where(Message.channel_id == channel.id)):
                message.due_at = message.created_at
        is_over(product, (Trouble.ILL_CHANNEL, SMS))
        assert shows(SMS, "good")
