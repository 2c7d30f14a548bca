"""Asking workers: rq jobs in Redis. Only a wish; what is to be done stands in PostgreSQL.

A lost wish is made again by who looks for what is due, a wish made twice does nothing the second time.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Retry
from rq.serializers import JSONSerializer

from web.breaker import Breaker, Resting

log = structlog.get_logger()

_FAILURE_KEPT: Final = timedelta(hours=1)


class _Process:
    """What this process works with, once `connect` was called."""

    redis: Redis | None = None
    breaker = Breaker()


def connect(redis_url: str) -> Redis:
    """Gives this process its Redis."""
    _Process.redis = Redis.from_url(redis_url, socket_connect_timeout=2, socket_timeout=5)
    _Process.breaker = Breaker()
    return _Process.redis


def queue(name: str) -> Queue:
    """The queue of this name. RuntimeError before `connect`."""
    if _Process.redis is None:
        raise RuntimeError("web.workers.connect() was not called in this process")
    return Queue(name, connection=_Process.redis, serializer=JSONSerializer)


def ask(
    name: str, job: Callable[..., None], *args: int | str, limit: timedelta, told: str, tries_again: int = 0
) -> bool:
    """Asks whoever works on the queue to do the job, as `told` there; whether anybody was asked: not without Redis."""
    enqueue = partial(
        queue(name).enqueue,
        job,
        args=args,
        job_timeout=int(limit.total_seconds()),
        result_ttl=0,
        failure_ttl=int(_FAILURE_KEPT.total_seconds()),
        retry=Retry(max=tries_again) if tries_again else None,
        description=told,
    )
    try:
        _Process.breaker.ask(enqueue)
    except Resting:
        return False  # told once, with the failure
    except RedisError as error:
        log.warning("worker_not_asked", wish=told, error=str(error))
        return False
    return True
