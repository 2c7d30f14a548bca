"""What the server asks PostgreSQL while a caller is on the line: little, briefly, and never needed."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import TypeVar

import sqlalchemy.exc
import structlog
from sqlalchemy.orm import Session

from db import transaction

log = structlog.get_logger()

T = TypeVar("T")

AT_ONCE = 8
REST = timedelta(seconds=5)  # so long nobody is asked after PostgreSQL did not answer in time
MOST_WAITING = 100
# PostgreSQL, or a connection to it, did not answer in time; anything else is a mistake in a question.
_SILENCE = (TimeoutError, sqlalchemy.exc.TimeoutError, sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError)


class Away(Exception):
    """There is no answer; the caller goes on without."""


class Memory:
    """Asks PostgreSQL for one organisation, within a time. When it is silent it is left alone for a while.

    `begin` opens a transaction of the organisation.
    """

    def __init__(self, begin: Callable[[int], AbstractContextManager[Session]] = transaction) -> None:
        self._begin = begin
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="memory")
        self._lock = threading.Lock()
        self._resting_until = 0.0
        self._waiting = 0

    def ask(self, organisation: int, question: Callable[[Session], T], *, within: timedelta) -> T:
        """The answer, or Away after `within` at most."""
        with self._lock:
            if time.monotonic() < self._resting_until or self._waiting >= MOST_WAITING:
                raise Away
            self._waiting += 1
        asked: Future[T] = self._pool.submit(self._answer, organisation, question)
        asked.add_done_callback(lambda _: self._answered())
        try:
            return asked.result(within.total_seconds())
        except _SILENCE as error:
            asked.cancel()
            self._rest(error)
            raise Away from error
        except Exception as error:  # a mistake of ours: this caller goes on without, others are asked for as before
            log.exception("memory_failed")
            raise Away from error

    def _answer(self, organisation: int, question: Callable[[Session], T]) -> T:
        with self._begin(organisation) as session:
            return question(session)

    def _answered(self) -> None:
        with self._lock:
            self._waiting -= 1

    def _rest(self, error: BaseException) -> None:
        with self._lock:
            if time.monotonic() >= self._resting_until:
                log.warning("memory_away", error=f"{type(error).__name__}: {error}"[:300])
            self._resting_until = time.monotonic() + REST.total_seconds()
