"""Files that people send are read into rows, or refused with the reason."""

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter

from appeals import sheets
from appeals.sheets import BadSheet, Fault

LINES = [["Код", "Назва", "Зайве"], ["1.1", " Поштою ", "x"], ["", "", ""], ["7.10", "Дитина; з інвалідністю", ""]]
HEADINGS = {"needed": ["код", "назва"], "known": ["від"]}


@pytest.fixture(autouse=True)
def topics() -> None:
    """No database is needed."""


def book(lines: list[list[object]]) -> bytes:
    """The lines as an Excel file."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as written:
        sheet, day = written.add_worksheet(), written.add_format({"num_format": "yyyy-mm-dd"})
        for number, cells in enumerate(lines):
            for place, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, day)
                else:
                    sheet.write(number, place, cell)
    return file.getvalue()


def text(lines: list[list[str]], separator: str = ";") -> str:
    """The lines as CSV, each cell in quotation marks."""
    return "\r\n".join(separator.join(f'"{cell}"' for cell in cells) for cells in lines)


FILES = {
    "CSV with semicolons": text(LINES).encode(),
    "CSV with commas and a mark": text(LINES, ",").encode("utf-8-sig"),
    "CSV with tabs in Windows-1251": text(LINES, "\t").encode("cp1251"),
    "text of Excel": text(LINES, "\t").encode("utf-16"),
    "Excel": book(LINES),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_each_kind_of_file_gives_the_same_rows(content: bytes) -> None:
    rows = sheets.read(content, **HEADINGS)
    assert [(row.number, row["код"], row["назва"]) for row in rows] == [
        (2, "1.1", "Поштою"),
        (4, "7.10", "Дитина; з інвалідністю"),
    ]
    assert rows[0]["від"] == ""
    assert "зайве" not in rows[0].cells


def test_numbers_and_days_of_excel_read_as_they_are_typed() -> None:
    [row] = sheets.read(book([["a", "b", "c", "d"], [10, 1.5, date(2028, 2, 29), True]]), needed=["a", "b", "c", "d"])
    assert dict(row.cells) == {"a": "10", "b": "1.5", "c": "2028-02-29", "d": "true"}


def test_a_cell_of_two_lines_counts_for_two_in_the_number_of_the_next() -> None:
    rows = sheets.read(b'a;b\n"one\ntwo";2\n3;4\n', needed=["a"])
    assert [(row.number, row["a"]) for row in rows] == [(2, "one\ntwo"), (4, "3")]


def bomb() -> bytes:
    """A small file that says it unpacks to more than anybody has."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (sheets.UNPACKED + 1))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", Fault.EMPTY),
        (b"\r\n;;\r\n", Fault.EMPTY),
        ("код;назва".encode(), Fault.EMPTY),
        ("код;ім'я\n1;2".encode(), Fault.NO_COLUMN),
        ("код;Код;назва\n1;2;3".encode(), Fault.NO_COLUMN),
        (b"PK\x03\x04 and nothing", Fault.UNREADABLE),
        (b"\xd0\xcf\x11\xe0 and nothing", Fault.UNREADABLE),
        (b"a\x00b;c", Fault.UNREADABLE),
        (b"\xff\xfea", Fault.UNREADABLE),
        (b"x" * (sheets.LARGEST + 1), Fault.TOO_LARGE),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_reason(content: bytes, fault: Fault) -> None:
    with pytest.raises(BadSheet) as refused:
        sheets.read(content, **HEADINGS)
    assert refused.value.fault is fault


def test_what_unpacks_to_more_than_anybody_has_is_not_unpacked() -> None:
    with pytest.raises(BadSheet) as refused:
        sheets.read(bomb(), **HEADINGS)
    assert refused.value.fault is Fault.TOO_LARGE
