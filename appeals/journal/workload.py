"""The board by executors: how many open appeals each has in which state, each figure as long as the list it opens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from appeals import words
from appeals.executors.tables import Executor
from appeals.journal import queries
from appeals.journal.board import Figure
from appeals.journal.conditions import Asker
from appeals.journal.model import NOTHING, OPEN_ONES, TODAY, Asked, alphabetical
from appeals.model import OPEN, State
from web import periods
from web.languages import later

MOST: Final = 100  # executors on one page, those with most that is late first
STATES: Final = tuple(state for state in State if state in OPEN)


@dataclass(frozen=True, slots=True)
class Work:
    """What one executor has; nobody's where there is none."""

    executor: Executor | None
    figures: Sequence[Figure]  # all, overdue, due today, then a state each

    @property
    def order(self) -> tuple[int, int, str]:
        """Most that is late first, then most at all, then by name."""
        whole, overdue = self.figures[0].count, self.figures[1].count
        return -overdue, -whole, alphabetical(self.executor.name) if self.executor is not None else ""


def heads() -> Sequence[str]:
    """The words over the figures."""
    return [figure.label for figure in _figures(NOTHING, [])]


def by_executor(session: Session, asker: Asker, text: str = "") -> tuple[Work | None, list[Work]]:
    """What nobody has, and every executor who has an open appeal; only those with these words in name or code."""
    today = periods.midnight().date().isoformat()
    begins, ends = periods.beginning(today), periods.end(today)  # as the list reads its filters
    assert begins is not None
    assert ends is not None
    loads: dict[int, list[queries.Load]] = {}
    for load in queries.loads(session, asker.organisation, asker.now, due_from=begins, due_to=ends):
        loads.setdefault(load.executor, []).append(load)
    nobody = loads.pop(0, None)
    found = [
        Work(each, _figures(each.code, loads[each.id]))
        for each in queries.executors(session, loads)
        if all(word in f"{each.code} {each.name}".casefold() for word in text.casefold().split())
    ]
    return Work(None, _figures(NOTHING, nobody)) if nobody else None, sorted(found, key=lambda each: each.order)


def _figures(whose: str, loads: Sequence[queries.Load]) -> list[Figure]:
    of_states: Mapping[str, int] = {load.state: load.number for load in loads}
    asked = Asked({"state": OPEN_ONES, "executor": whose}, "due")
    overdue = Asked({"standing": "overdue", "executor": whose}, "due")
    today = asked.with_filters(due_from=TODAY, due_to=TODAY)
    return [
        Figure(later("All open"), "neutral", asked, count=sum(load.number for load in loads)),
        Figure(later("Overdue"), "bad", overdue, count=sum(load.overdue for load in loads)),
        Figure(later("Due today"), "warn", today, count=sum(load.due for load in loads)),
        *(
            Figure(
                words.STATES[state],
                words.TONES[state],
                Asked({"state": state.value, "executor": whose}, "due"),
                count=of_states.get(state, 0),
            )
            for state in STATES
        ),
    ]
