"""What a pattern of registration indexes may hold, and how one is written."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from appeals.model import Source


class Fault(StrEnum):
    """What is wrong with a pattern."""

    NO_NUMBER = "no_number"
    NO_YEAR = "no_year"
    NO_SOURCE = "no_source"  # counted by source, two appeals would have one index
    SAME_SIGNS = "same_signs"  # of two sources, counted apart
    UNKNOWN = "unknown"  # braces around something else


USUAL: Final = "{letter}-{number}/{year}"
NOBODY: Final = "–"  # in place of the letter of a name that nobody gave
TOKENS: Final = ("letter", "number", "year", "yy", "source")
_TOKEN: Final = re.compile(rf"\{{({'|'.join(TOKENS)})\}}")


def fault_of(pattern: str, signs: Mapping[str, str], *, by_source: bool) -> Fault | None:
    """What keeps indexes by this pattern from being one appeal's alone, year after year."""
    there = set(_TOKEN.findall(pattern))
    if {"{", "}"} & set(_TOKEN.sub("", pattern)):
        return Fault.UNKNOWN
    if "number" not in there:
        return Fault.NO_NUMBER
    if not there & {"year", "yy"}:
        return Fault.NO_YEAR
    if by_source and "source" not in there:
        return Fault.NO_SOURCE
    told = [signs.get(source, "") for source in Source]
    return Fault.SAME_SIGNS if by_source and len(set(told)) < len(told) else None


def written(pattern: str, *, number: int, year: int, name: str, sign: str) -> str:
    """The index of the appeal with this running number, whose author has this name."""
    values = {
        "number": str(number), "year": str(year), "yy": f"{year % 100:02}", "letter": letter(name), "source": sign,
    }  # fmt: skip
    return _TOKEN.sub(lambda match: values[match[1]], pattern)


def letter(name: str) -> str:
    """What a name is filed under: its first letter; oʻ and gʻ of Uzbek are two signs and one letter."""
    found = re.search(r"(?i)[og]ʻ|[^\W\d_]", name)
    return found[0].upper() if found is not None else NOBODY
