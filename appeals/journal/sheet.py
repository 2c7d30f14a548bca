"""The journal as an Excel file: the rows, columns and order of the page, written row by row in flat memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from functools import partial
from typing import IO, Final

import xlsxwriter
from sqlalchemy.orm import Session
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from appeals.journal import queries
from appeals.journal.columns import Column, Value
from appeals.journal.directories import Directories, Row
from web.languages import gettext as _

AT_ONCE: Final = 500  # rows read and told of together
LONGEST: Final = 32_767  # characters of a cell, by Excel's own limit


def write(
    file: IO[bytes],
    rows: Iterable[Row],
    columns: Sequence[Column],
    directories: Directories,
    *,
    codes: bool,
    personal: bool,
    zone: tzinfo,
) -> int:
    """Writes the file; how many rows. With `codes` each column of coded words has its codes beside it (U-91).

    Who may not see personal data takes them along as the page shows them: masked (U-41).
    """
    cells = list(_cells(columns, directories, codes=codes, personal=personal))
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    head, moment = book.add_format({"bold": True}), book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
    sheet = book.add_worksheet(_("Appeals")[:31])
    sheet.freeze_panes(1, 1)
    for place, (title, width, _value) in enumerate(cells):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, head)
    number = 0
    for number, row in enumerate(rows, 1):
        for place, (_title, _width, value) in enumerate(cells):
            _put(sheet, number, place, value(row), moment=moment, zone=zone)
    sheet.autofilter(0, 0, number, len(cells) - 1)
    book.close()
    return number


def _cells(
    columns: Sequence[Column], directories: Directories, *, codes: bool, personal: bool
) -> Iterator[tuple[str, int, Callable[[Row], Value]]]:
    """Each column's head, width and value."""
    for column in columns:
        value = partial(column.seen, directories=directories, personal=personal)
        yield _(column.label), column.width, value
        if codes and column.code is not None:
            head = _("%(column)s, code") % {"column": _(column.label)}
            yield head, 12, lambda row, code=column.code: code(row, directories) or None  # type: ignore[misc]


def _put(sheet: Worksheet, row: int, column: int, value: Value, *, moment: Format, zone: tzinfo) -> None:
    """Texts are only ever texts: what begins with = is no formula. Moments are those of the organisation's clock."""
    match value:
        case None | "":
            pass
        case str():
            sheet.write_string(row, column, value[:LONGEST])
        case int():
            sheet.write_number(row, column, value)
        case datetime():
            sheet.write_datetime(row, column, value.astimezone(zone).replace(tzinfo=None), moment)


def in_batches(
    session: Session, appeals: Sequence[int], told: Callable[[int], None] = lambda _written: None
) -> Iterator[Row]:
    """The rows of these appeals, some at a time; those written are forgotten. `told` hears how far it is."""
    for start in range(0, len(appeals), AT_ONCE):
        yield from queries.rows(session, appeals[start : start + AT_ONCE])
        session.expunge_all()
        told(min(start + AT_ONCE, len(appeals)))
