"""The Range header of HTTP (RFC 9110, section 14): which bytes a player wants when it seeks."""

import re
from dataclasses import dataclass

_ASKED = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")  # longer numbers are nonsense: no file is so large


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a file, in bytes."""

    first: int
    length: int

    @property
    def exists(self) -> bool:
        """Whether the file has any of it."""
        return self.length > 0


def asked_part(header: str, size: int) -> Part | None:
    """The part asked for, cut to what there is; None for the whole: no header, one we do not serve, or nonsense."""
    match = _ASKED.fullmatch(header.strip())
    if match is None or match.group(1) == match.group(2) == "":
        return None
    first, last = match.groups()
    if first == "":  # the last so many bytes
        length = min(int(last), size)
        return Part(size - length, length)
    if last and int(last) < int(first):
        return None
    until = min(int(last), size - 1) if last else size - 1
    return Part(int(first), max(0, until - int(first) + 1))
