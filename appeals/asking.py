"""Asking workers for what takes longer than a page may: files of the journal, extracts of maps."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from rq import Queue

from web import workers

QUEUE: Final = "appeals"
_LIMIT: Final = timedelta(minutes=30)


def queue() -> Queue:
    """The queue of these workers."""
    return workers.queue(QUEUE)


def ask(job: Callable[..., None], *args: int) -> None:
    """Asks a worker to do a job now. Without Redis it is asked for later."""
    workers.ask(QUEUE, job, *args, limit=_LIMIT, told=" ".join([job.__name__, *map(str, args)]))
