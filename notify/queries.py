"""What is in the outbox, and the channels out of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db import NotFound
from notify.model import MessageState
from notify.tables import Channel, Message

Found = TypeVar("Found", Channel, Message)


def channel(session: Session, channel_id: int) -> Channel:
    """The channel. NotFound, also for another organisation's."""
    return _one(session, Channel, channel_id)


def channel_locked(session: Session, channel_id: int) -> Channel:
    """The channel as it is now, locked until the transaction ends. NotFound."""
    return _one(session, Channel, channel_id, lock=True)


def channels(session: Session) -> Sequence[Channel]:
    """All channels, by name."""
    return session.scalars(select(Channel).order_by(Channel.name, Channel.id)).all()


def get(session: Session, message_id: int) -> Message:
    """The message. NotFound, also for another organisation's."""
    return _one(session, Message, message_id)


def locked(session: Session, message_id: int) -> Message:
    """The message as it is now, locked until the transaction ends. NotFound."""
    return _one(session, Message, message_id, lock=True)


def with_key(session: Session, organisation: int, key: str) -> Message:
    """The message that was asked for under this key. NotFound."""
    found = session.scalar(select(Message).where(Message.organisation_id == organisation, Message.key == key))
    if found is None:
        raise NotFound(f"message with key {key!r}")
    return found


_OPEN = (MessageState.WAITING, MessageState.SENDING)


def channels_with_work(session: Session, at: datetime) -> Sequence[Channel]:
    """Channels that are on, do not rest, and have something due."""
    due = select(Message.id).where(Message.channel_id == Channel.id, Message.state.in_(_OPEN), Message.due_at <= at)
    awake = or_(Channel.resting_until.is_(None), Channel.resting_until <= at)
    return session.scalars(select(Channel).where(Channel.enabled, awake, due.exists()).order_by(Channel.id)).all()


def due(session: Session, channel_id: int, at: datetime, *, at_most: int) -> Sequence[Message]:
    """What is due in a channel, longest first, locked; what another sender holds is passed over."""
    return session.scalars(
        select(Message)
        .where(Message.channel_id == channel_id, Message.state.in_(_OPEN), Message.due_at <= at)
        .order_by(Message.due_at, Message.id)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    ).all()


def undone(session: Session, *, at_most: int = 100) -> Sequence[tuple[Message, Channel]]:
    """What was refused or given up, newest first, each with its channel."""
    rows = session.execute(
        select(Message, Channel)
        .join(Channel, Channel.id == Message.channel_id)
        .where(Message.state.in_((MessageState.FAILED, MessageState.DEAD)))
        .order_by(Message.id.desc())
        .limit(at_most)
    )
    return [(row[0], row[1]) for row in rows]


def _one(session: Session, what: type[Found], key: int, *, lock: bool = False) -> Found:
    found = session.get(what, key, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound(f"{what.__tablename__} {key}")
    return found
