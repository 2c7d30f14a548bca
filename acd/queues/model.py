"""The words of queues' rules, penalties made of skills, and an expected wait that is honest or not said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

LEVELS = (1, 2, 3)  # of a skill: some, good, excellent
MOST_MESSAGES = 5  # of a queue
STRANGER = 100  # penalty of a member who does not speak the caller's language: rung when the queue widens
OPERATORS_A_LEADER = 20  # Z-22: one leader for every twenty operators

SAMPLE = 30  # waits looked at, the latest ones
ENOUGH = 9  # fewer cannot be so certain
CERTAINTY = 0.8  # how often the range spoken must hold the next caller's wait


class Message(NamedTuple):
    """A prompt that callers may hear while they wait."""

    words: str
    missing: tuple[str, ...]  # languages of the organisation in which nobody can hear it


class SkillKind(StrEnum):
    """What somebody is able to do."""

    LANGUAGE = "language"  # its code is one of calls.model.Language
    TOPIC = "topic"  # its code is the organisation's own


class OverflowDeed(StrEnum):
    """What becomes of a caller whom the queue does not serve in time."""

    WIDER = "wider"  # also those who do not speak the language, or have not the skill
    QUEUE = "queue"
    CALLBACK = "callback"  # is offered
    ANNOUNCEMENT = "announcement"  # is heard, and the call ends


class PriorityKind(StrEnum):
    """Whom a rule favours."""

    BENEFIT = "benefit"  # numbers that the organisation favours
    REPEAT = "repeat"  # who called before and was not answered


def penalty(levels: Sequence[int | None]) -> int:
    """A member's penalty from their levels of the skills asked for; the first is the language.

    Asterisk rings a lower penalty first. None of a skill at all is a stranger's penalty: whoever lacks the language
    or a skill is rung only when the queue widens.
    """
    if any(level is None for level in levels):
        return STRANGER
    return sum(LEVELS[-1] - level for level in levels if level is not None)


@dataclass(frozen=True, slots=True)
class Range:
    """From so many minutes to so many."""

    least: int
    most: int

    @property
    def prompt(self) -> str:
        """What is spoken."""
        return f"wait-{self.least}-{self.most}"


SPOKEN = (Range(0, 1), Range(1, 3), Range(0, 2), Range(3, 7), Range(1, 5), Range(5, 10), Range(10, 20), Range(15, 30))


def expected_wait(waits: Sequence[timedelta]) -> Range | None:
    """The shortest range that is spoken and holds the next caller's wait, from the latest answered waits.

    The interval between the r-th smallest and the r-th largest of n waits holds the next one with the probability
    (n + 1 - 2 r) / (n + 1), whatever their distribution (Wilks 1941, Annals of Mathematical Statistics 12, 91-96).
    r is the largest for which that is at least CERTAINTY; the range spoken encloses that interval. None with too few
    waits, and where no range that would tell a caller something encloses it.
    """
    count = len(waits)
    if count < ENOUGH:
        return None
    cut = max(1, int((1 - CERTAINTY) * (count + 1) / 2))
    ordered = sorted(waits)
    least, most = ordered[cut - 1], ordered[-cut]
    return next(
        (it for it in SPOKEN if timedelta(minutes=it.least) <= least and most <= timedelta(minutes=it.most)), None
    )
