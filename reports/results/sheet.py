"""Calls by result as an Excel file."""

from collections.abc import Iterator, Sequence

from calls.words import RESULTS
from reports.book import Cell, Share, Table
from reports.results.panel import Page
from web.languages import gettext as _


def tables(page: Page) -> Iterator[Table]:
    """One sheet, its last row all of them."""
    heads = [(_("Result"), 30), (_("Calls"), 12), (_("Share"), 12), (_("Period before"), 16), (_("Growth"), 12)]
    rows: list[Sequence[Cell]] = [
        [
            _(RESULTS[each.code]) if each.code else _("no result yet"),
            each.now,
            Share(each.share),
            each.before,
            Share(each.growth),
        ]
        for each in page.results
    ]
    whole: Sequence[Cell] = [
        _("All answered calls"),
        page.all.now,
        Share(page.all.share),
        page.all.before,
        Share(page.all.growth),
    ]
    yield Table(_("Calls by result"), heads, [*rows, whole])
