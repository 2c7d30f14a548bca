"""What is asked of the journal: every filter and every order, drawn anew for each page."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from appeals.journal.columns import COLUMNS
from bench.addresses import GIVEN, ROOTS
from bench.registered import APPLICANTS, DAYS, EXECUTORS, HOUSES, SURNAMES, VOCABULARY, ZONE


@dataclass(frozen=True, slots=True)
class Kind:
    """Pages that somebody asks for: what they filter, how they are sorted, whether they lie deep in the list."""

    name: str
    filters: Callable[[random.Random], dict[str, str]]
    sort: str = "-registered"
    deep: bool = False


def _days(drawn: random.Random, *lengths: int) -> tuple[str, str]:
    first = datetime.now(ZONE).date() - timedelta(days=drawn.randrange(1, DAYS))
    return first.isoformat(), (first + timedelta(days=drawn.choice(lengths or (1, 7, 30)))).isoformat()


def _period(name: str) -> Callable[[random.Random], dict[str, str]]:
    bounds = {"registered": ("since", "until")}.get(name, (f"{name}_from", f"{name}_to"))
    return lambda drawn: dict(zip(bounds, _days(drawn), strict=True))


SINGLE: Final[dict[str, Callable[[random.Random], str]]] = {
    "state": lambda drawn: drawn.choice(["open", "registered", "in_work", "to_be_verified", "closed", "cancelled"]),
    "standing": lambda drawn: drawn.choice(["overdue", "attention", "on_time", "late"]),
    "kind": lambda drawn: drawn.choice(["application", "complaint", "suggestion"]),
    "topic": lambda drawn: drawn.choice(["water", "heating", "roads"]),
    "problem": lambda drawn: drawn.choice(["-", "p1.16", "p1.19"]),
    "source": lambda drawn: drawn.choice(["phone", "reception", "letter"]),
    "result": lambda drawn: drawn.choice(["satisfied", "refused", "explained"]),
    "long": lambda _drawn: "yes",
    "registered_by": lambda drawn: drawn.choice(["me", "1", "2"]),
    "district": lambda drawn: str(drawn.randrange(1, 9)),
    "name": lambda drawn: f"{drawn.choice(SURNAMES)} {drawn.choice(GIVEN)}",
    "phone": lambda drawn: f"+38067{drawn.randrange(APPLICANTS):07}",
    "address": lambda drawn: f"{drawn.choice(GIVEN)} {drawn.choice(ROOTS)}а, {drawn.randrange(1, HOUSES)}",
    "number": lambda drawn: f"2{drawn.randrange(3)}-{drawn.randrange(400000):06}",
    "executor": lambda drawn: drawn.choice(["-", f"E{1 + int(drawn.random() ** 2 * EXECUTORS)}"]),
    "q": lambda drawn: drawn.choice(VOCABULARY[: 1 + int(drawn.random() ** 2.5 * len(VOCABULARY))]),
}
NARROW: Final = ("state", "standing", "kind", "topic", "problem", "source", "result", "long", "district", "executor")


def _one(name: str) -> Kind:
    return Kind(f"by {name}", lambda drawn: {name: SINGLE[name](drawn)})


def _some(drawn: random.Random, most: int) -> dict[str, str]:
    found = {name: SINGLE[name](drawn) for name in drawn.sample(NARROW, drawn.randint(2, most))}
    return found | (_period("registered")(drawn) if drawn.random() < 0.5 else {})


def _sorts() -> Iterator[Kind]:
    for column in COLUMNS:
        if column.sorted and column.field is not None:
            for sort in (column.key, f"-{column.key}"):
                yield Kind(f"sorted by {sort}", lambda _drawn: {}, sort)
                yield Kind(f"{sort}, two filters", lambda drawn: _some(drawn, 2), sort)


KINDS: Final = (
    Kind("no filter", lambda _drawn: {}),
    Kind("no filter, far down", lambda _drawn: {}, deep=True),
    *(_one(name) for name in SINGLE),
    *(Kind(f"a period of {name}", _period(name)) for name in ("registered", "received", "due", "closed")),
    Kind("two words", lambda drawn: {"q": f"{SINGLE['q'](drawn)} {SINGLE['q'](drawn)}"}),
    Kind("a word in open ones by due", lambda drawn: {"q": SINGLE["q"](drawn), "state": "open"}, "due"),
    Kind("overdue, the latest first", lambda _drawn: {"standing": "overdue"}, "due"),
    Kind("overdue of an executor", lambda drawn: {"standing": "overdue", "executor": SINGLE["executor"](drawn)}, "due"),
    Kind("two filters", lambda drawn: _some(drawn, 2)),
    Kind("up to four filters", lambda drawn: _some(drawn, 4)),
    *_sorts(),
)
