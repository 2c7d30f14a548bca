"""Chains that nobody changes unseen: each entry is sealed together with the seal of the one before it.

An organisation's entries of one chain are numbered 1, 2, 3 … without a gap. What an entry says its own domain knows.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

BEGINNING: Final = "0" * 64  # what the first entry of an organisation names as the seal before it
MOST_TOLD: Final = 100  # findings kept word by word; the rest is counted
IS_SEALED: Final = "seal ~ '^[0-9a-f]{64}$' AND previous ~ '^[0-9a-f]{64}$'"  # for a CHECK


def seal(before: str, content: Sequence[object]) -> str:
    """SHA-256 over the seal before and the entry, 64 hexadecimal digits: whoever changes an entry must change all that
    follow. `content` is what JSON can write, in an order that never changes."""
    written = json.dumps([before, *content], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def moment(at: datetime) -> str:
    """A time as seals have it: in UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and the number, id or key by which it is found."""

    wrong: StrEnum
    of: str


@dataclass(slots=True)
class Report:
    """What the verification of one organisation's chain, and of what it tells about, came to."""

    entries: int = 0
    head: str = BEGINNING
    found: int = 0
    findings: list[Finding] = field(default_factory=list)

    def note(self, wrong: StrEnum, of: object) -> None:
        """Something is wrong."""
        self.found += 1
        if len(self.findings) < MOST_TOLD:
            self.findings.append(Finding(wrong, str(of)))

    def lines(self, counted: str, words: Mapping[str, str]) -> list[str]:
        """What it says, for a console: what was `counted`, whether it agrees, each finding in `words`."""
        told = [f"  {words[finding.wrong] % {'of': finding.of}}" for finding in self.findings]
        if self.found > len(told):
            told.append(f"  ... and {self.found - len(told)} more")
        agrees = "agrees" if not self.found else f"{self.found} wrong"
        return [f"{counted}, last seal {self.head[:16]}: {agrees}", *told]
