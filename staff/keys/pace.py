"""How many calls a key, or anybody who may ask without one, may make a minute: counted in Redis, for all processes.

A Redis that is away stops nobody: calls then go uncounted, as pages do.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from redis import Redis
from redis.exceptions import RedisError

from web.breaker import Breaker, Resting
from web.problems import TooManyRequests

log = structlog.get_logger()

MINUTE: Final = timedelta(minutes=1)


class _Process:
    """What this process counts with, once `connect` was called."""

    redis: "Redis | None" = None
    breaker = Breaker()


def connect(redis: Any) -> None:
    """Gives this process its Redis."""
    _Process.redis, _Process.breaker = redis, Breaker()


def count(key_id: int, most: int, *, now: datetime | None = None) -> int:
    """One call more; how many of this minute are left. TooManyRequests where it is one too many."""
    return count_of(f"key:{key_id}", most, now=now)


def count_of(what: str, most: int, *, now: datetime | None = None) -> int:
    """The same of anything that is asked often: `what` says of what and by whom."""
    now = now or datetime.now(UTC)
    used = _used(f"holos:{what}:{int(now.timestamp() // 60)}")
    if used > most:
        raise TooManyRequests(MINUTE - timedelta(seconds=now.timestamp() % 60))
    return most - used


def _used(place: str) -> int:
    redis = _Process.redis
    if redis is None:
        return 0

    def counted() -> Any:
        steps = redis.pipeline(transaction=True)
        steps.incr(place)
        steps.expire(place, 2 * int(MINUTE.total_seconds()))
        return steps.execute()[0]

    try:
        return int(_Process.breaker.ask(counted))
    except Resting:
        return 0  # told once, with the failure
    except RedisError as error:
        log.warning("calls_not_counted", error=type(error).__name__)
        return 0
