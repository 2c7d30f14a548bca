"""What is told by webhooks, how it is signed, when it is tried again, and where it may go."""

import base64
import hashlib
import hmac
import ipaddress
from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

SECRET: Final = "whsec_"  # as the Standard Webhooks specification writes secrets
LONGEST_URL: Final = 500
FIRST_PAUSE: Final = timedelta(seconds=10)
LONGEST_PAUSE: Final = timedelta(hours=1)
LONGEST_REST: Final = timedelta(minutes=5)  # of a receiver that is away: it is asked again soon after it is back
HOPELESS_AFTER: Final = 12  # failures of one message
KEPT: Final = timedelta(days=30)  # a message that was taken
AT_ONCE: Final = 20  # messages of one receiver, one after the other

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Event(StrEnum):
    """What happened."""

    REGISTERED = "appeal.registered"
    CHANGED = "appeal.changed"  # a deed of the workflow
    PING = "ping"  # an administrator tries whether it arrives


class State(StrEnum):
    """How far a message is."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"  # given up; it can be sent again


OPEN: Final = (State.WAITING, State.SENDING)
CHOSEN: Final = (Event.REGISTERED, Event.CHANGED)  # that somebody may want or not


class NotAllowed(ValueError):
    """Nothing is sent there."""


def signature(secret: str, name: str, moment: int, body: bytes) -> str:
    """Of the name, the moment and the body, as Standard Webhooks has it: whoever knows the secret can check it."""
    key = base64.b64decode(secret.removeprefix(SECRET))
    signed = f"{name}.{moment}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def pause_after(failures: int, *, longest: timedelta = LONGEST_PAUSE) -> timedelta:
    """How long to wait after so many failures in a row: doubling, up to the longest."""
    return longest if failures > 20 else min(FIRST_PAUSE * (1 << max(0, failures - 1)), longest)


def networks(written: Iterable[str]) -> list[Network]:
    """Networks as the setting names them. ValueError."""
    return [ipaddress.ip_network(each) for each in written]


def fault_of(url: str) -> bool:
    """Whether nothing can be sent to this address, whatever it leads to."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return True
    named = bool(parts.hostname) and port != 0
    return not (named and parts.scheme in {"http", "https"} and not parts.username and not parts.fragment)


def chosen_address(found: Sequence[str], *, encrypted: bool, inside: Sequence[Network]) -> str:
    """The address to send to, of those that a name leads to. NotAllowed.

    Into the house, which loopback is too, only where a setting names the network; elsewhere never in the clear. All
    addresses of a name must be allowed, so that none is taken by another try.
    """
    addresses = [ipaddress.ip_address(each.partition("%")[0]) for each in found]
    if not addresses:
        raise NotAllowed("the name leads nowhere")
    for each in addresses:
        if _is_inside(each, inside):
            continue
        if not _is_public(each):
            raise NotAllowed(f"{each} is inside the house: HOLOS_WEBHOOK_NETWORKS does not name it")
        if not encrypted:
            raise NotAllowed("only https:// leaves the house")
    return str(addresses[0])


def _is_inside(address: Address, inside: Sequence[Network]) -> bool:
    return any(address.version == network.version and address in network for network in inside)


def _is_public(address: Address) -> bool:
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped is None and address.is_global and not address.is_multicast
