"""The work of storing a recording, in another process: an rq job for the node whose spool holds the legs.

Redis only carries the wish; the truth is the row. A lost wish is made again by `ask_for_due`, a wish made twice does
nothing the second time.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Retry
from rq.serializers import JSONSerializer

from db import EVERY_ORGANISATION, after_commit, transaction
from recordings import service
from recordings.sound import NotEncodable
from recordings.spool import NotFinished
from recordings.store import StoreAway
from web.breaker import Breaker, Resting

log = structlog.get_logger()

_TIME_LIMIT = timedelta(minutes=15)
_ENOUGH_ASKED = 200  # jobs in Redis beyond which the backlog stays in PostgreSQL for now


class _Process:
    """What this process works with, once `connect` was called."""

    redis: Redis | None = None
    breaker = Breaker()
    spool: Path | None = None


def connect(redis_url: str, *, spool: Path | None = None) -> Redis:
    """Gives this process its Redis and, to workers and pages, the folder in which Asterisk leaves the legs."""
    _Process.redis = Redis.from_url(redis_url, socket_connect_timeout=2, socket_timeout=5)
    _Process.spool, _Process.breaker = spool, Breaker()
    return _Process.redis


def spool_folder() -> Path:
    """Where Asterisk leaves the legs. RuntimeError in a process that was not told."""
    if _Process.spool is None:
        raise RuntimeError("recordings.jobs.connect() was told no spool in this process")
    return _Process.spool


def queue_name(node: str) -> str:
    """The queue of the workers that see this node's spool."""
    return f"recordings-{node}"


def queue(node: str) -> Queue:
    """The node's queue. RuntimeError before `connect`."""
    if _Process.redis is None:
        raise RuntimeError("recordings.jobs.connect() was not called in this process")
    return Queue(queue_name(node), connection=_Process.redis, serializer=JSONSerializer)


def store_recording(recording_id: int) -> None:
    """The job: brings one recording in; what went wrong is noted in the row and tried again when it is due."""
    folder = spool_folder()
    try:
        with transaction(EVERY_ORGANISATION) as session:
            service.bring_in(session, recording_id, folder)
    except (StoreAway, NotEncodable, NotFinished, OSError, MemoryError) as error:
        with transaction(EVERY_ORGANISATION) as session:
            service.postpone(session, recording_id, error)


def ask_for(recording_id: int, node: str) -> None:
    """Asks a worker of the node to store it now. Without Redis it is asked for later, when it is due."""
    enqueue = partial(
        queue(node).enqueue,
        store_recording,
        args=(recording_id,),
        job_timeout=int(_TIME_LIMIT.total_seconds()),
        result_ttl=0,
        failure_ttl=3600,
        retry=Retry(max=2),
        description=f"store recording {recording_id}",
    )
    try:
        _Process.breaker.ask(enqueue)
    except Resting:
        return  # told once, with the failure
    except RedisError as error:
        log.warning("recording_not_asked_for", recording=recording_id, error=str(error))


def asked_for(recording_id: int, node: str) -> Callable[[], None]:
    """`ask_for` as a deed for after the commit."""
    return partial(ask_for, recording_id, node)


def ask_for_due(node: str) -> int:
    """Asks for everything that is due; says how many. The scheduler does this every few seconds."""
    room = _ENOUGH_ASKED - len(queue(node))
    with transaction(EVERY_ORGANISATION) as session:
        recordings = service.lease(session, at_most=room) if room > 0 else []
        for recording in recordings:
            after_commit(session, asked_for(recording.id, recording.node or node))
    return len(recordings)
