"""The work of storing a recording, in another process: an rq job for the node whose spool holds the legs."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from redis import Redis

from db import EVERY_ORGANISATION, after_commit, transaction
from db.store import StoreAway
from recordings import asking, storing
from recordings.sound import NotEncodable
from recordings.spool import NotFinished
from web import workers

_TIME_LIMIT = timedelta(minutes=15)
_ENOUGH_ASKED = 200  # jobs in Redis beyond which the backlog stays in PostgreSQL for now


class _Process:
    """What this process works with, once `connect` was called."""

    spool: Path | None = None


def connect(redis_url: str, *, spool: Path | None = None) -> Redis:
    """Gives this process its Redis and, to workers and pages, the folder in which Asterisk leaves the legs."""
    _Process.spool = spool
    return workers.connect(redis_url)


def spool_folder() -> Path:
    """Where Asterisk leaves the legs. RuntimeError in a process that was not told."""
    if _Process.spool is None:
        raise RuntimeError("recordings.jobs.connect() was told no spool in this process")
    return _Process.spool


def store_recording(recording_id: int) -> None:
    """The job: brings one recording in; what went wrong is noted in the row and tried again when it is due."""
    folder = spool_folder()
    try:
        with transaction(EVERY_ORGANISATION) as session:
            stored = storing.bring_in(session, recording_id, folder)
    except (StoreAway, NotEncodable, NotFinished, OSError, MemoryError) as error:
        with transaction(EVERY_ORGANISATION) as session:
            storing.postpone(session, recording_id, error)
        return
    if stored is not None and stored.attempts and stored.node is not None:
        with transaction(EVERY_ORGANISATION) as session:
            storing.wake(session, stored.node)


def ask_for(recording_id: int, node: str) -> None:
    """Asks a worker of the node to store it now. Without Redis it is asked for later, when it is due."""
    asking.ask(
        node, store_recording, recording_id, limit=_TIME_LIMIT, told=f"store recording {recording_id}", tries_again=2
    )


def asked_for(recording_id: int, node: str) -> Callable[[], None]:
    """`ask_for` as a deed for after the commit."""
    return partial(ask_for, recording_id, node)


def ask_for_due(node: str) -> int:
    """Asks for everything that is due; says how many. The scheduler does this every few seconds."""
    more = _ENOUGH_ASKED - len(asking.queue(node))
    with transaction(EVERY_ORGANISATION) as session:
        recordings = storing.lease(session, at_most=more) if more > 0 else []
        for recording in recordings:
            after_commit(session, asked_for(recording.id, recording.node or node))
    return len(recordings)
