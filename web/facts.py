"""Small facts that one process finds out and every page may show: kept in Redis, gone when nobody renews them.

None is the truth about anything: without Redis, and before the first was found out, a page shows nothing of it.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

import redis
import structlog
from redis.exceptions import RedisError

from web.breaker import Breaker, Resting

log = structlog.get_logger()

PREFIX: Final = "fact:"


class _Process:
    """This process's Redis, once `connect` was called."""

    redis: "redis.Redis | None" = None
    breaker = Breaker()


def connect(url: str) -> None:
    """Gives this process its Redis; short time-outs, for a page waits for it."""
    _Process.redis = redis.Redis.from_url(url, decode_responses=True, socket_connect_timeout=1, socket_timeout=1)
    _Process.breaker = Breaker()


def keep(name: str, fact: Mapping[str, Any], *, lasting: timedelta) -> None:
    """Tells all pages. Without Redis it is told again when it is found out again."""
    try:
        _Process.breaker.ask(partial(_client().set, PREFIX + name, json.dumps(fact), ex=lasting))
    except RedisError as error:
        log.warning("fact_not_kept", fact=name, error=type(error).__name__)


def known(name: str) -> dict[str, Any] | None:
    """What was found out last; None when that is too long ago, or Redis is away."""
    try:
        written = _Process.breaker.ask(partial(_client().get, PREFIX + name))
    except Resting:
        return None  # told with the failure
    except RedisError as error:
        log.warning("fact_not_read", fact=name, error=type(error).__name__)
        return None
    fact: dict[str, Any] | None = json.loads(written) if isinstance(written, str) else None
    return fact


def _client() -> "redis.Redis":
    if _Process.redis is None:
        raise RuntimeError("web.facts.connect() was not called in this process")
    return _Process.redis
