"""The author's mark: what it says, how it came, and until when it may be given. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

MARKS: Final = (1, 2, 3, 4, 5)
GOOD: Final = 4  # and better: the author is satisfied
USUAL_DAYS: Final = 30  # after the closing, until an organisation says otherwise
LONGEST_COMMENT: Final = 2_000
LINKS_A_MINUTE: Final = 30  # that one address may open


class Settled(StrEnum):
    """Whether what was asked for is done, as its author sees it."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Way(StrEnum):
    """How the mark came."""

    LINK = "link"  # of a letter or an SMS
    CABINET = "cabinet"
    PHONE = "phone"  # somebody of the staff asked and noted it


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the author says."""

    mark: int
    settled: Settled
    comment: str = ""

    @property
    def lacks_words(self) -> bool:
        """Whoever says that nothing is settled says what is not: it becomes the text of the reopened appeal."""
        return self.settled is Settled.NO and not self.comment.strip()


def until(closed_at: datetime, days: int) -> datetime:
    """The last moment for a mark."""
    return closed_at + timedelta(days=days)
