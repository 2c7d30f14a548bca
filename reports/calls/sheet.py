"""A month's calls as an Excel file: a row for each day, every class a column."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import IO

import xlsxwriter

from calls.model import Fate
from calls.words import FATES
from reports.calls.model import MISSED, Received
from web.languages import gettext as _

CLASSES = (Fate.ANSWERED, Fate.SELF_SERVICE, *MISSED)


def write(file: IO[bytes], found: Mapping[date, Received]) -> None:
    """Writes the days in their order."""
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    head = book.add_format({"bold": True})
    day, lasted = (book.add_format({"num_format": each}) for each in ("dd.mm.yyyy", "[h]:mm:ss"))
    figures = book.add_worksheet(_("Calls")[:31])
    figures.freeze_panes(1, 1)
    lengths = (_("Talk"), _("Hold"), _("After the call"))
    titles = (_("Day"), _("Received"), *(_(FATES[each]) for each in CLASSES), _("still on"), *lengths)
    for column, title in enumerate(titles):
        figures.set_column(column, column, max(14, len(title) + 4))
        figures.write_string(0, column, title, head)
    for row, (when, each) in enumerate(found.items(), 1):
        figures.write_datetime(row, 0, when, day)
        numbers = (each.number, *(each.fates[fate] for fate in CLASSES), each.now_on)
        for column, number in enumerate(numbers, 1):
            figures.write_number(row, column, number)
        for column, value in enumerate((each.talked, each.held, each.after), len(numbers) + 1):
            figures.write_number(row, column, value / timedelta(days=1), lasted)
    book.close()
