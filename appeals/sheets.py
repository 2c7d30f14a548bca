"""Tables that people send: CSV, Excel and OpenDocument files read into rows of text under their headings."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import IO, Final

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from appeals.spelling import APOSTROPHES

LARGEST: Final = 20_000_000  # bytes of a file; a city's houses are a tenth of it
UNPACKED: Final = 400_000_000  # bytes of what a book holds, for a small file may unpack to anything
MOST_ROWS: Final = 300_000
_BOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how files of Excel and OpenDocument begin
_NOTHING: Final = "\x00"


class Fault(StrEnum):
    """Why a file is not taken at all."""

    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    EMPTY = "empty"  # no row under the headings
    NO_COLUMN = "no_column"  # a heading that is needed is missing, or stands there twice


class BadSheet(ValueError):
    """A file that is not taken; `about` names the headings where it is about some."""

    def __init__(self, fault: Fault, about: Sequence[str] = ()) -> None:
        super().__init__(fault, *about)
        self.fault, self.about = fault, tuple(about)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: its number as the program that made it shows, and its cells by heading."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, heading: str) -> str:
        """The cell without the white space around it; "" where the table has no such column."""
        return self.cells.get(heading, "")


def read(content: bytes, *, needed: Iterable[str], known: Iterable[str] = ()) -> list[Row]:
    """The rows under the first line, whose headings are compared without regard to case. BadSheet.

    Lines with nothing in them are passed over, and so are columns that are neither `needed` nor `known`.
    """
    if len(content) > LARGEST:
        raise BadSheet(Fault.TOO_LARGE)
    lines = _of_book(content) if content.startswith(_BOOKS) else _of_text(content)
    head = next(lines, None)
    if head is None:
        raise BadSheet(Fault.EMPTY)
    headings = [each.casefold() for each in head[1]]
    needed = list(needed)
    wrong = [name for name in needed if headings.count(name) != 1]
    wrong += [name for name in known if headings.count(name) > 1 and name not in wrong]
    if wrong:
        raise BadSheet(Fault.NO_COLUMN, wrong)
    wanted = [(place, name) for place, name in enumerate(headings) if name in {*needed, *known}]
    rows: list[Row] = []
    for number, cells in lines:
        if len(rows) >= MOST_ROWS:
            raise BadSheet(Fault.TOO_LARGE)
        rows.append(Row(number, {name: cells[place] if place < len(cells) else "" for place, name in wanted}))
    if not rows:
        raise BadSheet(Fault.EMPTY)
    return rows


def _of_text(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Lines of a CSV file; the separator is what the first line has most of."""
    text = _decoded(content)
    first = text.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    before = 0
    try:
        for cells in reader:
            number, before = before + 1, reader.line_num
            if any(cell.strip() for cell in cells):
                yield number, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise BadSheet(Fault.UNREADABLE) from error


def _decoded(content: bytes) -> str:
    """UTF-8, or what Excel writes in our countries: UTF-16 with its mark, Windows-1251."""
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1251"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _NOTHING not in text:
            return text
    raise BadSheet(Fault.UNREADABLE)


def _of_book(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Lines of the book's first sheet."""
    try:
        if content.startswith(_BOOKS[0]):
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                if sum(each.file_size for each in packed.infolist()) > UNPACKED:
                    raise BadSheet(Fault.TOO_LARGE)
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        lines = sheet.to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        if isinstance(error, BadSheet):
            raise
        raise BadSheet(Fault.UNREADABLE) from error
    for number, cells in enumerate(lines, 1):
        texts = [_text(cell) for cell in cells]
        if any(texts):
            yield number, texts


def _text(cell: object) -> str:
    """A cell as somebody would type it: whole numbers without a point, days as 2026-11-23."""
    match cell:
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time(0):
            return cell.date().isoformat()
        case datetime():
            return cell.isoformat(" ", "minutes")
        case date() | time() | timedelta():
            return str(cell)
        case _:
            return re.sub(r"[\x00\ufeff]", "", str(cell)).strip()


Headings = Mapping[str, Mapping[str, Sequence[str]]]  # by column and language: the first is the one we show


def under(content: bytes, headings: Headings, *, needed: Iterable[str]) -> list[Row]:
    """The rows under the names of our columns, in whichever language and with whichever apostrophe the file heads
    them; cells with nothing in them are left out. BadSheet."""
    meant = {
        re.sub(f"[{APOSTROPHES}]", way, word): name
        for name, of_languages in headings.items()
        for words in of_languages.values()
        for word in words
        for way in APOSTROPHES
    }
    found = read(content, needed=(), known=meant)
    there = {meant[heading] for heading in found[0].cells}
    missing = [name for name in needed if name not in there]
    if missing:
        raise BadSheet(Fault.NO_COLUMN, missing)
    return [Row(row.number, {meant[heading]: cell for heading, cell in row.cells.items() if cell}) for row in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a table of ours looks in Excel."""

    name: str
    usual: int  # characters of a column
    wide: Mapping[str, int]
    fixed: int = 0  # columns that stay where they are


def write(file: IO[bytes], headings: Headings, rows: Iterable[Mapping[str, str]], *, language: str, look: Look) -> int:
    """Rows as an Excel file that can be changed and sent back; how many."""
    count = 0
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        head, sheet = book.add_format({"bold": True}), book.add_worksheet(look.name)
        sheet.freeze_panes(1, look.fixed)
        for place, (name, words) in enumerate(headings.items()):
            sheet.set_column(place, place, look.wide.get(name, look.usual))
            sheet.write_string(0, place, words[language][0], head)
        for count, row in enumerate(rows, 1):
            for place, name in enumerate(headings):
                sheet.write_string(count, place, row.get(name, ""))
    return count
