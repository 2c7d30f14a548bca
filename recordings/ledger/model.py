"""What an entry of the ledger says, and the seal that chains it to the one before; what a verification may find."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

BEGINNING: Final = "0" * 64  # what the first entry of an organisation names as the seal before it


class EntryKind(StrEnum):
    """What happened."""

    STORED = "stored"
    LISTENED = "listened"
    DOWNLOADED = "downloaded"
    HELD = "held"
    RELEASED = "released"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An entry's content: everything that its seal covers."""

    organisation: int
    number: int
    at: datetime
    kind: str
    call: UUID | None
    recording: int | None
    details: Mapping[str, str]


def seal(before: str, entry: Written) -> str:
    """SHA-256 over the seal before and the entry: whoever changes an entry must change all that follow."""
    content = [
        before,
        entry.organisation,
        entry.number,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.kind,
        None if entry.call is None else str(entry.call),
        entry.recording,
        dict(entry.details),
    ]
    written = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


class Wrong(StrEnum):
    """What a verification may find wrong."""

    GAP = "gap"
    CHAIN = "chain"
    ENTRY_CHANGED = "entry_changed"
    CUT = "cut"
    REWRITTEN = "rewritten"
    NOT_ENTERED = "not_entered"
    ROW_DIFFERS = "row_differs"
    ROW_GONE = "row_gone"
    LISTENING_NOT_ENTERED = "listening_not_entered"
    DELETED_NOT_ENTERED = "deleted_not_entered"
    NOT_DELETED = "not_deleted"
    OBJECT_MISSING = "object_missing"
    OBJECT_CHANGED = "object_changed"
    OBJECT_UNKNOWN = "object_unknown"
    OBJECT_LEFT = "object_left"
    NOT_ENCRYPTED = "not_encrypted"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and the number, id or key by which it is found."""

    wrong: Wrong
    of: str


MOST_TOLD: Final = 100  # findings kept word by word; the rest is counted


@dataclass(slots=True)
class Report:
    """What the verification of one organisation's ledger came to."""

    entries: int = 0
    head: str = BEGINNING
    objects: int = 0
    found: int = 0
    findings: list[Finding] = field(default_factory=list)

    def note(self, wrong: Wrong, of: object) -> None:
        """Something is wrong."""
        self.found += 1
        if len(self.findings) < MOST_TOLD:
            self.findings.append(Finding(wrong, str(of)))
