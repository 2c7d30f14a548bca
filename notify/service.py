"""Every change to a message, from "put into the outbox" to "sent" or "given up", with its channel's health."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import case, delete, null
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db import Conflict
from notify import queries, wordings
from notify.model import (
    LONGEST_REST,
    SMS,
    ChannelKind,
    Deed,
    MessageState,
    NotPossible,
    PartOutcome,
    QuietHours,
    Template,
    daily_limit,
    hopeless,
    is_recipient,
    moved,
    pause_after,
)
from notify.tables import Channel, Message, MessagePart
from web.languages import LANGUAGES, later
from web.periods import day_begun

log = structlog.get_logger()

LEASE = timedelta(minutes=2)  # longer than any attempt may take: who has not noted an outcome by then has vanished
_LONGEST_ERROR = 500  # characters of what a far end said
ASK_FIRST: Final = timedelta(seconds=30)  # a far end that is asked what became of a message, and then ever more rarely
ASK_NO_MORE: Final = timedelta(days=2)
NO_SMS: Final = "the citizen wants no SMS"


TEST: Final = Template(
    "test",
    later("Test message"),
    subject=later("A test message"),
    text=later("This is a test message of %(organisation)s. Whoever reads it knows that the channel works."),
)


def put(
    session: Session,
    channel: Channel,
    recipient: str,
    template: Template,
    *,
    language: str,
    key: str,
    parameters: Mapping[str, str] | None = None,
    buttons: Mapping[str, str] | None = None,
    not_before: datetime | None = None,
) -> Message:
    """A message in the caller's own transaction: it leaves when that commits, and never if it does not.

    Under a key that was used before, the message of then is given back and nothing is sent anew. A recipient who cannot
    be one fails here and now, visibly; what the caller does goes on. `not_before`: it counts as asked for then.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no messages are written in {language!r}")
    given = dict(parameters or {})
    subject, text = wordings.worded(session, channel.organisation_id, template, language)
    values = {
        "organisation_id": channel.organisation_id,
        "channel_id": channel.id,
        "recipient": recipient,
        "template": template.code,
        "language": language,
        "parameters": given,
        "subject": " ".join((subject % given).split()),  # a line is a header's end
        "text": text % given,
        "buttons": dict(buttons or {}),
        "to_citizen": template.to_citizens and channel.kind in SMS,
        "key": key,
    }
    if not_before is not None:
        values |= {"asked_at": not_before, "due_at": not_before}
    if not is_recipient(ChannelKind(channel.kind), recipient):
        state = moved(MessageState.WAITING, Deed.REFUSE)
        values |= {"state": state, "last_error": f"{recipient!r} is no recipient of this channel"}
    session.execute(insert(Message).values(**values).on_conflict_do_nothing())
    return queries.with_key(session, channel.organisation_id, key)


def put_again(
    session: Session, message: Message, channel: Channel, recipient: str, *, key: str, to_citizens: bool
) -> Message:
    """The words of an earlier message once more, by this channel to this recipient, as a message of its own.

    `to_citizens` as its template has it: an e-mail that goes as SMS now is not for those who have refused them.
    Under a key that was used before, the message of then is given back and nothing is sent anew.
    """
    same = ("organisation_id", "template", "language", "parameters", "subject", "text", "buttons")
    values = {name: getattr(message, name) for name in same} | {"channel_id": channel.id, "recipient": recipient}
    values |= {"key": key, "to_citizen": to_citizens and channel.kind in SMS}
    session.execute(insert(Message).values(**values).on_conflict_do_nothing())
    return queries.with_key(session, message.organisation_id, key)


def open_channels(session: Session, zones: Mapping[int, ZoneInfo], *, at: datetime | None = None) -> list[Channel]:
    """Channels with something due that may send now; in an organisation's quiet hours no telephone buzzes."""
    at = at or datetime.now(UTC)
    return [
        channel
        for channel in queries.channels_with_work(session, at)
        if not is_quiet(channel, zones.get(channel.organisation_id), at)
    ]


def is_quiet(channel: Channel, zone: ZoneInfo | None, at: datetime) -> bool:
    """Whether the channel sends nothing now because telephones shall not buzz."""
    if channel.kind not in SMS:
        return False
    try:
        hours = QuietHours.of(channel.settings)
    except ValueError as error:
        log.error("quiet_hours_unreadable", channel=channel.id, error=str(error))
        return True  # rather late than in the night
    return hours is not None and (zone is None or hours.hold(at, zone))


def room_today(session: Session, channel: Channel, zone: tzinfo, *, at: datetime | None = None) -> int | None:
    """How many messages the channel may still send today: None for any number, 0 where nobody can read the limit."""
    at = at or datetime.now(UTC)
    try:
        limit = daily_limit(channel.settings)
    except ValueError as error:
        log.error("daily_limit_unreadable", channel=channel.id, error=str(error))
        return 0
    return None if limit is None else max(0, limit - queries.taken_since(session, channel.id, day_begun(at, zone)))


def lease(
    session: Session, channel: Channel, *, at_most: int, zone: tzinfo = UTC, at: datetime | None = None
) -> Sequence[Message]:
    """What is due in the channel, each for one sender alone until its lease is over.

    What is too much for its address today waits for tomorrow by the clocks of the zone.

    A message whose sender vanished in the middle may be out already. It is sent once more, told as doubtful; the second
    time it is given up, for a third copy helps nobody.
    """
    at = at or datetime.now(UTC)
    leased = []
    due = _wanted(session, channel, queries.due(session, channel.id, at, at_most=at_most))
    for message in _within_limit(session, channel, due, zone, at):
        if message.state == MessageState.SENDING and message.doubtful:
            message.last_error = "twice it is not known whether it went out: the sender vanished"
            _move(message, Deed.GIVE_UP)
            log.error("message_given_up", message=message.id, reason="doubtful twice")
            continue
        if message.state == MessageState.SENDING:
            message.doubtful = True
            log.warning("message_repeated", message=message.id, reason="its sender vanished")
            _move(message, Deed.LEASE_AGAIN)
        else:
            _move(message, Deed.LEASE)
        message.attempts += 1
        message.due_at = at + LEASE
        leased.append(message)
    return leased


def _wanted(session: Session, channel: Channel, due: Sequence[Message]) -> list[Message]:
    """Those that their readers have not refused, however long they have waited since they were asked for."""
    to_citizens = {message.recipient for message in due if message.to_citizen}
    unwanted = queries.opted_out(session, channel.organisation_id, to_citizens)
    for message in due:
        if message.to_citizen and message.recipient in unwanted:
            _fail(message, NO_SMS)
    return [message for message in due if message.state != MessageState.FAILED]


def _within_limit(
    session: Session, channel: Channel, due: Sequence[Message], zone: tzinfo, at: datetime
) -> list[Message]:
    """Those that may go to their address today; the others say why they wait, and are due when the day is over."""
    try:
        limit = daily_limit(channel.settings, "daily_each")
    except ValueError as error:
        log.error("daily_limit_unreadable", channel=channel.id, error=str(error))
        limit = 0
    if limit is None or not due:
        return list(due)
    today = day_begun(at, zone)
    taken = queries.taken_by(session, channel.id, {message.recipient for message in due}, today)
    allowed = []
    for message in due:
        count = taken.get(message.recipient, 0)
        if message.state == MessageState.WAITING and count >= limit:
            message.due_at = day_begun(today + timedelta(hours=36), zone)
            message.last_error = f"today's limit of this address is reached: {limit}"
            continue
        taken[message.recipient] = count + (message.state == MessageState.WAITING)
        allowed.append(message)
    return allowed


def sent(
    session: Session,
    leased: Message,
    reference: str = "",
    *,
    parts: Sequence[str] = (),
    at: datetime | None = None,
) -> None:
    """The far end took it, and will report on these parts; it may have done so already."""
    at = at or datetime.now(UTC)
    message = _of_lease(session, leased)
    if message is None:
        return
    _move(message, Deed.ACCEPT)
    message.sent_at, message.reference, message.last_error = at, reference or None, None
    channel = queries.channel_locked(session, message.channel_id)
    channel.last_success_at, channel.failures, channel.resting_until = at, 0, None
    asked = {"ask_at": at + ASK_FIRST} if channel.settings.get("status_url") else {}
    for part in parts:
        _note_part(session, channel, part, message_id=message.id, **asked)
    _settle(session, message)


def to_ask(session: Session, *, at: datetime | None = None, at_most: int = 20) -> Sequence[tuple[MessagePart, Channel]]:
    """Parts whose far end is asked now what became of them; the next time after as long as they have waited."""
    at = at or datetime.now(UTC)
    found = queries.parts_to_ask(session, at, at_most=at_most)
    for part, _channel in found:
        waited = at - part.created_at
        part.ask_at = at + max(ASK_FIRST, waited) if waited < ASK_NO_MORE else None
    session.flush()
    return found


def reported(session: Session, channel_id: int, reference: str, outcome: PartOutcome, said: str = "") -> None:
    """The far end says what became of a part. It is kept also when we do not know yet what it is a part of."""
    channel = queries.channel(session, channel_id)
    message_id = _note_part(session, channel, reference, outcome=outcome, said=said[:_LONGEST_ERROR], ask_at=None)
    if message_id is not None:
        _settle(session, queries.locked(session, message_id))


def _note_part(session: Session, channel: Channel, reference: str, **known: object) -> int | None:
    """Adds what is known of a part; the message it is of. A name given anew belongs to the newer message alone."""
    new = insert(MessagePart).values(
        organisation_id=channel.organisation_id, channel_id=channel.id, reference=reference, **known
    )
    changed: dict[str, Any] = dict(known)
    if "message_id" in known:
        used = MessagePart.message_id.is_not(None)
        changed |= {name: case((used, null()), else_=getattr(MessagePart, name)) for name in ("outcome", "said")}
    noted = new.on_conflict_do_update(index_elements=["channel_id", "reference"], set_=changed)
    return session.scalar(noted.returning(MessagePart.message_id))


def _settle(session: Session, message: Message) -> None:
    """A message is delivered with its last part, and failed with its first lost one."""
    parts = queries.parts(session, message.id)
    if message.state != MessageState.SENT or not parts:
        return
    lost = [part for part in parts if part.outcome == PartOutcome.FAILED]
    if lost:
        not_delivered(session, message, lost[0].said or "not delivered")
    elif all(part.outcome == PartOutcome.DELIVERED for part in parts):
        delivered(session, message)


def postpone(
    session: Session,
    leased: Message,
    why: str,
    *,
    pause: timedelta | None = None,
    everything: bool = False,
    doubtful: bool = False,
    at: datetime | None = None,
) -> None:
    """It did not work this time. After too many failures of its own, or too long, it is given up.

    `pause` is the far end's own wish and goes before ours; `everything` lets the whole channel rest. Twice `doubtful`,
    it is given up as well: a third copy helps nobody.
    """
    at = at or datetime.now(UTC)
    message = _of_lease(session, leased)
    if message is None:
        return
    channel = queries.channel_locked(session, message.channel_id)
    channel.last_failure_at, channel.last_failure = at, why[:_LONGEST_ERROR]
    if everything:
        if channel.resting_until is None or channel.resting_until <= at:  # others that were under way say the same
            channel.failures += 1
        due = at + (pause or pause_after(channel.failures, longest=LONGEST_REST))
        channel.resting_until = max(due, channel.resting_until or due)
    else:
        message.failures += 1
        due = at + max(pause or timedelta(), pause_after(message.failures))
    message.last_error, message.due_at = why[:_LONGEST_ERROR], due
    if hopeless(message.failures, at - message.asked_at) or (doubtful and message.doubtful):
        _move(message, Deed.GIVE_UP)
        log.error("message_given_up", message=message.id, channel=channel.id, reason=message.last_error)
    else:
        message.doubtful = message.doubtful or doubtful
        _move(message, Deed.POSTPONE)


def refused(session: Session, leased: Message, why: str, *, at: datetime | None = None) -> None:
    """The far end does not want it: it waits for an administrator, not for another attempt.

    The far end works, so the channel's health is none the worse; the reason stands beside the message.
    """
    at = at or datetime.now(UTC)
    message = _of_lease(session, leased)
    if message is None:
        return
    _fail(message, why)
    channel = queries.channel_locked(session, message.channel_id)
    channel.failures, channel.resting_until = 0, None


def delivered(session: Session, message: Message, *, at: datetime | None = None) -> None:
    """The far end says that the reader has it. Conflict for one that was not sent."""
    _move(message, Deed.DELIVER)
    message.delivered_at = at or datetime.now(UTC)


def not_delivered(session: Session, message: Message, why: str) -> None:
    """The far end says that the reader will not get it. Conflict for one that was not sent."""
    _fail(message, why)


def resend(session: Session, message_id: int, *, at: datetime | None = None) -> Message:
    """A refused or given-up message is sent again, as if it were new. NotFound; Conflict for any other."""
    at = at or datetime.now(UTC)
    message = queries.locked(session, message_id)
    channel = queries.channel(session, message.channel_id)
    if not is_recipient(ChannelKind(channel.kind), message.recipient):
        raise Conflict(f"{message.recipient!r} is no recipient of this channel")
    _move(message, Deed.RESEND)
    message.asked_at = message.due_at = at
    message.failures, message.doubtful = 0, False
    session.execute(delete(MessagePart).where(MessagePart.message_id == message.id))
    return message


def give_up(session: Session, message_id: int, why: str) -> Message:
    """A message that waits is not sent any more. NotFound; Conflict for one that does not wait."""
    message = queries.locked(session, message_id)
    _move(message, Deed.DROP)
    message.last_error = why[:_LONGEST_ERROR]
    return message


def _of_lease(session: Session, leased: Message) -> Message | None:
    """The message, locked, if this lease is still the last one: who comes too late notes nothing."""
    message = queries.locked(session, leased.id)
    if message.state == MessageState.SENDING and message.attempts == leased.attempts:
        return message
    log.warning("lease_over", message=leased.id, attempt=leased.attempts, state=message.state)
    return None


def _move(message: Message, deed: Deed) -> None:
    """The one place where a message's state changes. Conflict."""
    try:
        message.state = moved(MessageState(message.state), deed)
    except NotPossible as error:
        raise Conflict(str(error)) from error


def _fail(message: Message, why: str) -> None:
    _move(message, Deed.REFUSE)
    message.last_error = why[:_LONGEST_ERROR]
    log.warning("message_refused", message=message.id, channel=message.channel_id, reason=message.last_error)
