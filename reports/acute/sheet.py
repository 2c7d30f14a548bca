"""The most acute problems as an Excel file: a sheet for each list."""

from collections.abc import Iterator, Sequence

from reports.acute.panel import LISTS, Ranking
from reports.book import Cell, Share, Table
from web.languages import gettext as _


def tables(rankings: Sequence[Ranking]) -> Iterator[Table]:
    """The lists, as long as they are; growth is empty where there was nothing before.

    How many are repeated is empty where no sign of receipt means that.
    """
    for each in rankings:
        heads = [
            (_(LISTS[each.by]), 44),
            (_("Appeals"), 12),
            (_("Period before"), 16),
            (_("Growth"), 12),
            (_("Repeated"), 12),
            (_("Share repeated"), 12),
        ]
        rows: list[Sequence[Cell]] = [
            [
                *(group.name, group.now, group.before, Share(group.growth)),
                *((group.repeated, Share(group.repeated_share)) if each.sign else (None, None)),
            ]
            for group in each.groups
        ]
        yield Table(_(LISTS[each.by]), heads, rows)
