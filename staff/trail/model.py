"""What an entry of the trail says, the seal that chains it to the one before, and what a verification may find."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from db import chain


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An entry's content: everything that its seal covers."""

    organisation: int
    number: int
    at: datetime
    of: str
    row_key: str
    deed: str
    digest: str
    form: str
    outside: bool


def seal(before: str, entry: Written) -> str:
    """The entry's, chained to the seal before."""
    content = [
        entry.organisation,
        entry.number,
        chain.moment(entry.at),
        entry.of,
        entry.row_key,
        entry.deed,
        entry.digest,
        entry.form,
        entry.outside,
    ]
    return chain.seal(before, content)


class Wrong(StrEnum):
    """What a verification may find wrong."""

    GAP = "gap"
    CHAIN = "chain"
    ENTRY_CHANGED = "entry_changed"
    OUTSIDE = "outside"
    ROW_DIFFERS = "row_differs"
    ROW_GONE = "row_gone"
    ROW_BACK = "row_back"
    NOT_ENTERED = "not_entered"


@dataclass(slots=True)
class Report(chain.Report):
    """What the verification of one organisation's rows came to."""

    rows: int = 0
