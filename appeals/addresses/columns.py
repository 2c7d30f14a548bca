"""The columns of tables that people send: what their headings mean in four languages."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from appeals import sheets
from appeals.sheets import BadSheet, Fault
from appeals.spelling import APOSTROPHES
from web.languages import audience

MOST_ROWS: Final = 20_000  # a request carries them; a whole city comes in parts

# How a column is headed in each language: the first word is the one we show, the others are understood as well.
HEADINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "settlement": {"uk": ("населений пункт", "місто"), "uz": ("aholi punkti", "shahar"),
                   "ru": ("населённый пункт", "город"), "en": ("settlement", "city")},
    "district": {"uk": ("район",), "uz": ("tuman",), "ru": ("район",), "en": ("district",)},
    "kind": {"uk": ("вид вулиці", "вид", "тип"), "uz": ("koʻcha turi", "turi"), "ru": ("вид улицы", "вид", "тип"),
             "en": ("kind of street", "kind")},
    "street": {"uk": ("вулиця", "назва вулиці"), "uz": ("koʻcha", "koʻcha nomi"), "ru": ("улица", "название улицы"),
               "en": ("street",)},
    "former": {"uk": ("колишня назва", "стара назва"), "uz": ("avvalgi nomi", "eski nomi"),
               "ru": ("бывшее название", "старое название"), "en": ("former name",)},
    "renamed": {"uk": ("перейменовано",), "uz": ("nomi oʻzgargan",), "ru": ("переименована",), "en": ("renamed",)},
    "house": {"uk": ("будинок", "номер будинку"), "uz": ("uy", "uy raqami"), "ru": ("дом", "номер дома"),
              "en": ("house",)},
    "postal_code": {"uk": ("індекс", "поштовий індекс"), "uz": ("indeks", "pochta indeksi"),
                    "ru": ("индекс", "почтовый индекс"), "en": ("postal code",)},
    "latitude": {"uk": ("широта",), "uz": ("kenglik",), "ru": ("широта",), "en": ("latitude", "lat")},
    "longitude": {"uk": ("довгота",), "uz": ("uzunlik",), "ru": ("долгота",), "en": ("longitude", "lon")},
    "enterprise": {"uk": ("код підприємства",), "uz": ("korxona kodi",), "ru": ("код предприятия",),
                   "en": ("enterprise code",)},
    "enterprise_name": {"uk": ("підприємство", "жеу"), "uz": ("korxona",), "ru": ("предприятие", "жэу"),
                        "en": ("enterprise",)},
    "since": {"uk": ("доглядає з", "з дня"), "uz": ("qaysi kundan",), "ru": ("обслуживает с", "со дня"),
              "en": ("since",)},
    "code": {"uk": ("код об’єкта", "код"), "uz": ("obyekt kodi", "kod"), "ru": ("код объекта", "код"),
             "en": ("object code", "code")},
    "object": {"uk": ("об’єкт",), "uz": ("obyekt",), "ru": ("объект",), "en": ("object",)},
    "object_kind": {"uk": ("вид об’єкта",), "uz": ("obyekt turi",), "ru": ("вид объекта",), "en": ("object kind",)},
}  # fmt: skip


Cells = tuple[int, Mapping[str, str]]  # a row's number in the file, and its cells by column


class TooMany(ValueError):
    """The file has more rows than `MOST_ROWS`."""


def rows(content: bytes, *, needed: Sequence[str], known: Sequence[str]) -> list[Cells]:
    """The rows with anything in them under columns that are `known`. BadSheet, TooMany."""
    meant = {heading: column for column in known for words in HEADINGS[column].values() for heading in _ways(words)}
    read = sheets.read(content, needed=(), known=meant)
    there = {meant[heading] for heading in read[0].cells}
    missing = [column for column in needed if column not in there]
    if missing:
        raise BadSheet(Fault.NO_COLUMN, [heading(column, audience().language) for column in missing])
    if len(read) > MOST_ROWS:
        raise TooMany
    found = [(row.number, {meant[name]: cell for name, cell in row.cells.items() if cell}) for row in read]
    return [(number, cells) for number, cells in found if cells]


def heading(column: str, language: str) -> str:
    """How the column is headed in this language."""
    return HEADINGS[column][language][0]


def _ways(headings: Sequence[str]) -> set[str]:
    """Headings with each apostrophe that people type."""
    return {re.sub(f"[{APOSTROPHES}]", each, heading) for heading in headings for each in APOSTROPHES}
