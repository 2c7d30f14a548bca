"""An organisation's channels: added, changed, woken from their rest."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db import Conflict
from notify.model import ChannelKind, MessageState
from notify.tables import Channel, Message


class NameTaken(Conflict):
    """Another channel of the organisation has this name."""


def add_channel(session: Session, organisation: int, *, name: str, kind: ChannelKind) -> Channel:
    """A way out of the house, not yet on. NameTaken."""
    channel = Channel(organisation_id=organisation, name=name, kind=kind, enabled=False)
    try:
        with session.begin_nested():
            session.add(channel)
    except IntegrityError as error:
        raise NameTaken(name) from error
    return channel


def change_channel(
    session: Session,
    channel: Channel,
    *,
    name: str,
    settings: Mapping[str, Any],
    secret: str | None,
    enabled: bool,
) -> None:
    """Other settings; None keeps the secret. What waits is tried at once in the new way. NameTaken."""
    try:
        with session.begin_nested():
            channel.name, channel.settings, channel.enabled = name, dict(settings), enabled
            channel.secret = channel.secret if secret is None else secret
            channel.failures, channel.resting_until = 0, None
            session.flush()
    except IntegrityError as error:
        raise NameTaken(name) from error
    session.execute(
        update(Message)
        .where(Message.channel_id == channel.id, Message.state == MessageState.WAITING)
        .where(Message.asked_at <= func.now())  # what is for later stays for later
        .values(due_at=func.now())
    )


def wake(channel: Channel) -> None:
    """The channel does not rest any longer: somebody wants to know whether its far end is back."""
    channel.resting_until = None
