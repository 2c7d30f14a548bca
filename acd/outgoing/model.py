"""Which numbers outside may be called, and why one may not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LIMITED_WITHIN = timedelta(hours=1)  # in which calls out are counted


class Refusal(StrEnum):
    """Why a number is not called."""

    EMPTY = "empty"
    NO_NUMBER = "no_number"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NO_COUNTRY = "no_country"  # no country has this code
    FORBIDDEN = "forbidden"  # by the organisation's rules
    NO_LINE = "no_line"  # the organisation has no number to show yet
    NO_LINE_OUT = "no_line_out"  # this installation calls nobody outside
    TOO_MANY = "too_many"  # the organisation has called as often within the hour as it may
    TOO_MANY_OF_PERSON = "too_many_of_person"  # this person has


class NumberRefused(ValueError):
    """The number is not called; `why` has its words. `until`: then it would be, where only a limit stands before it."""

    def __init__(self, why: Refusal, *, until: datetime | None = None) -> None:
        super().__init__(why)
        self.why, self.until = why, until


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How an organisation calls out. Of the beginnings that fit a number the longest decides, as in the dialplan."""

    shown: str | None = None  # the number that citizens see; None: the organisation's first
    allowed: Sequence[str] = ()  # beginnings of numbers; none: all that are not forbidden
    forbidden: Sequence[str] = ()
    longest: timedelta | None = None  # a call ends after it; None: never by itself
    most_an_hour: int | None = None  # calls out within an hour; None: as many as they like
    most_of_person: int | None = None  # of these, by one person

    def permits(self, number: str) -> bool:
        """Whether the number may be called."""
        allowed, forbidden = _longest(number, self.allowed), _longest(number, self.forbidden)
        if allowed is None and forbidden is None:
            return not self.allowed
        return (-1 if allowed is None else allowed) > (-1 if forbidden is None else forbidden)


def _longest(number: str, beginnings: Collection[str]) -> int | None:
    return max((len(each) for each in beginnings if number.startswith(each)), default=None)
