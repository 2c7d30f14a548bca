"""Rules of routing as an Excel file that can be changed and sent back: its columns, and what stands in them."""

from collections.abc import Sequence
from datetime import date
from typing import IO, Final

from sqlalchemy.orm import Session

from appeals import sheets
from appeals.addresses import columns, kinds
from appeals.addresses import queries as addresses
from appeals.executors import queries as directory
from appeals.routing import queries
from appeals.routing.queries import Line

PLACE: Final = ("settlement", "district", "kind", "street", "house")
# How a column is headed in each language: the first word is the one we show, the others are understood as well.
HEADINGS: Final[dict[str, dict[str, tuple[str, ...]]]] = {name: columns.HEADINGS[name] for name in PLACE} | {
    "problem": {"uk": ("проблема",), "uz": ("muammo",), "ru": ("проблема",), "en": ("problem",)},
    "executor": {"uk": ("виконавець",), "uz": ("ijrochi",), "ru": ("исполнитель",), "en": ("executor",)},
    "co": {"uk": ("співвиконавці",), "uz": ("hamkor ijrochilar",), "ru": ("соисполнители",), "en": ("co-executors",)},
    "basis": {"uk": ("підстава",), "uz": ("asos",), "ru": ("основание",), "en": ("basis",)},
    "from": {"uk": ("діє з",), "uz": ("qaysi kundan",), "ru": ("действует с",), "en": ("valid from",)},
    "until": {"uk": ("діє до",), "uz": ("qaysi kungacha",), "ru": ("действует до",), "en": ("valid until",)},
}
NEEDED: Final = ("executor",)
LOOK: Final = sheets.Look(name="routing", usual=16, wide=dict.fromkeys(("street", "basis", "co"), 30))


def write(file: IO[bytes], session: Session, organisation: int, today: date, language: str) -> int:
    """The rules that count now or later; how many."""
    rules = queries.current(session, today)
    told = _Told(session, organisation, rules, language)
    return sheets.write(file, HEADINGS, map(told.cells, rules), language=language, look=LOOK)


class _Told:
    """Rules as cells of a file: places by the names of today, problems and executors by their codes."""

    def __init__(self, session: Session, organisation: int, rules: Sequence[Line], language: str) -> None:
        self._language = language
        self._houses = queries.houses(session, {each.house_id for each in rules if each.house_id is not None})
        streets = {each.street_id for each in rules if each.street_id is not None}
        self._streets = addresses.streets_of(session, streets) if streets else {}
        self._districts = {each.id: each for each in addresses.districts(session)}
        self._towns = {each.id: each for each in addresses.settlements(session)}
        self._codes = {each.id: each.code for each in directory.all_of(session, organisation)}

    def cells(self, rule: Line) -> dict[str, str]:
        """By column."""
        return self._where(rule) | {
            "problem": rule.problem,
            "executor": self._codes[rule.executor_id],
            "co": "; ".join(self._codes[each] for each in rule.co_ids),
            "basis": rule.basis,
            "from": rule.valid_from.isoformat(),
            "until": rule.valid_until.isoformat() if rule.valid_until is not None else "",
        }

    def _where(self, rule: Line) -> dict[str, str]:
        if rule.district_id is not None:
            district = self._districts[rule.district_id]
            return {"settlement": self._town(district.settlement_id), "district": district.name}
        house = self._houses[rule.house_id] if rule.house_id is not None else None
        if house is None and rule.street_id is None:
            return {}
        street = house.street if house is not None else self._streets[rule.street_id or 0]
        return {
            "settlement": self._town(street.settlement_id),
            "kind": _kind(street.kind, self._language),
            "street": street.name,
            "house": house.written_number.written(self._language) if house is not None else "",
        }

    def _town(self, settlement: int) -> str:
        town = self._towns[settlement]
        return "" if town.main else town.name


def _kind(kind: str, language: str) -> str:
    """A word for the kind of street that is read back as the same kind."""
    words = [kinds.titles(each)[kind] for each in (language, "uk", "en")]
    return next(word for word in words if kinds.meant(word) == kind)
