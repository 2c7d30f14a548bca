"""The figures of the board, each with its formula; standard library only.

A visit is one stay of a call in a queue. T is the queue's target (`service_target`), S its short abandon
(`short_abandon`); both stand beside the figures, for a level without them says nothing. Waits that go on are in no
level: nobody knows yet how they end.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Final

PART: Final = timedelta(minutes=30)  # of the day, in the sparkline
PAGE_SILENT: Final = timedelta(seconds=40)  # one sign of life of a desk's page was missed


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """Visits to one queue that began in a stretch of time, counted by what became of them."""

    offered: int = 0  # every visit, whatever became of it
    waiting: int = 0  # still in the queue
    answered: int = 0
    abandoned: int = 0  # the caller hung up; one who left for another queue or by a key did not
    flowed_out: int = 0  # left for elsewhere: overflow, time-out, key
    answered_in_time: int = 0  # after T at most
    abandoned_in_time: int = 0  # after T at most
    abandoned_short: int = 0  # after S at most: dialled wrongly, changed their mind

    def __add__(self, other: "Visits") -> "Visits":
        names = [field.name for field in fields(self)]
        return Visits(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @property
    def over(self) -> int:
        """Visits that are no longer waiting: what the levels are shares of."""
        return self.offered - self.waiting

    @property
    def level_a(self) -> float | None:
        """A: answered within T, of all offered. The strictest: whoever gave up or was sent on counts against it."""
        return _share(self.answered_in_time, self.over)

    @property
    def level_b(self) -> float | None:
        """B: answered within T, of all offered less those abandoned within S."""
        return _share(self.answered_in_time, self.over - self.abandoned_short)

    @property
    def level_c(self) -> float | None:
        """C: answered within T, of all answered. Blind to everybody who gave up."""
        return _share(self.answered_in_time, self.answered)

    @property
    def level_d(self) -> float | None:
        """D: Asterisk's second formula, for comparison: answered or abandoned within T, of all answered or abandoned.

        It counts an early hang-up as a success.
        """
        return _share(self.answered_in_time + self.abandoned_in_time, self.answered + self.abandoned)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None


def together(parts: Iterable[Visits]) -> Visits:
    """The sum of stretches of time, or of queues."""
    return sum(parts, Visits())
