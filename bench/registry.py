"""The journal of a million appeals: pages of every filter and order, and an Excel file of a hundred thousand of them.

A page asks for its rows, their words and their number up to "over 10 000", as the product does. Beside it stands the
plain statement that somebody would write by hand, over the appeals themselves, without the journal's lines.
"""

import random
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg

from appeals.journal import listing, queries, workload
from appeals.journal.asking import asked_of
from appeals.journal.model import Asked
from bench.by_hand import by_hand
from bench.excel import files
from bench.figures import Measured, percentile
from bench.maps import maps
from bench.registered import APPEALS, DAYS, HOUSES, STREETS, ZONE, Registry, database
from bench.selections import KINDS, Kind
from db import transaction
from web.languages import Audience, speaking_to

ASKED: Final = 40  # pages of each kind
PLAIN: Final = 3  # of each kind by the plain statement, which may take seconds
GOAL: Final = 0.050  # seconds, for 95 of a hundred pages
BOARD_GOAL: Final = 0.5  # of what all executors have: asked for every five seconds at most
FILE_ROWS: Final = 100_000


def registry(appeals: int = APPEALS) -> Iterator[Measured]:
    """A million appeals are made, then their pages are asked for, then they are written into a file."""
    with database(appeals) as made:
        yield pages(made, appeals)
        yield maps(made.person, appeals)
        yield files(made, min(FILE_ROWS, appeals))


def pages(made: Registry, appeals: int) -> Measured:
    """Each kind of page."""
    told = f"{appeals:,}".replace(",", " ")
    found = Measured(
        "registry",
        f"The journal over {told} appeals, {STREETS} streets and {STREETS * HOUSES} houses",
        ("Holos, p50 / p95", "plain statement", "goal"),
    )
    every: list[float] = []
    with speaking_to(Audience("uk", ZONE)), psycopg.connect(made.url, autocommit=True) as plain:
        plain.execute("SELECT set_config('holos.organisation', %s, false)", [str(made.person.organisation_id)])
        plain.execute("SET statement_timeout = '20s'")
        for kind in KINDS:
            took, slowest = _asked(made, kind, plain)
            every += took
            met = percentile(took, 0.95) <= GOAL
            found.line(kind.name, _told(took), slowest, f"p95 ≤ {GOAL * 1000:.0f} ms", met=met)
        took = [_board(made) for _ in range(ASKED)]
        met = percentile(took, 0.95) <= BOARD_GOAL
        found.line("the board by executors", _told(took), "", f"p95 ≤ {BOARD_GOAL * 1000:.0f} ms", met=met)
    found.line("all of them", _told(every), "", f"p95 ≤ {GOAL * 1000:.0f} ms", met=percentile(every, 0.95) <= GOAL)
    found.remarks += [
        f"ms of a page of 50 rows with its count and all that it shows but the HTML, {ASKED} of each kind, one after",
        "the other; the plain statement is the rows alone, the slowest of three. PostgreSQL with 256 MB of its own.",
    ]
    return found


def _board(made: Registry) -> float:
    """How long all that executors have took to count."""
    begun = time.perf_counter()
    with transaction(made.person.organisation_id) as session:
        workload.by_executor(session, made.asker)
    return time.perf_counter() - begun


def _asked(made: Registry, kind: Kind, plain: "psycopg.Connection[Any]") -> tuple[list[float], str]:
    """How long each page took; the slowest of the plain statements."""
    drawn = random.Random(kind.name)
    took: list[float] = []
    slowest = 0.0
    for number in range(ASKED + 3):
        asked = asked_of({**kind.filters(drawn), "sort": kind.sort})
        after = _deep(made, drawn) if kind.deep else ""
        begun = time.perf_counter()
        with transaction(made.person.organisation_id) as session:
            page = listing.page(session, asked, made.asker, after=after)
            queries.rows(session, page.appeals)
        if number >= 3:  # the first ones fill the caches
            took.append(time.perf_counter() - begun)
        if number < PLAIN:
            slowest = max(slowest, by_hand(plain, asked))
    return took, "over 20 s" if slowest >= 20 else f"{slowest * 1000:.0f} ms"


def _deep(made: Registry, drawn: random.Random) -> str:
    until = (datetime.now(ZONE) - timedelta(days=drawn.randrange(100, DAYS))).date().isoformat()
    with transaction(made.person.organisation_id) as session:
        return str(listing.page(session, Asked({"until": until}), made.asker, rows=1).after)


def _told(seconds: Sequence[float]) -> str:
    return " / ".join(f"{percentile(seconds, share) * 1000:.0f}" for share in (0.5, 0.95))


if __name__ == "__main__":
    for measured in registry(int(sys.argv[1]) if sys.argv[1:] else APPEALS):
        print(measured.text())
