"""The classifier as a table: what a file or a national seed wants, and the file it is downloaded as."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import IO, Final

import xlsxwriter

from appeals import sheets
from appeals.classifier.model import CODE, LANGUAGES, LONGEST_NAME, RowFault, Section, Wanted
from appeals.classifier.tables import ClassifierEntry
from appeals.sheets import Row

NEEDED: Final = ("section", "code")
KNOWN: Final = ("parent", *LANGUAGES, "until", "verified", "source", "meaning")
WIDTHS: Final = {"uk": 45, "uz": 45, "ru": 45, "en": 45, "source": 40}
YES: Final = frozenset({"true", "yes", "1", "так", "да", "ha", "+"})
SEEDS: Final = Path(__file__).parent / "seeds"


def wanted(content: bytes) -> tuple[list[Wanted], list[tuple[int, RowFault]]]:
    """What a file asks for, and its rows that say nothing that can be done. BadSheet."""
    found, faults = [], []
    for row in sheets.read(content, needed=NEEDED, known=KNOWN):
        each = _of_row(row)
        if isinstance(each, RowFault):
            faults.append((row.number, each))
        else:
            found.append(each)
    return found, faults


def of_country(country: str) -> list[Wanted]:
    """The national classifier as it is shipped; nothing for a country without one."""
    path = SEEDS / f"{country.casefold()}.csv"
    if not path.is_file():
        return []
    found, faults = wanted(path.read_bytes())
    assert not faults, (path.name, faults)
    return found


def _of_row(row: Row) -> Wanted | RowFault:
    if row["section"].casefold() not in {section.value for section in Section}:
        return RowFault.SECTION
    if not CODE.fullmatch(row["code"]):
        return RowFault.CODE
    if row["parent"] and not CODE.fullmatch(row["parent"]):
        return RowFault.PARENT
    names = {language: row[language] for language in LANGUAGES if row[language]}
    if not names or max(map(len, (*names.values(), row["source"]))) > LONGEST_NAME:
        return RowFault.NAME
    try:
        until = date.fromisoformat(row["until"]) if row["until"] else None
    except ValueError:
        return RowFault.DATE
    return Wanted(
        row=row.number,
        section=Section(row["section"].casefold()),
        code=row["code"],
        parent=row["parent"],
        name=names,
        meaning=row["meaning"],
        until=until,
        verified=row["verified"].casefold() in YES if row["verified"] else None,
        source=row["source"],
    )


def write(file: IO[bytes], entries: Iterable[ClassifierEntry]) -> int:
    """The entries as an Excel file that can be changed and sent back; how many."""
    number = 0
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        head, sheet = book.add_format({"bold": True}), book.add_worksheet("classifier")
        sheet.freeze_panes(1, 2)
        columns = (*NEEDED, *KNOWN)
        for place, name in enumerate(columns):
            sheet.set_column(place, place, WIDTHS.get(name, 12))
            sheet.write_string(0, place, name, head)
        for number, entry in enumerate(entries, 1):
            told = {"until": str(entry.valid_until or ""), "verified": "true" if entry.verified else ""}
            told |= {name: getattr(entry, name) for name in ("section", "code", "parent", "source", "meaning")}
            for place, name in enumerate(columns):
                sheet.write_string(number, place, told.get(name, entry.name.get(name, "")))
    return number
