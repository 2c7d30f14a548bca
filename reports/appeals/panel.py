"""What the page of figures shows: all appeals beside the period before, then a row for each executor and problem."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.orm import Session

from appeals.executors import queries as executors
from appeals.journal.conditions import Asker
from appeals.journal.directories import Directories
from appeals.journal.model import NOTHING, Asked, alphabetical
from reports.appeals import queries
from reports.appeals.model import Period, Standing, filters
from reports.appeals.queries import By, Key
from web.languages import gettext as _

MOST: Final = 100  # rows of one table on the page; the file has all


@dataclass(frozen=True, slots=True)
class Row:
    """A group's figures, each with the list that it opens."""

    name: str
    figures: Standing
    period: Period
    narrowed: Mapping[str, str] = field(default_factory=dict)
    code: str = ""

    def opens(self, figure: str) -> str:
        """The journal's address for the appeals of this figure."""
        return f"/appeals?{Asked({**filters(figure, self.period), **self.narrowed}).query}"


@dataclass(frozen=True, slots=True)
class Page:
    """All of it."""

    all: Row
    before: Row
    executors: Sequence[Row]
    problems: Sequence[Row]


def page(session: Session, asker: Asker, period: Period) -> Page:
    """The figures of the period."""
    queries.planned_anew(session)
    return Page(
        all=Row("", _all(session, asker, period), period),
        before=Row("", _all(session, asker, period.before), period.before),
        executors=_by_executor(session, asker, period),
        problems=_by_problem(session, asker, period),
    )


def _all(session: Session, asker: Asker, period: Period) -> Standing:
    return standings(session, asker, period).get(0, Standing())


def standings(session: Session, asker: Asker, period: Period, by: By | None = None) -> dict[Key, Standing]:
    """Every figure of every group that has any."""

    def counted(figure: str) -> dict[Key, int]:
        return queries.tallies(session, Asked(filters(figure, period)), asker, by)

    registered, overdue, reopened = (counted(figure) for figure in ("registered", "overdue", "reopened"))
    marked, good = (counted(figure) for figure in ("marked", "good"))
    answered = Asked(filters("answered", period))
    answers = queries.answers(session, answered, asker, by)
    reworks = queries.reworks(session, answered, asker, by)
    if by is By.EXECUTOR:  # what nobody has any more was somebody's
        reworks |= queries.reworks(session, answered.with_filters(executor=NOTHING), asker)
    found = {}
    for key in registered.keys() | overdue.keys() | answers.keys():
        of_answers = answers.get(key) or queries.Answers(0, 0, 0, None, None)
        appeals, times = reworks.get(key, (0, 0))
        found[key] = Standing(
            registered=registered.get(key, 0),
            answered=of_answers.number,
            in_term=of_answers.in_term,
            late=of_answers.late,
            median=of_answers.median,
            ninth=of_answers.ninth,
            overdue=overdue.get(key, 0),
            reopened=reopened.get(key, 0),
            reworked=appeals,
            reworks=times,
            marked=marked.get(key, 0),
            good=good.get(key, 0),
        )
    return {key: each for key, each in found.items() if each != Standing()}


def _by_executor(session: Session, asker: Asker, period: Period) -> list[Row]:
    found = standings(session, asker, period, By.EXECUTOR)
    known = executors_of(session, found)
    rows = [
        Row(known[key][1], each, period, {"executor": known[key][0]}, known[key][0])
        for key, each in found.items()
        if key in known
    ]
    nobodys = found.get(0)
    nobody = [Row(_("without an executor"), nobodys, period, {"executor": NOTHING})] if nobodys else []
    return [*nobody, *_in_order(rows)]


def _by_problem(session: Session, asker: Asker, period: Period) -> list[Row]:
    found = standings(session, asker, period, By.PROBLEM)
    names = Directories(session, asker.organisation).problems
    rows = [
        Row(names.get(str(key), str(key)), each, period, {"problem": str(key)}, str(key))
        for key, each in found.items()
        if key
    ]
    nameless = found.get("")
    unnamed = [Row(_("without a problem"), nameless, period, {"problem": NOTHING})] if nameless else []
    return [*unnamed, *_in_order(rows)]


def executors_of(session: Session, ids: Mapping[Key, object]) -> dict[Key, tuple[str, str]]:
    """Codes and names of these executors, by their ids."""
    wanted = [each for each in ids if isinstance(each, int) and each]
    codes, names = executors.codes(session, wanted), executors.names(session, wanted)
    return {each: (codes[each], names[each]) for each in wanted if each in codes and each in names}


def _in_order(rows: Sequence[Row]) -> list[Row]:
    """Most that is overdue first, then most that was late, then most at all."""

    def order(row: Row) -> tuple[int, int, int, str]:
        return -row.figures.overdue, -row.figures.late, -row.figures.answered, alphabetical(row.name)

    return sorted(rows, key=order)
