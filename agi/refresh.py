"""Keeps the menus in memory, their copy on disk and the studio recordings beside the prompts up to date."""

import threading
import time
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy.orm import Session

import db
from db import EVERY_ORGANISATION, transaction
from db.notices import MENUS
from ivr import snapshot
from ivr.snapshot import Snapshot
from ivr.sound import studio

log = structlog.get_logger()

ANYWAY = timedelta(minutes=1)  # then it is loaded again without news
RETRY = timedelta(seconds=2)


class Refresher(threading.Thread):
    """Follows the database; while it is away, the last menus stand."""

    def __init__(self, kept: Path, sounds: Path) -> None:
        super().__init__(name="refresher", daemon=True)
        self._kept, self._sounds = kept, sounds
        self._stopping = threading.Event()
        self._current = snapshot.read(kept)

    def current(self) -> Snapshot:
        """The menus as last published, or as last known."""
        return self._current

    def stop(self) -> None:
        """Ends the thread within a second."""
        self._stopping.set()

    def run(self) -> None:
        away = False
        while not self._stopping.is_set():
            try:
                self._follow()
            except Exception as error:  # noqa: BLE001 -- the edge: whatever PostgreSQL suffers from, callers do not
                if not away:
                    log.warning("menus_not_refreshed", error=f"{type(error).__name__}: {error}"[:300])
                away = True
                self._stopping.wait(RETRY.total_seconds())
            else:
                away = False

    def refresh(self) -> None:
        """Loads once, now."""
        with transaction(EVERY_ORGANISATION) as session:
            self._take(session)

    def _follow(self) -> None:
        """Listens first, then loads, so that nothing published in between is missed."""
        with db.listen(MENUS) as connection:
            while not self._stopping.is_set():
                self.refresh()
                until = time.monotonic() + ANYWAY.total_seconds()
                while time.monotonic() < until and not self._stopping.is_set():
                    if any(True for _ in connection.notifies(timeout=0.5, stop_after=1)):
                        break

    def _take(self, session: Session) -> None:
        loaded, entries = snapshot.load(session)
        changed = 0
        try:
            changed = studio.synchronise(session, self._sounds)  # first: what new menus name can then be heard
        finally:
            self._current = loaded
            snapshot.save(self._kept, entries)
        log.info("menus_refreshed", numbers=len(self._current.lines), studio=changed)
