"""What executors' and dispatchers' pages are told at once: one Redis channel an executor, one an organisation.

The process says once, at its start, how messages leave it: `news.connect(publish)`. News are hints; pages ask for
the rest.
"""

from collections.abc import Callable, Collection
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy.orm import Session

from db import after_commit
from web.breaker import Breaker, Resting

log = structlog.get_logger()

Publish = Callable[[str, dict[str, Any]], None]  # channel, message
OF_EXECUTOR, OF_ORGANISATION = "executor:", "appeals:"


class _Link:
    """How messages leave this process; without `connect` they go nowhere, and pages find out by polling."""

    publish: Publish = staticmethod(lambda channel, message: None)


def connect(publish: Publish) -> None:
    """Sends messages through `publish`. A Redis that is away is logged and forgotten: a page that misses one polls."""
    breaker = Breaker()
    _Link.publish = staticmethod(lambda channel, message: breaker.ask(lambda: publish(channel, message)))


def tell(session: Session, organisation: int, executors: Collection[int], kind: str) -> None:
    """Tells the pages of these executors and of the organisation's dispatchers, after the commit."""
    channels = [f"{OF_ORGANISATION}{organisation}", *(f"{OF_EXECUTOR}{each}" for each in sorted(executors))]
    after_commit(session, lambda: _send(channels, {"kind": kind}))


def _send(channels: Collection[str], message: dict[str, Any]) -> None:
    try:
        for channel in channels:
            _Link.publish(channel, message)
    except Resting:
        return  # told once, with the failure
    except RedisError as error:
        log.warning("news_not_sent", channel=OF_EXECUTOR, error=type(error).__name__)
