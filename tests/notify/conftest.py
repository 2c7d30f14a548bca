"""A city's channels with far ends that really listen."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import EVERY_ORGANISATION, transaction
from notify import service
from notify.model import ChannelKind
from notify.tables import Channel, Message
from tests.centre import Centre
from tests.notify.far_ends import HttpEnd

TOKEN = "123456:a-token-of-a-test"


def channel(session: Session, organisation: int, kind: ChannelKind, secret: str = "", **settings: Any) -> Channel:
    """A channel of the organisation, stored."""
    made = Channel(organisation_id=organisation, name=str(uuid4()), kind=kind, settings=settings, secret=secret)
    session.add(made)
    session.flush()
    session.refresh(made)
    return made


def put(session: Session, way: Channel, recipient: str, *, key: str = "", language: str = "uk") -> Message:
    """A test message in the outbox."""
    return service.put(
        session,
        way,
        recipient,
        service.TEST,
        language=language,
        key=key or str(uuid4()),
        parameters={"organisation": "Хмельницький"},
    )


@dataclass
class Outbox:
    """The city's outbox, committed."""

    organisation: int

    def channel(self, kind: ChannelKind, secret: str = "", **settings: Any) -> Channel:
        with transaction(self.organisation) as session:
            return channel(session, self.organisation, kind, secret, **settings)

    def put(self, way: Channel, recipient: str, **said: str) -> int:
        with transaction(self.organisation) as session:
            return put(session, way, recipient, **said).id

    def message(self, message_id: int) -> Message:
        """As committed now."""
        with transaction(EVERY_ORGANISATION) as session:
            found = session.scalars(select(Message).where(Message.id == message_id)).one()
            session.expunge(found)
            return found

    def health(self, way: Channel) -> Channel:
        """The channel as committed now."""
        with transaction(EVERY_ORGANISATION) as session:
            found = session.scalars(select(Channel).where(Channel.id == way.id)).one()
            session.expunge(found)
            return found


@pytest.fixture
def outbox(centre: Centre) -> Outbox:
    return Outbox(centre.organisations["khm"].id)


@pytest.fixture
def gateway() -> Iterator[HttpEnd]:
    """Answers HTTP: an SMS gateway, or Telegram's Bot API."""
    with HttpEnd() as listening:
        yield listening
