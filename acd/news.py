"""What desks and boards are told at once: one Redis channel for each person, one for each organisation's board.

Messages are nudges with the little that cannot wait (an offer names its call); the page asks `/desk/state` for the
rest. A lost message therefore costs seconds, never truth.
"""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from db import after_commit
from web import hints

log = structlog.get_logger()

BOARD_INTERVAL = timedelta(seconds=1)  # between two messages about one organisation's queues


def tell_desk(session: Session, person_id: int, kind: str, **body: Any) -> None:
    """Tells the person's desk after the commit."""
    message = {"kind": kind, **body}
    after_commit(session, lambda: hints.send(f"desk:{person_id}", message))


def tell_board(session: Session, organisation_id: int, kind: str) -> None:
    """Tells all desks and boards of the organisation after the commit."""
    after_commit(session, lambda: hints.send(f"board:{organisation_id}", {"kind": kind}))


class Board:
    """Messages about queues, gathered: the last change is always told, and never more than one in an interval."""

    def __init__(self, figures: Callable[[int], list[dict[str, Any]]], interval: timedelta = BOARD_INTERVAL) -> None:
        self._figures = figures
        self._interval = interval
        self._due: set[int] = set()
        self._lock = threading.Lock()

    def changed(self, session: Session, organisation_id: int) -> None:
        """Tells the organisation's boards soon after the commit."""
        after_commit(session, lambda: self._soon(organisation_id))

    def _soon(self, organisation_id: int) -> None:
        with self._lock:
            if organisation_id in self._due:
                return
            self._due.add(organisation_id)
        timer = threading.Timer(self._interval.total_seconds(), self._tell, [organisation_id])
        timer.daemon = True
        timer.start()

    def _tell(self, organisation_id: int) -> None:
        with self._lock:
            self._due.discard(organisation_id)
        try:
            told = self._figures(organisation_id)
        except SQLAlchemyError as error:
            log.error("queues_not_told", organisation=organisation_id, error=type(error).__name__)
            self._soon(organisation_id)
        except Exception:  # the edge: a thread of its own; a mistake of ours would be made again at once
            log.exception("queues_failed", organisation=organisation_id)
        else:
            hints.send(f"board:{organisation_id}", {"kind": "queues", "queues": told})
