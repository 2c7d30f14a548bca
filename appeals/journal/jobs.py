"""Asking workers for files of the journal, and what the scheduler does for the journal.

The wish in Redis may be lost: what is to be made stands in PostgreSQL, and is asked for again.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from appeals.journal import exports, queries, service, spelled
from db import EVERY_ORGANISATION, transaction
from web.breaker import Breaker, Resting

log = structlog.get_logger()

QUEUE: Final = "appeals"
_LIMIT: Final = timedelta(minutes=30)
_SILENT: Final = timedelta(seconds=30)  # then it is asked for again
_FAILURE_KEPT: Final = timedelta(hours=1)


class _Process:
    """What this process works with, once `connect` was called."""

    redis: Redis | None = None
    breaker = Breaker()


def connect(redis_url: str) -> None:
    """Gives this process its Redis."""
    _Process.redis = Redis.from_url(redis_url, socket_connect_timeout=2, socket_timeout=5)
    _Process.breaker = Breaker()


def queue() -> Queue:
    """The queue of workers. RuntimeError before `connect`."""
    if _Process.redis is None:
        raise RuntimeError("appeals.journal.jobs.connect() was not called in this process")
    return Queue(QUEUE, connection=_Process.redis, serializer=JSONSerializer)


def make_file(export_id: int) -> None:
    """The job: one file."""
    exports.make(export_id)


def forget_files() -> None:
    """The job: files whose time is over."""
    exports.forget_over()


def ask_for(export_id: int) -> None:
    """Asks a worker to make the file now. Without Redis it is asked for later."""
    ask(make_file, export_id)


def ask(job: object, *args: int) -> None:
    """Asks a worker to do a job now. Without Redis it is asked for later."""

    def enqueue() -> object:
        return queue().enqueue(
            job,
            args=args,
            job_timeout=int(_LIMIT.total_seconds()),
            result_ttl=0,
            failure_ttl=int(_FAILURE_KEPT.total_seconds()),
            description=" ".join([getattr(job, "__name__", ""), *map(str, args)]),
        )

    try:
        _Process.breaker.ask(enqueue)
    except Resting:
        return  # told once, with the failure
    except RedisError as error:
        log.warning("worker_not_asked", wish=getattr(job, "__name__", ""), error=str(error))


def look_after() -> Mapping[str, int]:
    """Words still to be written, files that nobody makes, files whose time is over. The scheduler does this."""
    with transaction(EVERY_ORGANISATION) as session:
        written = spelled.write_waiting(session)
        waiting, over = service.ask_again(session, _SILENT), queries.over(session)
    for export_id in waiting:
        ask_for(export_id)
    if over:
        ask(forget_files)
    return {"appeals_spelled": written, "asked_for": len(waiting)}
