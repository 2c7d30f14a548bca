"""The board of appeals: how many stand how, each figure as long as the list it opens (U-04)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from appeals import words
from appeals.journal import listing
from appeals.journal.conditions import Asker
from appeals.journal.model import OPEN_ONES, TODAY, Asked
from appeals.model import OPEN, State
from web.languages import later

CHANNEL: Final = "appeals:"  # with the organisation's id: what pages listen to


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its words, its tone and icon, the filters of the list it opens, how many there are."""

    label: str
    tone: str
    asked: Asked
    icon: str = ""
    count: int = 0


_URGENT: Final = (
    Figure(later("Overdue"), "bad", icon="exclamation-triangle", asked=Asked({"standing": "overdue"}, "due")),
    Figure(
        later("Due today"),
        "warn",
        icon="calendar-check",
        asked=Asked({"state": OPEN_ONES, "due_from": TODAY, "due_to": TODAY}, "due"),
    ),
    Figure(
        later("In the last quarter of the term"),
        "warn",
        icon="hourglass-split",
        asked=Asked({"standing": "attention"}, "due"),
    ),
    Figure(
        later("Under long control"),
        "accent",
        icon="calendar-range",
        asked=Asked({"state": OPEN_ONES, "long": "yes"}, "due"),
    ),
)
_TODAY: Final = (
    Figure(later("Registered today"), "neutral", icon="inbox", asked=Asked({"since": TODAY, "until": TODAY})),
    Figure(
        later("Closed today"), "good", icon="check2", asked=Asked({"closed_from": TODAY, "closed_to": TODAY}, "-closed")
    ),
)


def figures(session: Session, asker: Asker) -> Mapping[str, Sequence[Figure]]:
    """What needs somebody, what happened today, and where all stand; each with its count."""
    return {
        "urgent": list(_counted(session, asker, _URGENT)),
        "today": list(_counted(session, asker, _TODAY)),
        "states": list(_counted(session, asker, [_of_state(state) for state in State if state in OPEN])),
        "over": list(_counted(session, asker, [_of_state(state) for state in State if state not in OPEN])),
    }


def _of_state(state: State) -> Figure:
    return Figure(words.STATES[state], words.TONES[state], asked=Asked({"state": state.value}))


def _counted(session: Session, asker: Asker, wanted: Sequence[Figure]) -> Iterator[Figure]:
    for each in wanted:
        count = listing.count(session, each.asked, asker)
        yield replace(each, count=count)
