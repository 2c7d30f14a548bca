"""Appeals by channel as an Excel file."""

from collections.abc import Iterator, Sequence

from reports.book import Cell, Share, Table
from reports.sources.panel import Channel, Page
from web.languages import gettext as _


def tables(page: Page) -> Iterator[Table]:
    """One sheet, its last row all of them."""
    heads = [(_("How it came"), 24), (_("Code"), 14), (_("Registered"), 14), (_("Share"), 12), (_("Period before"), 16)]
    heads += [(_("Growth"), 12), (_("Answered"), 12), (_("Answered in term"), 16), (_("Answered late"), 16)]
    heads += [(_("Share in term"), 14), (_("Half were answered within"), 16), (_("Overdue at the end"), 14)]
    yield Table(_("Appeals by channel"), heads, [_row(each) for each in (*page.channels, page.all)])


def _row(each: Channel) -> Sequence[Cell]:
    of = each.row.figures
    return [
        each.row.name,
        each.classified,
        of.registered,
        Share(each.share),
        each.before.figures.registered,
        Share(each.growth),
        of.answered,
        of.in_term,
        of.late,
        Share(of.in_term_share),
        of.median,
        of.overdue,
    ]
