"""Threads that look again and again whether something is to be done, whatever becomes of one look."""

import threading
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

log = structlog.get_logger()


class Looker(threading.Thread):
    """Looks every so often until it is stopped. PostgreSQL and whatever else it asks may be away meanwhile."""

    def __init__(self, name: str, every: timedelta) -> None:
        super().__init__(name=name, daemon=True)
        self._every = every
        self._stopping = threading.Event()

    def look(self) -> int:
        """One look; how much it did."""
        raise NotImplementedError

    def stop(self) -> None:
        """Lets the running look finish; nothing new is begun."""
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.wait(self._every.total_seconds()):
            try:
                self.look()
            except SQLAlchemyError as error:
                log.error("database_not_asked", thread=self.name, error=type(error).__name__)
            except Exception:  # the edge: the next look must come
                log.exception("look_failed", thread=self.name)
