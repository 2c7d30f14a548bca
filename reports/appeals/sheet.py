"""The figures as an Excel file: all beside the period before, each executor, each problem."""

from collections.abc import Iterator, Sequence
from typing import Final

from reports.appeals.model import Standing
from reports.appeals.panel import Page, Row
from reports.book import Cell, Share, Table
from web.formats import day
from web.languages import gettext as _
from web.languages import later

_HEADS: Final = (
    later("Registered"),
    later("Answered"),
    later("Answered in term"),
    later("Answered late"),
    later("Share in term"),
    later("Half were answered within"),
    later("Nine of ten were answered within"),
    later("Overdue at the end"),
    later("Reopened"),
    later("Share reopened"),
    later("Appeals returned for rework"),
    later("Returned for rework, times"),
    later("With a mark"),
    later("Share with a mark"),
    later("Marks 4 and 5"),
    later("Satisfaction"),
)


def tables(page: Page) -> Iterator[Table]:
    """Three sheets."""
    heads = [(_(head), 16) for head in _HEADS]
    both: list[Sequence[Cell]] = [
        [f"{day(row.period.first)} – {day(row.period.last)}", *_cells(row.figures)] for row in (page.all, page.before)
    ]
    yield Table(_("All appeals"), [(_("Period"), 30), *heads], both)
    yield Table(_("By executor"), [(_("Executor"), 40), (_("Code"), 14), *heads], _named(page.executors))
    yield Table(_("By problem"), [(_("Problem"), 40), (_("Code"), 14), *heads], _named(page.problems))


def _named(rows: Sequence[Row]) -> Iterator[Sequence[Cell]]:
    for row in rows:
        yield [row.name, row.code, *_cells(row.figures)]


def _cells(of: Standing) -> tuple[Cell, ...]:
    return (
        of.registered,
        of.answered,
        of.in_term,
        of.late,
        Share(of.in_term_share),
        of.median,
        of.ninth,
        of.overdue,
        of.reopened,
        Share(of.reopened_share),
        of.reworked,
        of.reworks,
        of.marked,
        Share(of.marked_share),
        of.good,
        Share(of.satisfaction),
    )
