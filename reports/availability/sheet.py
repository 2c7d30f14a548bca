"""A month's availability as an Excel file: a sheet of the figures, a sheet of the outages."""

from collections.abc import Mapping, Sequence
from datetime import timedelta, tzinfo
from typing import IO

import xlsxwriter

from reports.availability.model import Availability
from web.languages import gettext as _


def write(file: IO[bytes], found: Sequence[Availability], *, names: Mapping[str, str], zone: tzinfo) -> None:
    """Writes both sheets; `names` says what each part does."""
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    head, share = book.add_format({"bold": True}), book.add_format({"num_format": "0.000 %"})
    moment, lasted = (book.add_format({"num_format": each}) for each in ("dd.mm.yyyy hh:mm:ss", "[h]:mm:ss"))
    figures = book.add_worksheet(_("Availability")[:31])
    lengths = (_("Working hours"), _("Watched"), _("Not available"))
    _head(figures, (_("Part"), _("What it does"), _("Availability"), *lengths, _("Outages")), head)
    for row, each in enumerate(found, 1):
        figures.write_string(row, 0, each.name)
        figures.write_string(row, 1, _(names[each.name]) if each.name in names else "")
        if each.share is not None:
            figures.write_number(row, 2, each.share, share)
        for column, value in enumerate((each.working, each.watched, each.away), 3):
            figures.write_number(row, column, value / timedelta(days=1), lasted)
        figures.write_number(row, 6, len(each.outages))
    outages = book.add_worksheet(_("Outages")[:31])
    _head(outages, (_("Part"), _("From"), _("To"), _("In working hours")), head)
    for row, outage in enumerate((outage for each in found for outage in each.outages), 1):
        outages.write_string(row, 0, outage.name)
        for column, at in enumerate((outage.since, outage.until), 1):
            outages.write_datetime(row, column, at.astimezone(zone).replace(tzinfo=None, microsecond=0), moment)
        outages.write_number(row, 3, outage.worked / timedelta(days=1), lasted)
    book.close()


def _head(sheet: xlsxwriter.worksheet.Worksheet, titles: Sequence[str], bold: xlsxwriter.format.Format) -> None:
    sheet.freeze_panes(1, 1)
    for column, title in enumerate(titles):
        sheet.set_column(column, column, max(14, len(title) + 4))
        sheet.write_string(0, column, title, bold)
