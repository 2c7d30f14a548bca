"""A city with a ladder: a Telegram group at once, a mailbox after five minutes, and far ends that really listen."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, select

from acd.tables import Queue, WrapUp
from calls.tables import Topic
from db import EVERY_ORGANISATION, transaction
from notify.model import ChannelKind
from notify.sender import Sender
from notify.tables import Channel, Message
from run.notifier import zones
from staff.tables import Person
from supervisor.alarms.model import Kind
from supervisor.alarms.tables import Alarm, AlarmDeed, AlarmStep
from tests.centre import Centre
from tests.loop import play
from tests.notify.conftest import TOKEN
from tests.notify.far_ends import HttpEnd, MailServer
from tests.pages.a_call import answered_call

CALLER = "+380671239999"
NOTE = "Марія Коваленко скаржиться на сусіда"
GROUP = "-1001234567890"
MAILBOX = "duty@city.example"
SITE = "https://holos.city.example"


@dataclass
class City:
    """The city's alarms, as committed."""

    centre: Centre
    group: Channel
    mail: Channel

    @property
    def id(self) -> int:
        return self.group.organisation_id

    def person(self, login: str) -> Person:
        return self.centre.people[login]

    def talk(self, result: str | None, *, at: datetime | None = None, by: str = "olena") -> UUID:
        """A call that somebody has talked with, and what they said of it."""
        person = self.person(by)
        call = answered_call(person, caller=CALLER)
        now = at or datetime.now(UTC)
        with transaction(EVERY_ORGANISATION) as session:
            session.add(
                WrapUp(
                    organisation_id=person.organisation_id,
                    call=call,
                    person_id=person.id,
                    result=result,
                    topic="water",
                    note=NOTE,
                    started_at=now - timedelta(seconds=30),
                    due_at=now,
                    finished_at=now if result else None,
                )
            )
        return call

    def alarms(self) -> list[Alarm]:
        with transaction(EVERY_ORGANISATION) as session:
            return list(session.scalars(select(Alarm).order_by(Alarm.id)))

    def messages(self) -> list[Message]:
        with transaction(EVERY_ORGANISATION) as session:
            return list(session.scalars(select(Message).order_by(Message.id)))

    def deeds(self) -> list[str]:
        with transaction(EVERY_ORGANISATION) as session:
            return list(session.scalars(select(AlarmDeed.deed).order_by(AlarmDeed.id)))


def send_all() -> None:
    """Sends what waits, as the notifier does, once."""

    async def scene() -> None:
        sender = Sender(zones)
        await sender.look()
        await sender.finish()

    play(scene())


@pytest.fixture
def gateway() -> Iterator[HttpEnd]:
    """Telegram's Bot API."""
    with HttpEnd() as listening:
        listening.telegram(200)
        yield listening


@pytest.fixture
def city(app: FastAPI, centre: Centre, gateway: HttpEnd, mail_server: MailServer) -> City:
    organisation = centre.organisations["khm"].id
    with transaction(EVERY_ORGANISATION) as session:
        name = {"uk": "Водопостачання", "en": "Water"}
        session.add(Topic(organisation_id=organisation, code="water", name=name))
        session.add(Queue(organisation_id=organisation, code="water", asterisk_name="khm-water", name=name))
        ways = {
            ChannelKind.TELEGRAM: ({"base": gateway.url}, TOKEN),
            ChannelKind.EMAIL: (mail_server.settings(), ""),
        }
        group, mail = (
            Channel(organisation_id=organisation, name=str(uuid4()), kind=kind, settings=settings, secret=secret)
            for kind, (settings, secret) in ways.items()
        )
        session.add_all([group, mail])
        session.flush()
        for way, recipient, after, again in (
            (group, GROUP, timedelta(0), None),
            (mail, MAILBOX, timedelta(minutes=5), timedelta(minutes=10)),
        ):
            session.add(
                AlarmStep(
                    organisation_id=organisation,
                    after=after,
                    again_every=again,
                    channel_id=way.id,
                    recipient=recipient,
                    language="uk",
                    kinds=[kind.value for kind in Kind],
                )
            )
    return City(centre, group, mail)


@pytest.fixture
def mended(city: City, owner: Engine) -> Iterator[Callable[[], None]]:
    """PostgreSQL takes no alarm of the city, until it is mended."""

    def alter(how: str) -> None:
        with owner.begin() as connection:
            connection.exec_driver_sql(f"ALTER TABLE alarm {how}")

    alter(f"ADD CONSTRAINT none_of_the_city CHECK (organisation_id <> {city.id})")
    yield lambda: alter("DROP CONSTRAINT none_of_the_city")
    alter("DROP CONSTRAINT IF EXISTS none_of_the_city")
