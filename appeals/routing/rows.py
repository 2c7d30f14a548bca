"""What one row of a file of rules means: which place, which problem, which executors. Each word is one we know."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from appeals.addresses import lines
from appeals.addresses import queries as addresses
from appeals.addresses.lines import Faulty
from appeals.addresses.tables import District, House, Street
from appeals.classifier import queries as classifier
from appeals.classifier.model import Section
from appeals.executors import queries as directory
from appeals.executors.tables import Executor
from appeals.routing.as_file import PLACE
from appeals.routing.model import Place
from appeals.sheets import Row
from web.languages import later

LONGEST_BASIS: Final = 500
MOST_CO: Final = 50
NO_TOWN: Final = later("No settlement is called so: %(value)s")
NO_STREET: Final = later("No street is called so: %(value)s")
NO_HOUSE: Final = later("The street has no such house: %(value)s")
NO_DISTRICT: Final = later("No district is called so: %(value)s")
TWO_PLACES: Final = later("Name a district or a street, not both")
NO_PROBLEM: Final = later("The classifier has no such problem: %(value)s")
NO_EXECUTOR: Final = later("No executor has this code: %(value)s")
CLOSED: Final = later("This executor is closed: %(value)s")
MANY: Final = later("These co-executors are too many")
LONG: Final = later("Too long: %(value)s")


class Asked(NamedTuple):
    """One row as it is meant; what is empty says nothing."""

    place: Place
    problem: str
    executor: Executor
    co: tuple[Executor, ...]
    basis: str
    since: date | None
    until: date | None


class Known:
    """What rows may name: settlements, districts, streets by any of their names, problems, executors."""

    def __init__(self, session: Session, organisation: int, today: date) -> None:
        towns = addresses.settlements(session)
        self.towns = {town.name.casefold(): town.id for town in towns}
        self.main = next((town.id for town in towns if town.main), None)
        self.districts: dict[tuple[int, str], District] = {
            (each.settlement_id, each.name.casefold()): each for each in addresses.districts(session)
        }
        self.streets: dict[tuple[int, str, str], Street] = {}
        for town in towns:
            theirs = {street.id: street for street in addresses.streets_of_settlement(session, town.id)}
            for name in addresses.names_in_settlement(session, town.id):
                self.streets.setdefault((town.id, name.kind, name.name.casefold()), theirs[name.street_id])
            self.streets |= {(town.id, each.kind, each.name.casefold()): each for each in theirs.values()}
        self.problems = {each.code for each in classifier.in_force(session, Section.PROBLEM, today)}
        self.executors = {each.code: each for each in directory.all_of(session, organisation)}

    def town(self, name: str) -> int:
        """The settlement; the main one where none is named. Faulty."""
        found = self.towns.get(name.casefold()) if name else self.main
        if found is None:
            raise Faulty(NO_TOWN, name)
        return found

    def street(self, cells: Mapping[str, str]) -> tuple[Street, lines.Place]:
        """The street of a row, and what else is said of its place. Faulty."""
        named = lines.house_line({name: cells[name] for name in PLACE if cells.get(name)}).place
        found = self.streets.get((self.town(named.settlement), named.kind.value, named.street.casefold()))
        if found is None:
            raise Faulty(NO_STREET, cells["street"])
        return found, named

    def executor(self, code: str) -> Executor:
        """The executor with this code. Faulty."""
        found = self.executors.get(code)
        if found is None:
            raise Faulty(NO_EXECUTOR, code)
        return found


class Houses:
    """The houses of the streets that a file names houses of, read at once."""

    def __init__(self, session: Session, known: Known, rows: Iterable[Row]) -> None:
        streets = set()
        for row in rows:
            cells = row.cells
            try:
                if cells.get("street") and cells.get("house"):
                    streets.add(known.street(cells)[0].id)
            except Faulty:
                continue  # told when the row is read
        found: Iterable[House] = addresses.houses_of_streets(session, streets) if streets else ()
        self._ids = {(each.street_id, each.key): each.id for each in found}

    def find(self, street: int, key: str) -> int | None:
        """The house with this number."""
        return self._ids.get((street, key))


def asked_of(cells: Mapping[str, str], known: Known, houses: Houses) -> Asked:
    """The row as it is meant. Faulty."""
    problem, basis = cells.get("problem", ""), cells.get("basis", "")
    if len(basis) > LONGEST_BASIS:
        raise Faulty(LONG, f"{basis[:40]}…")
    executor = known.executor(cells.get("executor", ""))
    co = tuple(known.executor(code) for code in _codes(cells.get("co", ""), known.executors))
    if len(co) > MOST_CO:
        raise Faulty(MANY)
    since, until = lines.day_of(cells.get("from", "")), lines.day_of(cells.get("until", ""))
    return Asked(_place(cells, known, houses), problem, executor, co, basis, since, until)


def _place(cells: Mapping[str, str], known: Known, houses: Houses) -> Place:
    district = cells.get("district", "")
    if district and cells.get("street"):
        raise Faulty(TWO_PLACES)
    if district:
        found = known.districts.get((known.town(cells.get("settlement", "")), district.casefold()))
        if found is None:
            raise Faulty(NO_DISTRICT, district)
        return Place(district=found.id)
    if not cells.get("street"):
        if cells.get("house"):
            raise Faulty(NO_STREET)
        return Place()
    street, named = known.street(cells)
    if named.number is None:
        return Place(street=street.id)
    house = houses.find(street.id, named.number.key)
    if house is None:
        raise Faulty(NO_HOUSE, cells["house"])
    return Place(house=house)


def _codes(written: str, known: Mapping[str, Executor]) -> list[str]:
    """Codes with commas, semicolons or blanks between them; a code may have a comma itself."""
    found: list[str] = []
    for each in re.split(r"[;\s]+", written):
        code = each.strip(",")
        found += [code] if code in known else [part for part in code.split(",") if part]
    return list(dict.fromkeys(found))
