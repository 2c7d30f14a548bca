"""What the journal is asked for, by whom its views are seen, and how far a file of it has come."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode

NEVER: Final = datetime(9000, 1, 1, tzinfo=UTC)  # in place of a moment that has not come: it stands behind all others
PAGE: Final = 50
PAGES: Final = (PAGE, 100, 200)
COUNTED: Final = 10_000  # beyond it we say "over 10 000"
AT_ONCE: Final = 2_000  # rows of a file that is made while one waits
MOST_ROWS: Final = 1_000_000  # of one file; Excel itself ends soon after
KEPT: Final = timedelta(days=1)  # a file that was made
UNDONE_WITHIN: Final = timedelta(minutes=30)
PRESSED_TWICE: Final = timedelta(seconds=5)  # the same again within it is the same deed
MOST_AT_ONCE: Final = 500  # appeals that one deed changes
WHILE_ONE_WAITS: Final = 25  # appeals that a request changes itself; of more a worker changes each
NOTHING: Final = "-"  # as a value: those that have none
TODAY: Final = "today"  # as a day of a period: it is asked for by a view that is opened every day
ME: Final = "me"
OPEN_ONES: Final = "open"  # as a state: any that waits for something
RIGHTLY: Final = "valid"  # as a state: any but what was entered by mistake
NEWEST_FIRST: Final = "-registered"
LONGEST_NAME: Final = 60  # of a view
EVERYBODY: Final = "yes"  # as for whom a view is
OF_TEAM: Final = "team:"  # before the id of one, as for whom a view is
LONGEST_WORD: Final = 40  # letters of a word that is looked for


class By(StrEnum):
    """How a column is filtered."""

    TEXT = "text"
    EXECUTOR = "executor"  # by a name or a code that is typed
    PERIOD = "period"
    CHOICE = "choice"
    YES = "yes"
    DAY = "day"


class Part(StrEnum):
    """Of what an appeal's words are."""

    SUBSTANCE = "s"
    NAME = "n"  # of the applicant: personal
    ADDRESS = "a"  # that names no house we know: personal


class Format(StrEnum):
    """What a file is."""

    XLSX = "xlsx"  # the columns of the page
    XML = "xml"  # everything that is open, by the published schema


class ExportState(StrEnum):
    """Where a file stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class DeedState(StrEnum):
    """Where a deed done to many stands."""

    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"


AT_WORK: Final = frozenset({DeedState.RUNNING, DeedState.UNDOING})
UNDER_WAY: Final = frozenset({ExportState.WAITING, ExportState.RUNNING})


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks the journal for: filters by their names, the order, and who asks when."""

    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = NEWEST_FIRST

    @property
    def key(self) -> str:
        """The column it is sorted by."""
        return self.sort.lstrip("-")

    @property
    def falling(self) -> bool:
        """Whether the largest stands first."""
        return self.sort.startswith("-")

    def stored(self) -> dict[str, str]:
        """As a view or a file keeps it."""
        return {**self.filters, "sort": self.sort}

    @property
    def query(self) -> str:
        """As an address says it."""
        return urlencode(self.stored() if self.sort != NEWEST_FIRST else dict(self.filters))

    def with_filters(self, **more: str) -> "Asked":
        """The same with further filters."""
        return replace(self, filters={**self.filters, **more})

    def without(self, names: Collection[str]) -> "Asked":
        """The same without these filters."""
        return replace(self, filters={name: value for name, value in self.filters.items() if name not in names})


@dataclass(frozen=True, slots=True)
class Shared:
    """For whom a view is besides its owner: everybody here, a role, a team, who works for an executor, or nobody."""

    everybody: bool = False
    role: str | None = None
    executor: int | None = None
    team: int | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A row's place in the order, as it stands in the address: which it is, and what it is sorted by."""

    appeal: int
    values: tuple[str, ...]  # a text, which may hold anything, comes last

    def __str__(self) -> str:
        return "~".join((str(self.appeal), *self.values))

    @classmethod
    def read(cls, written: str, values: int) -> "Key | None":
        """The key with so many values; None for nonsense, which begins at the first page."""
        appeal, *rest = written.split("~", values)
        if len(rest) != values or not (appeal.isascii() and appeal.isdecimal() and len(appeal) < 19):
            return None
        return cls(int(appeal), tuple(rest))


def stems(word: str) -> str:
    """The beginning of a key that all its endings share: of water, of waters; short words are looked for as they are.

    Neither Ukrainian nor Uzbek has a stemmer in PostgreSQL; both change the ends of words.
    """
    cut = 0 if len(word) < 4 or any(map(str.isdigit, word)) else 1 if len(word) < 7 else 2
    return word[: len(word) - cut][:LONGEST_WORD]


# Ukrainian letters that Unicode has elsewhere; Uzbek ones in Latin script come as they are.
_AFTER = str.maketrans({"ґ": "г\uffff", "є": "е\uffff", "і": "и\uffff", "ї": "и\uffff\uffff", "ʻ": "\uffff"})


def alphabetical(text: str) -> str:
    """What words of a directory are sorted by."""
    return text.casefold().translate(_AFTER)
