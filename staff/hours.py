"""Spans of a day by the clocks of an organisation, as people type them. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` until `until`, local time; `until` 00:00 is the end of the day."""

    since: time
    until: time


_SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–—]\s*(\d{1,2})(?:[:.](\d{2}))?")


def spans_of(text: str) -> tuple[Span, ...]:
    """What somebody typed: "8–20", "08:00-13:00, 14:00-18:00", "00:00–24:00"; nothing is a day off. ValueError."""
    return tuple(sorted((span_of(piece) for piece in re.split(r"[,;]", text) if piece.strip()), key=lambda s: s.since))


def span_of(text: str) -> Span:
    """One span as typed; it may pass midnight. ValueError for what is none."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    since, until = (time(int(found[i]) % 24, int(found[i + 1] or 0)) for i in (1, 3))
    if int(found[1]) > 23 or int(found[3]) > 24 or (int(found[3]) == 24 and until != time(0)):
        raise ValueError(text)
    return Span(since, until)


def as_typed(spans: Iterable[Span]) -> str:
    """The spans as `spans_of` reads them; the end of the day is 24:00."""
    return ", ".join(f"{s.since:%H:%M}–{'24:00' if s.until == time(0) else f'{s.until:%H:%M}'}" for s in spans)


def within(span: Span, moment: time) -> bool:
    """Whether the local time lies in the span."""
    return span.since <= moment and (span.until == time(0) or moment < span.until)
