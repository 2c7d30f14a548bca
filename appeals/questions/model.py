"""Where a question stands, and how long answers take."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol


class State(StrEnum):
    """Where a question stands; it follows from its times."""

    ASKED = "asked"
    TAKEN = "taken"
    ANSWERED = "answered"


class Timed(Protocol):
    """A question with its times."""

    @property
    def asked_at(self) -> datetime: ...
    @property
    def taken_at(self) -> datetime | None: ...
    @property
    def answered_at(self) -> datetime | None: ...


def state(question: Timed) -> State:
    """Where it stands."""
    if question.answered_at is not None:
        return State.ANSWERED
    return State.TAKEN if question.taken_at is not None else State.ASKED


def waited(question: Timed, now: datetime) -> timedelta:
    """From the question to the answer, or until now."""
    return (question.answered_at or now) - question.asked_at


@dataclass(frozen=True, slots=True)
class Figures:
    """Questions of a group: how many, how many of them answered, half of the answers within `median`, the `longest`."""

    asked: int
    answered: int
    median: timedelta | None
    longest: timedelta | None


def figures(questions: Iterable[Timed], now: datetime) -> Figures:
    """The figures of these questions; one that waits still counts for the longest."""
    listed = list(questions)
    took = sorted(waited(each, now) for each in listed if each.answered_at is not None)
    longest = max((waited(each, now) for each in listed), default=None)
    return Figures(len(listed), len(took), _middle(took), longest)


def _middle(took: list[timedelta]) -> timedelta | None:
    """The median; of an even number the mean of the two in the middle."""
    if not took:
        return None
    half = len(took) // 2
    return took[half] if len(took) % 2 else (took[half - 1] + took[half]) / 2
