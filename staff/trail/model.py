"""What an entry of the trail says, the seal that chains it to the one before, and what a verification may find."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

BEGINNING: Final = "0" * 64  # what the first entry of an organisation names as the seal before it
MOST_TOLD: Final = 100  # findings kept word by word; the rest is counted


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
    """SHA-256 over the seal before and the entry: whoever changes an entry must change all that follow."""
    content = [
        before,
        entry.organisation,
        entry.number,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.of,
        entry.row_key,
        entry.deed,
        entry.digest,
        entry.form,
        entry.outside,
    ]
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


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


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and the entry's number or the table and key of the row."""

    wrong: Wrong
    of: str


@dataclass(slots=True)
class Report:
    """What the verification of one organisation's rows came to."""

    entries: int = 0
    rows: int = 0
    head: str = BEGINNING
    found: int = 0
    findings: list[Finding] = field(default_factory=list)

    def note(self, wrong: Wrong, of: object) -> None:
        """Something is wrong."""
        self.found += 1
        if len(self.findings) < MOST_TOLD:
            self.findings.append(Finding(wrong, str(of)))
