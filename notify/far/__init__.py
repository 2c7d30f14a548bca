"""Far ends: mail servers, Telegram and SMS gateways, each behind `send(letter)` of `notify.model.FarEnd`.

A channel's row says by its settings where the far end is:

    email     host, port, security (starttls, tls, none), user, sender, ca (PEM); secret: the password
    telegram  base (another Bot API than Telegram's own); secret: the bot's token
    sms_smpp  host, port, user, sender, system_type; secret: the password of at most 8 characters
    sms_http  url, sender, body (json, form), to, text, from, key (names of fields); secret: a bearer token

Channels of SMS have `quiet`, two times of day, besides; all have `daily`, the most messages of a day.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from notify.far.email import Email
from notify.far.sms_http import HttpGateway
from notify.far.sms_smpp import Smpp
from notify.far.telegram import Telegram
from notify.model import ChannelKind, FarEnd, Later
from notify.tables import Channel

PATIENCE: Final = timedelta(seconds=20)  # for one answer

_BY_KIND: Mapping[ChannelKind, Callable[..., FarEnd]] = {
    ChannelKind.EMAIL: Email,
    ChannelKind.TELEGRAM: Telegram,
    ChannelKind.SMS_HTTP: HttpGateway,
    ChannelKind.SMS_SMPP: Smpp,
}


def opened(channel: Channel, *, patience: timedelta = PATIENCE) -> FarEnd:
    """The far end of a channel, not yet asked anything. Later, for everything, where its settings make no sense."""
    try:
        return _BY_KIND[ChannelKind(channel.kind)](channel.settings, channel.secret, patience=patience.total_seconds())
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise Later(f"the channel's settings: {type(error).__name__}: {error}", everything=True) from error
