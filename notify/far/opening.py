"""Opens the far end of a channel. aiogram, whose models take seconds to build, is loaded where there is a bot."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from importlib import import_module
from typing import Any, Final

from notify.far.email import Email
from notify.far.sms_http import HttpGateway
from notify.far.sms_smpp import Smpp
from notify.model import ChannelKind, FarEnd, Later
from notify.tables import Channel

PATIENCE: Final = timedelta(seconds=20)  # for one answer


def prepare_telegram() -> None:
    """Loads Telegram's library now: the first message does not wait for it."""
    import_module("notify.far.telegram")


def _telegram(*about: Any, **how: Any) -> FarEnd:
    far_end: FarEnd = import_module("notify.far.telegram").Telegram(*about, **how)
    return far_end


_BY_KIND: Mapping[ChannelKind, Callable[..., FarEnd]] = {
    ChannelKind.EMAIL: Email,
    ChannelKind.TELEGRAM: _telegram,
    ChannelKind.SMS_HTTP: HttpGateway,
    ChannelKind.SMS_SMPP: Smpp,
}


def opened(channel: Channel, *, patience: timedelta = PATIENCE) -> FarEnd:
    """The far end of a channel, not yet asked anything. Later, for everything, where its settings make no sense."""
    try:
        return _BY_KIND[ChannelKind(channel.kind)](channel.settings, channel.secret, patience=patience)
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise Later(f"the channel's settings: {type(error).__name__}: {error}", everything=True) from error
