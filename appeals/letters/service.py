"""The one deed on an author's letter: it is sent once more, to where the author is reached now."""

from sqlalchemy.orm import Session

from appeals import telling
from appeals.letters import queries
from appeals.letters.queries import Letter
from appeals.letters.words import FOR_CITIZENS
from appeals.notices.words import MAILED
from appeals.tables import Appeal
from db import Conflict, NotFound
from notify import queries as channels
from notify import service as outbox
from notify.model import SMS, ChannelKind, is_recipient
from notify.tables import Channel, Message
from staff.audit import audit
from staff.tables import Person


class NotLost(Conflict):
    """It arrived, is on its way, or was sent again meanwhile; or it was sent again too often."""


class NoWay(Conflict):
    """The author has left no contact that we have a channel for."""


def send_again(session: Session, appeal: Appeal, message_id: int, *, by: Person) -> Message:
    """The same words to the contact that the author has now, as a message of its own. NotFound, NotLost, NoWay."""
    lost = channels.locked(session, message_id)  # who presses twice waits here, and finds it sent
    letter = _letter(session, appeal, lost)
    if letter.last.id != lost.id or not letter.may_go_again:
        raise NotLost(f"message {message_id}")
    channel, contact = _way(session, appeal, lost)
    key = queries.again(letter.key, len(letter.tries))
    to_citizens = lost.template in FOR_CITIZENS
    message = outbox.put_again(session, lost, channel, contact, key=key, to_citizens=to_citizens)
    changed = {"another_contact": str(contact != lost.recipient)}
    audit(session, by, "message.resent", f"appeal:{appeal.number}", message=str(message.id), **changed)
    return message


def _letter(session: Session, appeal: Appeal, message: Message) -> Letter:
    for letter in queries.of_appeal(session, appeal):
        if message.id in {each.id for each in letter.tries}:
            return letter
    raise NotFound(f"message {message.id} about appeal {appeal.number}")


def _way(session: Session, appeal: Appeal, lost: Message) -> tuple[Channel, str]:
    """By the channel it was sent by, where the author has a contact for it; else as a new letter would go."""
    channel = channels.channel(session, lost.channel_id)
    contact = telling.contact(appeal, channel)
    if channel.enabled and is_recipient(ChannelKind(channel.kind), contact):
        return channel, contact
    way = telling.way_to_author(session, appeal)
    if way is None or (lost.template == MAILED.code and way[0].kind in SMS):  # a whole answer is no SMS
        raise NoWay(f"appeal {appeal.number}")
    return way
