"""What the report of missed terms shows: the causes, then each appeal with its measures and what was written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from appeals.classifier import words as entry_words
from appeals.classifier.model import order_of
from appeals.escalation.tables import TermMeasure
from appeals.journal import queries as journal
from appeals.journal.conditions import Asker
from appeals.journal.directories import Row
from appeals.journal.model import NOTHING, Asked
from reports.appeals import queries as counts
from reports.appeals.model import Period, filters
from reports.late import queries
from staff import queries as staff

SHOWN: Final = 200
TAKEN: Final = 20_000  # along as a file
AT_ONCE: Final = 500  # read together


class Cause(NamedTuple):
    """How many appeals have it; without a code nobody has said one."""

    code: str
    name: str
    number: int
    entries: frozenset[int]


class Said(NamedTuple):
    """One comment on a measure."""

    at: datetime
    who: str
    cause: str
    text: str


class Late(NamedTuple):
    """One appeal: how late it was answered, or is by now."""

    row: Row
    late: timedelta
    comments: Sequence[Said]
    measure: TermMeasure | None  # the last one
    cause: str  # with which that was closed
    closed_by: str


@dataclass(frozen=True, slots=True)
class Page:
    """The causes, and the appeals of the one that is asked for."""

    causes: Sequence[Cause]
    number: int  # of all causes
    found: int  # of the one asked for
    lines: Sequence[Late]
    opens: str  # the journal's list of all of them


def page(session: Session, asker: Asker, period: Period, cause: str) -> Page:
    """The period's appeals by their terms; a cause that none has narrows nothing."""
    counts.planned_anew(session)
    asked = Asked(filters("missed", period), "due")
    causes = _causes(session, asked, asker)
    chosen = chosen_of(causes, cause)
    number = sum(each.number for each in causes)
    wanted = chosen.entries if chosen is not None else None
    ids = queries.appeals(session, asked, asker, causes=wanted, at_most=SHOWN)
    found = chosen.number if chosen is not None else number
    return Page(causes, number, found, list(lines(session, ids, asker.now)), f"/appeals?{asked.query}")


def every(session: Session, asker: Asker, period: Period, cause: str) -> tuple[Sequence[Cause], Sequence[int]]:
    """The causes, and all appeals of the one asked for, as many as a file holds."""
    counts.planned_anew(session)
    asked = Asked(filters("missed", period), "due")
    causes = _causes(session, asked, asker)
    chosen = chosen_of(causes, cause)
    wanted = chosen.entries if chosen is not None else None
    return causes, queries.appeals(session, asked, asker, causes=wanted, at_most=TAKEN)


def chosen_of(causes: Sequence[Cause], code: str) -> Cause | None:
    """The cause that an address asks for."""
    return next((each for each in causes if code and code == (each.code or NOTHING)), None)


def lines(session: Session, appeals: Sequence[int], now: datetime) -> Iterator[Late]:
    """These appeals, some at a time."""
    for start in range(0, len(appeals), AT_ONCE):
        yield from _lines(session, appeals[start : start + AT_ONCE], now)


def _lines(session: Session, appeals: Sequence[int], now: datetime) -> Iterator[Late]:
    measures, comments = queries.measures(session, appeals), queries.comments(session, appeals)
    last = {appeal: each[-1] for appeal, each in measures.items()}
    said = [each for several in comments.values() for each in several]
    of_causes = {each.cause_id for each in said} | {each.cause_id for each in last.values() if each.cause_id}
    names = {key: entry_words.name(entry) for key, entry in queries.entries(session, of_causes).items()}
    people = {each.person_id for each in said} | {each.closed_by for each in last.values() if each.closed_by}
    who = staff.names(session, people)
    for row in journal.rows(session, appeals):
        measure = last.get(row.appeal.id)
        assert row.appeal.due_at is not None
        yield Late(
            row,
            min(row.appeal.closed_at or now, now) - row.appeal.due_at,
            [
                Said(each.at, who.get(each.person_id, "–"), names[each.cause_id], each.text)
                for each in comments.get(row.appeal.id, ())
            ],
            measure,
            names[measure.cause_id] if measure is not None and measure.cause_id else "",
            who.get(measure.closed_by, "–") if measure is not None and measure.closed_by else "",
        )


def _causes(session: Session, asked: Asked, asker: Asker) -> list[Cause]:
    """The versions of an entry are one cause; those that most have first, what nobody has said last."""
    numbers = queries.causes(session, asked, asker)
    entries = queries.entries(session, [each for each in numbers if each])
    found: dict[str, Cause] = {}
    for entry_id, number in numbers.items():
        entry = entries.get(entry_id)
        code, name = (entry.code, entry_words.name(entry)) if entry is not None else ("", "")
        one = found.get(code)
        ids = frozenset({entry_id}) | (one.entries if one is not None else frozenset())
        found[code] = Cause(code, name, number + (one.number if one is not None else 0), ids)
    return sorted(found.values(), key=lambda each: (not each.code, -each.number, order_of(each.code)))
