"""Tables as an Excel file: a sheet a table, texts only ever texts, times by the organisation's clocks."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import IO, Final, NamedTuple

import xlsxwriter
from starlette.responses import Response
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from web.files import excel
from web.languages import audience

LONGEST: Final = 32_767  # characters of a cell, by Excel's own limit
LONGEST_TITLE: Final = 31
_FORMATS: Final = {
    "head": {"bold": True, "text_wrap": True, "valign": "top"},
    "share": {"num_format": "0.0 %"},
    "length": {"num_format": "[h]:mm:ss"},
    "moment": {"num_format": "dd.mm.yyyy hh:mm"},
    "day": {"num_format": "dd.mm.yyyy"},
    "text": {"text_wrap": True, "valign": "top"},
}


class Share(NamedTuple):
    """A share of one; None of nothing leaves the cell empty."""

    value: float | None


Cell = str | float | date | timedelta | Share | None


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its name, its heads with their widths in characters, its rows."""

    title: str
    heads: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[Cell]]


def answer(tables: Iterable[Table], name: str) -> Response:
    """The file as a page gives it out; `name` is without its ending."""
    with tempfile.TemporaryFile() as file:
        write(file, tables)
        return excel(file, name)


def write(file: IO[bytes], tables: Iterable[Table]) -> None:
    """Writes the file."""
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    formats = {name: book.add_format(of) for name, of in _FORMATS.items()}
    for table in tables:
        sheet = book.add_worksheet(table.title[:LONGEST_TITLE])
        sheet.freeze_panes(1, 1)
        for column, (head, width) in enumerate(table.heads):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, head, formats["head"])
        for row, cells in enumerate(table.rows, 1):
            for column, value in enumerate(cells):
                _put(sheet, row, column, value, formats)
    book.close()


def _put(sheet: Worksheet, row: int, column: int, value: Cell, formats: dict[str, Format]) -> None:
    match value:
        case None | "" | Share(None):
            pass
        case Share(value=float() | int() as share):
            sheet.write_number(row, column, share, formats["share"])
        case str():
            sheet.write_string(row, column, value[:LONGEST], formats["text"])
        case timedelta():
            sheet.write_number(row, column, value / timedelta(days=1), formats["length"])
        case datetime():
            local = value.astimezone(audience().zone).replace(tzinfo=None, microsecond=0)
            sheet.write_datetime(row, column, local, formats["moment"])
        case date():
            sheet.write_datetime(row, column, value, formats["day"])
        case _:
            sheet.write_number(row, column, value)
