"""What a report of calls counts: every call that came in stands in exactly one class. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from calls.model import Fate

NOTHING: Final = timedelta()
MISSED: Final = (  # causes, the caller's own first
    Fate.ABANDONED_IN_MENU,
    Fate.ABANDONED_IN_QUEUE,
    Fate.CALLBACK_ASKED,
    Fate.REFUSED,
    Fate.OUT_OF_HOURS,
    Fate.LOST,
)
AGAIN_WITHIN: Final = 7  # days, unless somebody asks for another number
MOST_DAYS: Final = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """Calls that came in: how each ended, and the time that operators had to do with them."""

    fates: Counter[Fate] = field(default_factory=Counter)
    now_on: int = 0
    talked: timedelta = NOTHING  # hold included
    held: timedelta = NOTHING
    after: timedelta = NOTHING  # after the call, up to each wrap-up's limit

    def __add__(self, other: "Received") -> "Received":
        return Received(
            fates=self.fates + other.fates,
            now_on=self.now_on + other.now_on,
            talked=self.talked + other.talked,
            held=self.held + other.held,
            after=self.after + other.after,
        )

    @property
    def number(self) -> int:
        """All of them."""
        return self.fates.total() + self.now_on

    @property
    def answered(self) -> int:
        """Those that an operator answered."""
        return self.fates[Fate.ANSWERED]

    @property
    def settled(self) -> int:
        """Those to which the menu gave the answer."""
        return self.fates[Fate.SELF_SERVICE]

    @property
    def missed(self) -> int:
        """Those that did not reach what they called for."""
        return sum(self.fates[fate] for fate in MISSED)


def together(parts: Iterable[Received]) -> Received:
    """All of them as one."""
    return sum(parts, Received())


def days_of(first: date, last: date) -> list[date]:
    """Every day from the first to the last, whether anybody called or not; none where the first is still to come."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Calls that we made, those among them that were owed to somebody."""

    number: int
    reached: int
    talked: timedelta
    callbacks: int
    called_back: int  # callbacks that reached the citizen


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """Calls of numbers that had called about the same topic shortly before."""

    number: int
    callers: int
