"""Hints that pages are given at once, by one Redis channel each; a page that misses one finds out by polling.

A process says once, at its start, how they leave it: `hints.connect(publish)`.
"""

from collections.abc import Callable
from typing import Any

import structlog
from redis.exceptions import RedisError

from web.breaker import Breaker, Resting

log = structlog.get_logger()

Publish = Callable[[str, dict[str, Any]], None]  # channel, message


class _Link:
    """How hints leave this process; without `connect` they go nowhere."""

    publish: Publish = staticmethod(lambda channel, message: None)


def connect(publish: Publish) -> None:
    """Sends hints through `publish`. A Redis that is away is logged and forgotten."""
    breaker = Breaker()
    _Link.publish = staticmethod(lambda channel, message: breaker.ask(lambda: publish(channel, message)))


def send(channel: str, message: dict[str, Any]) -> None:
    """Gives one hint, now: who tells of a change does so after its commit."""
    try:
        _Link.publish(channel, message)
    except Resting:
        return  # told once, with the failure
    except RedisError as error:
        log.warning("news_not_sent", channel=channel, error=type(error).__name__)
