"""Rows of an import carried out: what is not there yet is added, what is told otherwise changed, the rest left."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from appeals.addresses import queries, service
from appeals.addresses.lines import FacilityLine, Faulty, HouseLine, Place
from appeals.addresses.tables import (
    District,
    Enterprise,
    Facility,
    FacilityHouse,
    House,
    HouseEnterprise,
    Settlement,
    Street,
    StreetName,
)
from web.languages import later

NO_TOWN = later("Name the settlement; the first one is the main one")
TOLD_TWICE = later("The house stands in row %(value)s already, and is told otherwise there")
NO_ENTERPRISE = later("No enterprise has this code, and the row names none: %(value)s")
NO_DAY = later("Say since which day the enterprise looks after the house: another one did before")
LATER_THAN = later("The enterprise looks after the house only since a later day: %(value)s")


@dataclass
class Outcome:
    """What an import did: how many of each subject were added and changed, how many rows it left, which are faulty."""

    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    left: int = 0
    faults: list[tuple[int, str, str]] = field(default_factory=list)  # row, message, value

    def fault(self, row: int, fault: Faulty) -> None:
        """Notes a faulty row."""
        self.faults.append((row, fault.why, fault.value))

    @property
    def changes_nothing(self) -> bool:
        """Whether all of it was there."""
        return not self.added and not self.changed


class _Known:
    """What is in the directory already, and what the import has put there so far."""

    def __init__(self, session: Session, organisation: int, outcome: Outcome) -> None:
        self.session, self.organisation, self.outcome = session, organisation, outcome
        self.busy: set[int] = set()  # rows that added or changed something
        towns = queries.settlements(session)
        self.towns = {town.name: town for town in towns}
        self.main = next((town for town in towns if town.main), None)
        self.streets: dict[tuple[int, str, str], Street] = {}
        self.former: dict[tuple[int, str, str], Street] = {}
        self.enterprises = {each.code: each for each in queries.all_enterprises(session)}
        for town in towns:
            self._learn(town)

    def _learn(self, town: Settlement) -> None:
        theirs = {street.id: street for street in queries.streets_of_settlement(self.session, town.id)}
        self.streets |= {(town.id, street.kind, street.name): street for street in theirs.values()}
        for name in queries.names_in_settlement(self.session, town.id):
            self.former.setdefault((town.id, name.kind, name.name), theirs[name.street_id])

    def town(self, name: str) -> Settlement | None:
        """The settlement named; the main one where none is."""
        return self.towns.get(name) if name else self.main

    def street(self, place: Place) -> Street | None:
        """The street that is called so, or was before."""
        town = self.town(place.settlement)
        key = (town.id if town is not None else 0, place.kind.value, place.street)
        return self.streets.get(key) or self.former.get(key)

    def add(self, row: int, subject: str, thing: object) -> None:
        """Something that was not there yet."""
        self.session.add(thing)
        self.outcome.added[subject] += 1
        self.busy.add(row)

    def change(self, row: int, subject: str) -> None:
        """Something that is told otherwise."""
        self.outcome.changed[subject] += 1
        self.busy.add(row)


class Houses:
    """Streets, their houses, and who looks after them."""

    def __init__(self, session: Session, organisation: int, outcome: Outcome) -> None:
        self._session, self._organisation, self._outcome = session, organisation, outcome
        self._known = _Known(session, organisation, outcome)
        self._named: set[int] = set()  # rows that gave a street a name

    def take(self, rows: Sequence[tuple[int, HouseLine]]) -> None:
        """All rows: first the streets, then the houses, then who looks after them."""
        streets: dict[int, Street] = {}
        for row, line in rows:
            try:
                streets[row] = self._street(row, line)
            except Faulty as fault:
                self._outcome.fault(row, fault)
        rows = [(row, line) for row, line in rows if row in streets]
        self._session.flush()
        for row, line in rows:
            self._former(row, line, streets[row])
        houses = self._houses(rows, streets)
        self._session.flush()
        self._care(rows, houses)
        self._session.flush()
        service.respell(self._session, sorted({streets[row].id for row in self._named}))
        self._outcome.left = len(rows) - len(self._known.busy)

    def _street(self, row: int, line: HouseLine) -> Street:
        known, place = self._known, line.place
        street = known.street(place)
        if street is not None:
            return street
        town = known.town(place.settlement) or self._town(row, place.settlement)
        street = Street(
            organisation_id=self._organisation, settlement_id=town.id, kind=place.kind.value, name=place.street
        )
        known.add(row, "streets", street)
        self._named.add(row)
        known.streets[town.id, place.kind.value, place.street] = street
        return street

    def _town(self, row: int, name: str) -> Settlement:
        if not name:
            raise Faulty(NO_TOWN)
        town = Settlement(organisation_id=self._organisation, name=name, main=self._known.main is None)
        self._known.add(row, "settlements", town)
        self._session.flush()
        self._known.towns[name] = town
        self._known.main = self._known.main or town
        return town

    def _former(self, row: int, line: HouseLine, street: Street) -> None:
        if line.former is None:
            return
        kind, name = line.former
        key = (street.settlement_id, kind.value, name)
        if self._known.former.get(key) is street or (kind.value, name) == (street.kind, street.name):
            return
        former = StreetName(organisation_id=self._organisation, street_id=street.id, kind=kind.value, name=name)
        former.former, former.until = True, line.renamed
        self._known.add(row, "former_names", former)
        self._named.add(row)
        self._known.former[key] = street

    def _houses(self, rows: Sequence[tuple[int, HouseLine]], streets: dict[int, Street]) -> dict[int, House]:
        """The house of each row that has one; those that are not there yet are added."""
        ids = {street.id for street in streets.values()}
        there = {(house.street_id, house.key): house for house in queries.houses_of_streets(self._session, ids)}
        districts = {(each.settlement_id, each.name): each for each in queries.districts(self._session)}
        told: dict[tuple[int, str], tuple[int, HouseLine]] = {}
        found = {}
        for row, line in rows:
            if line.place.number is None:
                continue
            street, number = streets[row], line.place.number
            key = (street.id, number.key)
            before, same = told.setdefault(key, (row, line))
            if same != line:
                self._outcome.fault(row, Faulty(TOLD_TWICE, before))
                continue
            if before != row:
                continue
            house = there.get(key)
            if house is None:
                house = service.new_house(street, number)
                self._place(house, line, districts, street, row)
                self._known.add(row, "houses", house)
            elif self._place(house, line, districts, street, row):
                self._known.change(row, "houses")
            found[row] = house
        return found

    def _place(
        self, house: House, line: HouseLine, districts: dict[tuple[int, str], District], street: Street, row: int
    ) -> bool:
        """Puts the house where the row says; whether it was elsewhere. What a row does not say stays."""
        before = (house.postal_code, house.district_id, house.latitude, house.longitude)
        if line.district:
            key = (street.settlement_id, line.district)
            if key not in districts:
                district = District(
                    organisation_id=self._organisation, settlement_id=street.settlement_id, name=line.district
                )
                self._known.add(row, "districts", district)
                self._session.flush()
                districts[key] = district
            house.district_id = districts[key].id
        if line.postal_code:
            house.postal_code = line.postal_code
        if line.point is not None:
            house.latitude, house.longitude = line.point
        return before != (house.postal_code, house.district_id, house.latitude, house.longitude)

    def _care(self, rows: Sequence[tuple[int, HouseLine]], houses: dict[int, House]) -> None:
        """Who looks after the houses: present terms end first, then new ones begin, for no two may overlap."""
        terms: dict[int, list[HouseEnterprise]] = {}
        for term in queries.terms_of_houses(self._session, {house.id for house in houses.values()}):
            terms.setdefault(term.house_id, []).append(term)
        begun: list[tuple[int, HouseEnterprise]] = []
        for row, line in rows:
            if not line.enterprise or row not in houses:
                continue
            try:
                enterprise = self._enterprise(row, line)
                new = self._term(line, houses[row], enterprise, terms.get(houses[row].id, []))
            except Faulty as fault:
                self._outcome.fault(row, fault)
                continue
            if new is not None:
                begun.append((row, new))
        self._session.flush()
        for row, new in begun:
            self._known.add(row, "links", new)

    def _enterprise(self, row: int, line: HouseLine) -> Enterprise:
        there = self._known.enterprises.get(line.enterprise)
        if there is None:
            if not line.enterprise_name:
                raise Faulty(NO_ENTERPRISE, line.enterprise)
            there = Enterprise(
                organisation_id=self._organisation, code=line.enterprise, name=line.enterprise_name, phone=""
            )
            self._known.add(row, "enterprises", there)
            self._session.flush()
            self._known.enterprises[line.enterprise] = there
        elif line.enterprise_name and there.name != line.enterprise_name:
            there.name = line.enterprise_name
            self._known.change(row, "enterprises")
        return there

    def _term(
        self, line: HouseLine, house: House, enterprise: Enterprise, terms: Sequence[HouseEnterprise]
    ) -> HouseEnterprise | None:
        """The term that begins, if the enterprise does not look after the house already. Faulty."""
        present = next((term for term in terms if term.until is None), None)
        last = max((term.until for term in terms if term.until is not None), default=None)
        if present is not None and present.enterprise_id == enterprise.id:
            return None
        if (present is not None or last is not None) and line.since is None:
            raise Faulty(NO_DAY)
        if line.since is not None:
            begun = present.since if present is not None else None
            if (begun is not None and line.since <= begun) or (last is not None and line.since < last):
                raise Faulty(LATER_THAN, line.since)
        if present is not None:
            present.until = line.since
        return HouseEnterprise(
            organisation_id=self._organisation, house_id=house.id, enterprise_id=enterprise.id, since=line.since
        )


class Facilities:
    """Objects and the houses they serve."""

    def __init__(self, session: Session, organisation: int, outcome: Outcome) -> None:
        self._session, self._organisation, self._outcome = session, organisation, outcome
        self._known = _Known(session, organisation, outcome)

    def take(self, rows: Sequence[tuple[int, FacilityLine]]) -> None:
        """All rows: first the objects, then their houses."""
        there = {each.what.code: each.what for each in queries.facilities(self._session)}
        told: dict[str, tuple[int, tuple[str, str, str]]] = {}
        objects: dict[int, Facility] = {}
        for row, line in rows:
            said = (line.name, line.kind.value, line.enterprise)
            before, same = told.setdefault(line.code, (row, said))
            try:
                if said != same:
                    raise Faulty(later("The object is told otherwise in row %(value)s"), before)
                objects[row] = self._facility(row, line, there.get(line.code))
            except Faulty as fault:
                self._outcome.fault(row, fault)
                continue
            there[line.code] = objects[row]
        self._session.flush()
        self._serve(rows, objects)
        self._session.flush()
        self._outcome.left = len(rows) - len(self._known.busy)

    def _facility(self, row: int, line: FacilityLine, there: Facility | None) -> Facility:
        owner = self._known.enterprises.get(line.enterprise) if line.enterprise else None
        if line.enterprise and owner is None:
            raise Faulty(NO_ENTERPRISE, line.enterprise)
        owner_id = owner.id if owner is not None else None
        if there is None:
            there = Facility(
                organisation_id=self._organisation,
                kind=line.kind.value,
                code=line.code,
                name=line.name,
                enterprise_id=owner_id,
            )
            self._known.add(row, "facilities", there)
        elif (there.name, there.kind) != (line.name, line.kind) or (owner_id and there.enterprise_id != owner_id):
            there.name, there.kind, there.enterprise_id = line.name, line.kind.value, owner_id or there.enterprise_id
            self._known.change(row, "facilities")
        return there

    def _serve(self, rows: Sequence[tuple[int, FacilityLine]], objects: dict[int, Facility]) -> None:
        places = [(row, line.place, objects[row]) for row, line in rows if line.place is not None and row in objects]
        streets = {row: self._known.street(place) for row, place, _ in places}
        ids = {street.id for street in streets.values() if street is not None}
        houses = {(house.street_id, house.key): house for house in queries.houses_of_streets(self._session, ids)}
        there = set(queries.served(self._session, {facility.id for facility in objects.values()}))
        for row, place, facility in places:
            street = streets[row]
            house = (
                houses.get((street.id, place.number.key)) if street is not None and place.number is not None else None
            )
            if house is None:
                written = f"{place.street} {place.number.key if place.number is not None else ''}"
                self._outcome.fault(row, Faulty(later("Nobody knows this house: %(value)s"), written))
            elif (facility.id, house.id) not in there:
                there.add((facility.id, house.id))
                link = FacilityHouse(organisation_id=self._organisation, facility_id=facility.id, house_id=house.id)
                self._known.add(row, "links", link)
