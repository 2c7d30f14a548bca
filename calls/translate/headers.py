"""How headers of Asterisk's messages are read."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from calls.model import CallId, Interface, Language, interface_of
from calls.signals import ChannelId

Message = Mapping[str, Any]
_PHONE = re.compile(r"PJSIP/(?:agent|supervisor)(\d+)-[0-9a-f]+")


class Malformed(ValueError):
    """A header is missing or makes no sense."""


def last(message: Message, header: str) -> str:
    """The last value of a header that came several times; "" without it."""
    value = message.get(header, "")
    return str(value[-1] if isinstance(value, list) else value)


def first(message: Message, header: str) -> str:
    """The first value of the header; "" without it."""
    value = message.get(header, "")
    return str(value[0] if isinstance(value, list) else value)


def needed(message: Message, header: str) -> str:
    """The header's first value. Malformed without it."""
    value = first(message, header)
    if not value:
        raise Malformed(f"no {header}")
    return value


def time_of(message: Message) -> datetime:
    """When it happened, by Asterisk's clock."""
    return datetime.fromtimestamp(float(needed(message, "Timestamp")), UTC)


def whose(message: Message) -> dict[str, Any]:
    """When, and on which channel."""
    return {"at": time_of(message), "channel": ChannelId(needed(message, "Uniqueid"))}


def phone_of(channel_name: str) -> Interface | None:
    """The agent's phone that a channel belongs to: `PJSIP/agent7-0000002a` is `PJSIP/agent7`.

    Somebody's phone of the board, `PJSIP/supervisor7-0000002a`, counts as the same person's.
    """
    match = _PHONE.fullmatch(channel_name)
    return interface_of(int(match[1])) if match else None


def variables(message: Message, header: str = "ChanVariable") -> dict[str, str]:
    """The channel variables that a message carries."""
    carried = message.get(header, [])
    pairs = carried if isinstance(carried, list) else [carried]
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def call_id(text: str | None) -> CallId | None:
    """The id, if it is one."""
    try:
        return CallId(UUID(text)) if text else None
    except ValueError:
        return None


def seconds(message: Message, header: str) -> timedelta:
    """A header that counts seconds."""
    return timedelta(seconds=int(first(message, header) or 0))


def language_of(text: str) -> Language:
    """A channel's language names the organisation's own sounds too: `uk_khm`."""
    return Language(text[:2])
