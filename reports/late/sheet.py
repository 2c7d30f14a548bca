"""What missed its term as an Excel file: each appeal with its measures, then the causes."""

from collections.abc import Iterable, Iterator, Sequence

from appeals import words as appeal_words
from appeals.journal.directories import Directories
from reports.book import Cell, Table
from reports.late.panel import Cause, Late
from web.formats import moment
from web.languages import gettext as _


def tables(lines: Iterable[Late], causes: Sequence[Cause], known: Directories, *, whole: bool) -> Iterator[Table]:
    """Two sheets; where there are more appeals than the file holds, its last row says so."""
    heads = [
        (_("Number"), 12),
        (_("Topic"), 24),
        (_("Problem"), 28),
        (_("Registered"), 17),
        (_("Due"), 17),
        (_("Closed"), 17),
        (_("Late by, days"), 12),
        (_("State"), 20),
        (_("Executors"), 36),
        (_("Cause"), 28),
        (_("Comments on measures"), 60),
        (_("What was done"), 40),
        (_("Measure closed"), 17),
        (_("Closed by"), 24),
    ]
    yield Table(_("Missed their term"), heads, _rows(lines, known, whole=whole))
    of_causes: list[Sequence[Cell]] = [[each.code, each.name or _("no cause was said"), each.number] for each in causes]
    yield Table(_("Causes of delay"), [(_("Code"), 14), (_("Cause"), 44), (_("Appeals"), 12)], of_causes)


def _rows(lines: Iterable[Late], known: Directories, *, whole: bool) -> Iterator[Sequence[Cell]]:
    for each in lines:
        appeal, measure = each.row.appeal, each.measure
        yield [
            appeal.number,
            known.topics.get(appeal.topic, appeal.topic),
            known.problems.get(appeal.problem, appeal.problem),
            appeal.registered_at,
            appeal.due_at,
            appeal.closed_at,
            round(each.late.total_seconds() / 86_400, 1),
            _(appeal_words.STATES[appeal.state]),
            "; ".join(given.executor.name for given in each.row.assignments),
            each.cause or (each.comments[-1].cause if each.comments else ""),
            "\n".join(f"{moment(said.at)}, {said.who} ({said.cause}): {said.text}" for said in each.comments),
            measure.note if measure is not None else "",
            measure.closed_at if measure is not None else None,
            each.closed_by,
        ]
    if not whole:
        yield [_("There are more appeals than this file holds: choose a shorter period.")]
