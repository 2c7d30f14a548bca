"""The map of the journal's selection: from a part of the earth asked for to its marks and the list beside it.

As the page asks: the newest 10 000 that the filters find, those of a part put together by cells, fifty of them listed.
"""

import random
import time
from collections.abc import Sequence
from typing import Final

from appeals.journal import listing
from appeals.journal import queries as journal
from appeals.journal.conditions import Asker
from appeals.journal.model import Asked
from appeals.maps import queries
from appeals.maps.model import LISTED, MOST, Box
from bench.figures import Measured, percentile
from db import transaction
from staff.tables import Person

SOUTH, WEST, WIDE = 49.3, 26.8, 0.3  # degrees of the town that `bench.registry` builds
ASKED: Final = 40  # parts of each zoom
GOAL: Final = 0.100  # seconds, for 95 of a hundred
ZOOMS: Final = {11: 0.4, 13: 0.1, 15: 0.025, 17: 0.006}  # degrees that a screen shows
FILTERS: Final[Sequence[tuple[str, dict[str, str]]]] = (
    ("all", {}),
    ("open ones", {"state": "open"}),
    ("overdue", {"standing": "overdue"}),
    ("by topic", {"topic": "water"}),
)


def maps(person: Person, appeals: int) -> Measured:
    """Each zoom with each filter."""
    told = f"{appeals:,}".replace(",", " ")
    found = Measured("maps", f"The map of {told} appeals: one part of the earth", ("p50 / p95, ms", "marks", "goal"))
    for name, filters in FILTERS:
        for zoom, shown in ZOOMS.items():
            took, marks = _asked(person, Asked(filters), zoom, shown)
            met = percentile(took, 0.95) <= GOAL
            told = " / ".join(f"{percentile(took, share) * 1000:.0f}" for share in (0.5, 0.95))
            found.line(f"{name}, zoom {zoom}", told, str(marks), f"p95 ≤ {GOAL * 1000:.0f} ms", met=met)
    found.remarks.append(
        f"The marks and the list of {ASKED} parts each, one after the other, without the HTML; the newest 10 000 of "
        "what the filters find are drawn. Marks: the most of one part."
    )
    return found


def _asked(person: Person, asked: Asked, zoom: int, shown: float) -> tuple[list[float], int]:
    drawn, took, marks = random.Random(zoom), list[float](), 0
    for number in range(ASKED + 3):
        south, west = SOUTH + drawn.random() * (WIDE - shown), WEST + drawn.random() * (WIDE - shown)
        box = Box(south, west, south + shown, west + shown)
        begun = time.perf_counter()
        with transaction(person.organisation_id) as session:
            asker = Asker.of(person, personal=True)
            found = listing.every(session, asked, asker, at_most=MOST)
            clusters = queries.clusters(session, found, box, zoom, asker.now)
            there = queries.inside(session, found, box, clusters)
            journal.rows(session, [each for each in found if each in there][:LISTED])
        if number >= 3:  # the first ones fill the caches
            took.append(time.perf_counter() - begun)
            marks = max(marks, len(clusters))
    return took, marks
