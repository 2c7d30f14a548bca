"""What is in the outbox, and the channels out of it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from db import NotFound
from notify.model import MessageState
from notify.tables import Channel, Message, MessagePart, OptOut, Wording

Found = TypeVar("Found", Channel, Message)

PAGE = 50


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


def find(session: Session, message_id: int) -> Message | None:
    """The message, None instead of NotFound."""
    return session.get(Message, message_id)


def locked(session: Session, message_id: int) -> Message:
    """The message as it is now, locked until the transaction ends. NotFound."""
    return _one(session, Message, message_id, lock=True)


def with_key(session: Session, organisation: int, key: str) -> Message:
    """The message that was asked for under this key. NotFound."""
    found = session.scalar(select(Message).where(Message.organisation_id == organisation, Message.key == key))
    if found is None:
        raise NotFound(f"message with key {key!r}")
    return found


def with_keys(session: Session, organisation: int, keys: Collection[str]) -> dict[str, Message]:
    """The messages that were asked for under these keys."""
    wanted = select(Message).where(Message.organisation_id == organisation, Message.key.in_(keys))
    return {message.key: message for message in session.scalars(wanted)}


_OPEN = (MessageState.WAITING, MessageState.SENDING)
_UNDONE = (MessageState.FAILED, MessageState.DEAD)


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


def listening_channels(session: Session, kinds: Iterable[str], *, organisation: int | None = None) -> Sequence[Channel]:
    """Channels of these kinds that are on, the oldest first; of one organisation, or of all that are seen."""
    wanted = select(Channel).where(Channel.enabled, Channel.kind.in_(list(kinds)))
    if organisation is not None:
        wanted = wanted.where(Channel.organisation_id == organisation)
    return session.scalars(wanted.order_by(Channel.id)).all()


def overdue_channels(session: Session, organisation: int, before: datetime) -> Sequence[Channel]:
    """Channels that are on, do not work, and have messages waiting that were asked for before then."""
    waiting = select(Message.id).where(
        Message.channel_id == Channel.id, Message.state.in_(_OPEN), Message.asked_at < before
    )
    wanted = select(Channel).where(Channel.organisation_id == organisation, Channel.enabled, Channel.failures > 0)
    return session.scalars(wanted.where(waiting.exists()).order_by(Channel.id)).all()


def ill_channels(session: Session, organisation: int, failures: int) -> Sequence[Channel]:
    """Channels that are on and have failed so often in a row."""
    ill = (Channel.organisation_id == organisation, Channel.enabled, Channel.failures >= failures)
    return session.scalars(select(Channel).where(*ill).order_by(Channel.id)).all()


def taken_since(session: Session, channel_id: int, since: datetime) -> int:
    """How many messages of the channel have gone out since then, or are under way."""
    gone = or_(and_(Message.sent_at.is_not(None), Message.sent_at >= since), Message.state == MessageState.SENDING)
    return session.scalar(select(func.count()).where(Message.channel_id == channel_id, gone)) or 0


def taken_by(session: Session, channel_id: int, recipients: Collection[str], since: datetime) -> dict[str, int]:
    """How many messages of the channel have gone to each of these since then, or are under way."""
    gone = or_(and_(Message.sent_at.is_not(None), Message.sent_at >= since), Message.state == MessageState.SENDING)
    rows = session.execute(
        select(Message.recipient, func.count())
        .where(Message.channel_id == channel_id, Message.recipient.in_(recipients), gone)
        .group_by(Message.recipient)
    )
    return {row[0]: row[1] for row in rows}


def parts(session: Session, message_id: int) -> Sequence[MessagePart]:
    """The parts of a sent message."""
    return session.scalars(
        select(MessagePart).where(MessagePart.message_id == message_id).order_by(MessagePart.id)
    ).all()


def channel_of_reports(session: Session, key: str) -> Channel | None:
    """The channel that is on and takes reports of delivery under this secret."""
    return _channel_with(session, "report_key", key)


def channel_of_answers(session: Session, key: str) -> Channel | None:
    """The channel that is on and takes what people write to us under this secret."""
    return _channel_with(session, "answer_key", key)


def _channel_with(session: Session, name: str, key: str) -> Channel | None:
    theirs = Channel.settings[name].astext == key
    return session.scalar(select(Channel).where(Channel.enabled, theirs)) if key else None


def parts_to_ask(session: Session, at: datetime, *, at_most: int) -> Sequence[tuple[MessagePart, Channel]]:
    """Parts whose far end is to be asked what became of them, the longest due first, locked."""
    rows = session.execute(
        select(MessagePart, Channel)
        .join(Channel, Channel.id == MessagePart.channel_id)
        .where(Channel.enabled, MessagePart.ask_at <= at)
        .order_by(MessagePart.ask_at)
        .limit(at_most)
        .with_for_update(of=MessagePart, skip_locked=True)
    )
    return [(row[0], row[1]) for row in rows]


def opted_out(session: Session, organisation: int, phones: Collection[str]) -> set[str]:
    """Those of the numbers whose owners want no SMS."""
    wanted = select(OptOut.phone).where(OptOut.organisation_id == organisation, OptOut.undone_at.is_(None))
    return set(session.scalars(wanted.where(OptOut.phone.in_(phones)))) if phones else set()


def opt_out(session: Session, opt_out_id: int) -> OptOut:
    """The row. NotFound, also for another organisation's."""
    found = session.get(OptOut, opt_out_id)
    if found is None:
        raise NotFound(f"opt-out {opt_out_id}")
    return found


def opt_outs(session: Session, *, digits: str = "", before: int | None = None) -> Sequence[OptOut]:
    """Who wants no SMS, or wanted none for a time, the newest first, `PAGE` + 1 at most."""
    wanted = select(OptOut).order_by(OptOut.id.desc()).limit(PAGE + 1)
    if digits:
        wanted = wanted.where(OptOut.phone.contains(digits, autoescape=True))
    if before is not None:
        wanted = wanted.where(OptOut.id < before)
    return session.scalars(wanted).all()


def count_to_citizen(session: Session, organisation: int, phone: str, since: datetime, until: datetime) -> int:
    """How many SMS of those days this number was or will be sent."""
    wanted = select(func.count()).where(
        Message.organisation_id == organisation,
        Message.to_citizen,
        Message.recipient == phone,
        Message.asked_at >= since,
        Message.asked_at < until,
        Message.state.not_in(_UNDONE),
    )
    return session.scalar(wanted) or 0


def wording(session: Session, organisation: int, template: str, language: str) -> Wording | None:
    """How the organisation words this message in this language, if in a way of its own."""
    return session.get(Wording, (organisation, template, language))


def states_of(session: Session, *, since: datetime) -> dict[int, dict[str, int]]:
    """How many messages of each channel are in each state: those not done, and those of the time since then."""
    rows = session.execute(
        select(Message.channel_id, Message.state, func.count())
        .where(or_(Message.created_at >= since, Message.state.in_((*_OPEN, *_UNDONE))))
        .group_by(Message.channel_id, Message.state)
    )
    counted: dict[int, dict[str, int]] = {}
    for channel_id, state, count in rows:
        counted.setdefault(channel_id, {})[state] = count
    return counted


def states_to_citizens(session: Session, *, since: datetime) -> dict[str, dict[str, int]]:
    """How many SMS to citizens of that time are in each state, by template."""
    rows = session.execute(
        select(Message.template, Message.state, func.count())
        .where(Message.to_citizen, Message.created_at >= since)
        .group_by(Message.template, Message.state)
        .order_by(Message.template, Message.state)
    )
    counted: dict[str, dict[str, int]] = {}
    for template, state, count in rows:
        counted.setdefault(template, {})[state] = count
    return counted


def outbox(
    session: Session, *, channel_id: int | None = None, states: Collection[str] = (), before: int | None = None
) -> Sequence[tuple[Message, Channel]]:
    """The newest messages that match with their channels, `PAGE` + 1 at most: one more tells of a next page."""
    wanted = select(Message, Channel).join(Channel, Channel.id == Message.channel_id)
    conditions: list[ColumnElement[bool]] = []
    if channel_id is not None:
        conditions.append(Message.channel_id == channel_id)
    if states:
        conditions.append(Message.state.in_(states))
    if before is not None:
        conditions.append(Message.id < before)
    rows = session.execute(wanted.where(*conditions).order_by(Message.id.desc()).limit(PAGE + 1))
    return [(row[0], row[1]) for row in rows]


def of_keys(session: Session, begun: str) -> Sequence[tuple[Message, Channel]]:
    """Messages whose key begins so with their channels, in order."""
    rows = session.execute(
        select(Message, Channel)
        .join(Channel, Channel.id == Message.channel_id)
        .where(Message.key >= begun, Message.key < begun + "\U0010ffff", Message.key.startswith(begun, autoescape=True))
        .order_by(Message.id)
    )
    return [(row[0], row[1]) for row in rows]


def undone(session: Session, *, at_most: int = 100) -> Sequence[tuple[Message, Channel]]:
    """What was refused or given up, newest first, each with its channel."""
    rows = session.execute(
        select(Message, Channel)
        .join(Channel, Channel.id == Message.channel_id)
        .where(Message.state.in_(_UNDONE))
        .order_by(Message.id.desc())
        .limit(at_most)
    )
    return [(row[0], row[1]) for row in rows]


def _one(session: Session, what: type[Found], key: int, *, lock: bool = False) -> Found:
    found = session.get(what, key, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound(f"{what.__tablename__} {key}")
    return found
