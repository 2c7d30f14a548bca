"""Whether a far end would know what to make of a channel's settings, asked without opening it.

Pages ask it, and so do without aiogram, whose models take seconds to build at every start.
"""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from notify.far.email import Email
from notify.far.sms_http import HttpGateway
from notify.far.sms_smpp import Smpp
from notify.model import ChannelKind
from notify.tables import Channel

_TOKEN: Final = re.compile(r"\d+:\S+")  # core.telegram.org/bots/api, "Authorizing your bot"


def _telegram(_settings: Mapping[str, Any], secret: str, *, patience: timedelta) -> None:
    if _TOKEN.fullmatch(secret) is None:
        raise ValueError("the token is none of Telegram's")


_BY_KIND: Final[Mapping[ChannelKind, Callable[..., object]]] = {
    ChannelKind.EMAIL: Email,
    ChannelKind.TELEGRAM: _telegram,
    ChannelKind.SMS_HTTP: HttpGateway,
    ChannelKind.SMS_SMPP: Smpp,
}


def is_understood(channel: Channel) -> bool:
    """Whether `opened` would give a far end."""
    try:
        _BY_KIND[ChannelKind(channel.kind)](channel.settings, channel.secret, patience=timedelta(seconds=1))
    except (KeyError, ValueError, TypeError, OSError):
        return False
    return True
