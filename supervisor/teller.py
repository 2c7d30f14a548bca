"""Tells boards their figures: computed once for all who watch an organisation, by one process of all.

Whoever has the advisory lock computes; the others stand by. A commit that changes a figure says so (NOTIFY
`figures`), so nothing is asked while nothing happens, but for a look every second at what nobody announces.
"""

import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import psycopg
import redis
import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from db import EVERY_ORGANISATION, is_only_one, listen, transaction
from db.notices import FIGURES
from staff.queries import organisations
from supervisor import board
from web import live

log = structlog.get_logger()

CHANNEL: Final = "figures:"  # with the organisation's id: what pages listen to
SOONEST: Final = timedelta(seconds=0.1)  # between two tellings: a change is on sixty boards within half a second
LATEST: Final = timedelta(seconds=1)  # also without a change, so that a board knows how old its figures are
WHOLE: Final = timedelta(minutes=10)  # all figures are told anew, whatever a page made of the changes
LOOKS_FOR_WATCHERS: Final = timedelta(seconds=0.5)
LOOKS_FOR_ORGANISATIONS: Final = timedelta(seconds=10)
GATHERS: Final = timedelta(seconds=0.05)  # changes, before the next look at the clock
STANDBY: Final = timedelta(seconds=2)  # between attempts to become the one

_LOCK: Final = 0xB0A4D


@dataclass(slots=True)
class _Told:
    at: float
    figures: dict[str, Any]
    of: str  # the time of the figures that pages show since
    whole_at: float


class BoardTeller(threading.Thread):
    """Runs until `stop`, in every scheduler: a thread of a web process would wait for the threads of its requests."""

    def __init__(self, client: "redis.Redis") -> None:
        super().__init__(name="board", daemon=True)
        self._redis = client
        self._stopping = threading.Event()
        self._told: dict[int, _Told] = {}
        self._watched: set[int] = set()
        self._looked_at = self._counted_at = 0.0
        self._names: dict[str, int] = {}  # of channels, and whose they are

    def stop(self) -> None:
        """Ends the thread after the figures at hand."""
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                with listen(FIGURES) as connection:
                    while not self._stopping.is_set() and not is_only_one(connection, _LOCK):
                        self._stopping.wait(STANDBY.total_seconds())
                    self._lead(connection)
            except (psycopg.Error, SQLAlchemyError, RedisError) as error:
                log.warning("board_not_told", reason=f"{type(error).__name__}: {error}"[:300])
                self._stopping.wait(STANDBY.total_seconds())
            except Exception:  # the edge: a board must never end a process that serves pages
                log.exception("board_failed")
                self._stopping.wait(STANDBY.total_seconds())

    def _lead(self, connection: psycopg.Connection[tuple[str, ...]]) -> None:
        changed: set[int] = set()
        while not self._stopping.is_set():
            patience = GATHERS if changed & self._watched else LOOKS_FOR_WATCHERS
            heard = list(connection.notifies(timeout=patience.total_seconds(), stop_after=1))
            heard += connection.notifies(timeout=0)
            changed |= {int(notice.payload) for notice in heard if notice.payload.isdecimal()}
            for organisation in self._watchers():
                last = self._told.get(organisation)
                passed = _since(last.at) if last else LATEST
                if passed >= (SOONEST if organisation in changed else LATEST):
                    changed.discard(organisation)
                    self._tell(organisation, last)
            changed &= self._watched

    def _watchers(self) -> set[int]:
        """Organisations whose board is open in some browser."""
        if _since(self._looked_at) >= LOOKS_FOR_WATCHERS:
            self._count_organisations()
            listeners = self._redis.pubsub_numsub(*self._names)
            self._watched = {self._names[_text(name)] for name, number in listeners if number}
            self._told = {it: told for it, told in self._told.items() if it in self._watched}
            self._looked_at = time.monotonic()
        return self._watched

    def _count_organisations(self) -> None:
        if not self._names or _since(self._counted_at) >= LOOKS_FOR_ORGANISATIONS:
            with transaction(EVERY_ORGANISATION) as session:
                self._names = {f"{live.PREFIX}{CHANNEL}{each.id}": each.id for each in organisations(session)}
            self._counted_at = time.monotonic()

    def _tell(self, organisation: int, last: _Told | None) -> None:
        """What has changed since the last telling, which the news name; all figures where there was none.

        A page that came between two tellings has older figures than that, and asks.
        """
        figures, now = board.figures(organisation), time.monotonic()
        board.keep(organisation, figures)
        told = _Told(now, figures, figures["at"], now)
        news = figures
        if last is not None and _since(last.whole_at) < WHOLE and board.same_rows(last.figures, figures):
            changes = board.changes(last.figures, figures)
            news = {"kind": "changed" if changes else "fresh", "at": figures["at"], "of": last.of, **changes}
            told.of, told.whole_at = figures["at"] if changes else last.of, last.whole_at
        live.publish(self._redis, f"{CHANNEL}{organisation}", news)
        self._told[organisation] = told


def _since(moment: float) -> timedelta:
    """How long ago that was, by the clock that only goes on."""
    return timedelta(seconds=time.monotonic() - moment)


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name
