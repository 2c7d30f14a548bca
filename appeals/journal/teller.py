"""Tells open boards of appeals that something has changed, at most once a second an organisation.

A commit that changes an appeal says so (NOTIFY `appeals`); the page asks for the figures itself, by its own rights.
"""

import threading
from typing import Final

import psycopg
import redis
import structlog
from redis.exceptions import RedisError

from appeals.journal.board import CHANNEL
from db import is_only_one, listen
from db.notices import APPEALS
from web import live

log = structlog.get_logger()

EVERY: Final = 1.0  # seconds
STANDBY: Final = 2.0
_LOCK: Final = 0xA99EA1


class AppealsTeller(threading.Thread):
    """Runs until `stop`, in every scheduler; one of them tells, the others stand by."""

    def __init__(self, client: "redis.Redis") -> None:
        super().__init__(name="appeals", daemon=True)
        self._redis = client
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Ends the thread after the news at hand."""
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                with listen(APPEALS) as connection:
                    while not self._stopping.is_set() and not is_only_one(connection, _LOCK):
                        self._stopping.wait(STANDBY)
                    self._lead(connection)
            except (psycopg.Error, RedisError) as error:
                log.warning("appeals_not_told", reason=f"{type(error).__name__}: {error}"[:300])
                self._stopping.wait(STANDBY)
            except Exception:  # the edge: news must never end the scheduler
                log.exception("appeals_teller_failed")
                self._stopping.wait(STANDBY)

    def _lead(self, connection: psycopg.Connection[tuple[str, ...]]) -> None:
        while not self._stopping.is_set():
            heard = connection.notifies(timeout=EVERY, stop_after=1)
            changed = {notice.payload for notice in heard}
            if changed:
                changed |= {notice.payload for notice in connection.notifies(timeout=0)}
                for organisation in changed:
                    live.publish(self._redis, f"{CHANNEL}{organisation}", {"kind": "changed"})
                self._stopping.wait(EVERY)
