"""What the writer of a journal tells the readers of its own process: that there is more, of what kind, and the events.

The journal itself is the truth; this only spares a reader the waking for what it does not care about, and the reading
back of what was written a moment ago.
"""

import threading
from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from itertools import islice

from calls.events import Event
from calls.journal import Recorded

KEPT = 1000  # events at hand


class News:
    """Of one node's journal."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._written: deque[Recorded] = deque(maxlen=KEPT)  # the newest, without a gap
        self._generation = 0
        self._told: dict[type[Event] | None, int] = {}  # the generation that last had an event of this type
        self._stirred = 0  # the generation in which everybody was woken

    def tell(self, written: Sequence[Recorded]) -> None:
        """These events are in the journal since the last commit: wakes who cares about one of them."""
        if not written:
            return
        with self._changed:
            if self._written and self._written[-1].seq + 1 != written[0].seq:
                self._written.clear()
            self._written.extend(written)
            self._generation += 1
            for event in {type(recorded.event) for recorded in written}:
                self._told[event] = self._generation
            self._told[None] = self._generation
            self._changed.notify_all()

    def stir(self) -> None:
        """Wakes everybody, because something else has changed."""
        with self._changed:
            self._generation += 1
            self._stirred = self._generation
            self._changed.notify_all()

    def forget(self) -> None:
        """Nothing is at hand any more: whoever reads on asks the journal."""
        with self._changed:
            self._written.clear()

    def after(self, seq: int, limit: int) -> list[Recorded]:
        """The events behind `seq` as far as they are at hand; empty when the next one is not."""
        with self._changed:
            first = self._written[0].seq if self._written else seq
            skipped = seq + 1 - first
            return list(islice(self._written, skipped, skipped + limit)) if skipped >= 0 else []

    def ends_at(self, seq: int) -> bool:
        """Whether the event `seq` is known to be the last one."""
        with self._changed:
            return bool(self._written) and self._written[-1].seq == seq

    def wait(self, seen: int, hears: frozenset[type[Event]] | None, *, within: timedelta) -> int:
        """Waits for an event of these types after `seen`, or until the time is over; what to pass the next time."""
        kinds: Sequence[type[Event] | None] = (None,) if hears is None else tuple(hears)
        with self._changed:
            self._changed.wait_for(
                lambda: self._stirred > seen or any(self._told.get(kind, 0) > seen for kind in kinds),
                within.total_seconds(),
            )
            return self._generation
