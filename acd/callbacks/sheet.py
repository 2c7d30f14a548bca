"""The list of owed calls as an Excel file: the rows that the page's filters choose, in the page's order and words."""

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import IO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from acd.callbacks import words
from acd.callbacks.queries import Row
from web.languages import gettext as _
from web.languages import later

MOST = 100_000  # rows of one file
COLUMNS: tuple[tuple[str, int], ...] = (  # the head and the width in characters
    (later("Number"), 18),
    (later("State"), 16),
    (later("Why missed"), 24),
    (later("Waits since"), 17),
    (later("Queue"), 22),
    (later("Topic"), 22),
    (later("Language"), 14),
    (later("Missed calls"), 12),
    (later("Attempts"), 12),
    (later("Last attempt"), 20),
    (later("Operator"), 24),
    (later("Deadline"), 17),
    (later("Closed"), 17),
    (later("Note"), 40),
)


def write(file: IO[bytes], rows: Iterable[Row], *, names: Mapping[str, Mapping[str, str]], zone: tzinfo) -> int:
    """Writes the file row by row; how many. `names`: of queues, topics and languages by their codes."""
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    head, moment = book.add_format({"bold": True}), book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
    sheet = book.add_worksheet(_("Owed calls")[:31])
    sheet.freeze_panes(1, 1)
    for column, (title, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, _(title), head)
    number = 0
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(_cells(row, names)):
            _put(sheet, number, column, value, moment=moment, zone=zone)
    sheet.autofilter(0, 0, number, len(COLUMNS) - 1)
    book.close()
    return number


def _cells(row: Row, names: Mapping[str, Mapping[str, str]]) -> list[str | int | datetime | None]:
    owed = row.owed
    return [
        owed.number,
        _(words.STATES[owed.name]),
        _(words.REASONS[owed.reason]),
        owed.place_at,
        names["queues"].get(owed.queue, owed.queue),
        names["topics"].get(owed.topic, owed.topic) if owed.topic else None,
        _(names["spoken"].get(owed.language, owed.language)),
        owed.missed,
        owed.attempts,
        _(words.OUTCOMES[row.outcome]) if row.outcome else None,
        row.person,
        owed.deadline_at,
        owed.closed_at,
        owed.note or None,
    ]


def _put(
    sheet: Worksheet, row: int, column: int, value: str | int | datetime | None, *, moment: Format, zone: tzinfo
) -> None:
    """Texts are only ever texts: what begins with = is no formula. Moments are those of the organisation's clock."""
    match value:
        case None:
            pass
        case str():
            sheet.write_string(row, column, value)
        case int():
            sheet.write_number(row, column, value)
        case _:
            sheet.write_datetime(row, column, value.astimezone(zone).replace(tzinfo=None), moment)
