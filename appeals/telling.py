"""What the author of an appeal is told: by the first way they left us and we have, once under a key."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from appeals.tables import Appeal
from notify import queries as channels
from notify import service as outbox
from notify.model import SMS, ChannelKind, Template, is_recipient
from staff import queries as staff

BY_WHAT: Final[tuple[frozenset[ChannelKind], ...]] = (frozenset({ChannelKind.EMAIL}), SMS)


def tell_author(session: Session, appeal: Appeal, template: Template, *, key: str, told: Mapping[str, str]) -> bool:
    """Puts the message into the outbox; whether there was a way. The appeal's applicant is loaded."""
    organisation = staff.organisation(session, appeal.organisation_id)
    contacts = {ChannelKind.EMAIL: appeal.applicant.email} | dict.fromkeys(SMS, appeal.applicant.phone or "")
    for kinds in BY_WHAT:
        for channel in channels.listening_channels(session, sorted(kinds), organisation=organisation.id):
            contact = contacts[ChannelKind(channel.kind)]
            if is_recipient(ChannelKind(channel.kind), contact):
                parameters = {"number": appeal.number, "organisation": organisation.called(), **told}
                outbox.put(
                    session, channel, contact, template, language=organisation.default_language, key=key,
                    parameters=parameters,
                )  # fmt: skip
                return True
    return False
