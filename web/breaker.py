"""Sparing a server that is away or hangs: after a failure nobody asks it for some seconds.

Without it each message of a busy minute waits for its own time-out, and who sends them stands still.
"""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeVar

from redis.exceptions import RedisError

T = TypeVar("T")

REST: Final = timedelta(seconds=5)


class Resting(RedisError):
    """Redis failed a moment ago, and was not asked again."""


class Breaker:
    """Between one process and Redis."""

    def __init__(self, *, rest: timedelta = REST, clock: Callable[[], float] = time.monotonic) -> None:
        self._rest, self._clock = rest, clock
        self._lock = threading.Lock()
        self._until = 0.0

    def ask(self, deed: Callable[[], T]) -> T:
        """Does the deed. RedisError as it comes from there, Resting for some seconds after one."""
        with self._lock:
            if self._clock() < self._until:
                raise Resting
        try:
            return deed()
        except RedisError:
            with self._lock:
                self._until = self._clock() + self._rest.total_seconds()
            raise
