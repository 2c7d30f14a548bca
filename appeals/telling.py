"""What the author of an appeal is told: by the first way they left us and we have, once under a key."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from appeals.inbound import queries as inbound
from appeals.tables import Appeal
from notify import queries as channels
from notify import service as outbox
from notify.model import SMS, ChannelKind, Template, is_recipient
from notify.tables import Channel
from staff import queries as staff

BY_WHAT: Final[tuple[frozenset[ChannelKind], ...]] = (frozenset({ChannelKind.EMAIL}), SMS)


def tell_author(session: Session, appeal: Appeal, template: Template, *, key: str, told: Mapping[str, str]) -> bool:
    """Puts the message into the outbox; whether there was a way. The appeal's applicant is loaded."""
    way = way_to_author(session, appeal)
    if way is None:
        return False
    channel, contact = way
    organisation = staff.organisation(session, appeal.organisation_id)
    parameters = {"number": appeal.number, "organisation": organisation.called(), **told}
    outbox.put(
        session, channel, contact, template, language=organisation.default_language, key=key, parameters=parameters
    )
    return True


def way_to_author(session: Session, appeal: Appeal) -> tuple[Channel, str] | None:
    """The channel, and the author's contact in it. The appeal's applicant is loaded."""
    letter = inbound.of_appeal(session, appeal.id)
    if letter is not None and letter.channel_id is not None:  # who wrote from a chat is written to there
        return channels.channel(session, letter.channel_id), letter.reply_to
    for kinds in BY_WHAT:
        for channel in channels.listening_channels(session, sorted(kinds), organisation=appeal.organisation_id):
            if is_recipient(ChannelKind(channel.kind), contact(appeal, channel)):
                return channel, contact(appeal, channel)
    return None


def contact(appeal: Appeal, channel: Channel) -> str:
    """What the author left that this channel needs; "" where nothing."""
    author = appeal.applicant
    return {ChannelKind.EMAIL: author.email, **dict.fromkeys(SMS, author.phone or "")}.get(
        ChannelKind(channel.kind), ""
    )
