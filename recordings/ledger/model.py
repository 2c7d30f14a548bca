"""What an entry of the ledger says, and the seal that chains it to the one before; what a verification may find."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from db import chain


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
    """The entry's, chained to the seal before."""
    content = [
        entry.organisation,
        entry.number,
        chain.moment(entry.at),
        entry.kind,
        None if entry.call is None else str(entry.call),
        entry.recording,
        dict(entry.details),
    ]
    return chain.seal(before, content)


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


@dataclass(slots=True)
class Report(chain.Report):
    """What the verification of one organisation's ledger came to."""

    objects: int = 0
