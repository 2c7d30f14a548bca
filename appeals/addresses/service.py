"""Every change to the directory of addresses, and the addresses of appeals: one function a deed."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, delete, insert
from sqlalchemy.orm import Session

from appeals import spelling
from appeals.addresses import queries
from appeals.addresses.finding import house_named
from appeals.addresses.model import FacilityKind, HouseNumber, StreetKind
from appeals.addresses.tables import (
    AddressImport,
    AppealAddress,
    District,
    Enterprise,
    Facility,
    FacilityHouse,
    House,
    HouseEnterprise,
    Settlement,
    Street,
    StreetName,
    StreetTrigram,
    StreetWord,
)
from appeals.tables import Appeal
from db import Conflict
from staff.audit import audit, changed, changes
from staff.tables import Organisation, Person

AT_ONCE = 500  # streets whose words are written in one statement


class Taken(Conflict):
    """The name, code or number belongs to something else here."""


class NotInOrder(Conflict):
    """The day is not after the one before it, or has not come yet."""


def add_settlement(session: Session, organisation: int, name: str) -> Settlement:
    """A settlement; the first one is the main one."""
    there = queries.settlements(session)
    settlement = Settlement(organisation_id=organisation, name=name, main=not there)
    session.add(settlement)
    session.flush()
    return settlement


def add_district(session: Session, settlement: Settlement, name: str) -> District:
    """A district of a settlement."""
    district = District(organisation_id=settlement.organisation_id, settlement_id=settlement.id, name=name)
    session.add(district)
    session.flush()
    return district


def add_street(session: Session, settlement: Settlement, kind: StreetKind, name: str, *, by: Person) -> Street:
    """A street. Taken where one is called so."""
    _refuse_taken(session, settlement.id, kind, name)
    street = Street(organisation_id=settlement.organisation_id, settlement_id=settlement.id, kind=kind, name=name)
    session.add(street)
    session.flush()
    respell(session, [street.id])
    audit(session, by, "street.added", f"street:{street.id}", name=f"{kind} {name}")
    return street


def rename(session: Session, street: Street, kind: StreetKind, name: str, *, on: date, today: date, by: Person) -> None:
    """The street is called otherwise from a day on, which has come; its former name finds it still.

    Taken where another street is called so, NotInOrder for a day to come or before the last renaming.
    """
    if (kind, name) == (street.kind, street.name):
        return
    if on > today or (street.named_on is not None and on <= street.named_on):
        raise NotInOrder
    _refuse_taken(session, street.settlement_id, kind, name)
    before = StreetName(
        organisation_id=street.organisation_id,
        street_id=street.id,
        kind=street.kind,
        name=street.name,
        former=True,
        since=street.named_on,
        until=on,
    )
    session.add(before)
    audit(session, by, "street.renamed", f"street:{street.id}", before=f"{street.kind} {street.name}", name=name)
    street.kind, street.name, street.named_on = kind, name, on
    session.flush()
    respell(session, [street.id])


def correct(session: Session, street: Street, kind: StreetKind, name: str, *, by: Person) -> None:
    """The name was misspelt: it is written otherwise, and nobody was ever called so. Taken."""
    if (kind, name) == (street.kind, street.name):
        return
    _refuse_taken(session, street.settlement_id, kind, name)
    audit(session, by, "street.corrected", f"street:{street.id}", before=f"{street.kind} {street.name}", name=name)
    street.kind, street.name = kind, name
    session.flush()
    respell(session, [street.id])


def add_name(
    session: Session, street: Street, kind: StreetKind, name: str, *, former: bool, until: date | None, by: Person
) -> StreetName:
    """A former name, or one that people use beside the street's own. Taken where the street has it already."""
    there = {(each.kind, each.name, each.until) for each in queries.other_names(session, [street.id])}
    if (kind, name, until) in there or (kind, name) == (street.kind, street.name):
        raise Taken
    other = StreetName(
        organisation_id=street.organisation_id,
        street_id=street.id,
        kind=kind,
        name=name,
        former=former,
        until=until if former else None,
    )
    session.add(other)
    session.flush()
    respell(session, [street.id])
    audit(session, by, "street.also_named", f"street:{street.id}", name=f"{kind} {name}")
    return other


def remove_name(session: Session, name: StreetName, *, by: Person) -> None:
    """Takes a former or other name away that was entered by mistake."""
    audit(session, by, "street.name_removed", f"street:{name.street_id}", name=f"{name.kind} {name.name}")
    session.delete(name)
    session.flush()
    respell(session, [name.street_id])


def _refuse_taken(session: Session, settlement: int, kind: str, name: str) -> None:
    if queries.find_street(session, settlement, kind, name) is not None:
        raise Taken


def respell(session: Session, streets: Sequence[int]) -> None:
    """Writes the words and threes anew by which these streets are found."""
    for begin in range(0, len(streets), AT_ONCE):
        _respell(session, streets[begin : begin + AT_ONCE])


def _respell(session: Session, ids: Collection[int]) -> None:
    words: list[dict[str, Any]] = []
    threes: list[dict[str, Any]] = []
    streets = queries.streets_of(session, ids)
    for street, name_id, name in (
        *((each, None, each.name) for each in streets.values()),
        *((streets[other.street_id], other.id, other.name) for other in queries.other_names(session, ids)),
    ):
        whole = name if street.settlement.main else f"{name} {street.settlement.name}"
        for reading in spelling.readings(whole):
            of = {"organisation_id": street.organisation_id, "street_id": street.id, "name_id": name_id, "key": reading}
            words += [of | {"word": word} for word in sorted(set(reading.split()))]
            threes += [of | {"letters": letters} for letters in sorted(spelling.trigrams(reading))]
    for table, rows in ((StreetWord, words), (StreetTrigram, threes)):
        session.execute(delete(table).where(table.street_id.in_(ids)))
        if rows:
            session.execute(insert(table), rows)


def add_house(session: Session, street: Street, number: HouseNumber, *, by: Person) -> House:
    """A house of the street. Taken where the street has it."""
    if queries.find_number(session, street.id, number.key) is not None:
        raise Taken
    house = new_house(street, number)
    session.add(house)
    session.flush()
    audit(session, by, "house.added", f"house:{house.id}", number=number.key)
    return house


def new_house(street: Street, number: HouseNumber) -> House:
    """A row of a house of which no more than the number is known yet."""
    return House(
        organisation_id=street.organisation_id,
        street_id=street.id,
        number=number.number,
        letter=number.letter,
        fraction=number.fraction,
        part=number.part,
        key=number.key,
        postal_code="",
    )


def change_house(
    session: Session,
    house: House,
    *,
    postal_code: str,
    district: District | None,
    point: tuple[float, float] | None,
    by: Person,
) -> None:
    """Where a house lies: postal code, district, latitude and longitude."""
    before = _where(session, house)
    house.postal_code = postal_code
    house.district_id = district.id if district is not None else None
    house.latitude, house.longitude = point if point is not None else (None, None)
    session.flush()
    if told := changed(before, _where(session, house)):
        audit(session, by, "house.changed", f"house:{house.id}", **told)


def _where(session: Session, house: House) -> dict[str, object]:
    """As it is written down."""
    district = session.get(District, house.district_id) if house.district_id is not None else None
    return {
        "postal_code": house.postal_code,
        "district": district.name if district is not None else None,
        "latitude": house.latitude,
        "longitude": house.longitude,
    }


def add_enterprise(session: Session, organisation: int, *, code: str, name: str, phone: str, by: Person) -> Enterprise:
    """A housing enterprise. Taken where another has the code."""
    if queries.find_enterprise(session, code) is not None:
        raise Taken
    enterprise = Enterprise(organisation_id=organisation, code=code, name=name, phone=phone)
    session.add(enterprise)
    session.flush()
    audit(session, by, "enterprise.added", f"enterprise:{enterprise.id}", name=name)
    return enterprise


def change_enterprise(session: Session, enterprise: Enterprise, *, name: str, phone: str, by: Person) -> None:
    """Another name, another telephone; the code stays."""
    told = changes(name=(enterprise.name, name), phone=(enterprise.phone, phone))
    enterprise.name, enterprise.phone = name, phone
    session.flush()
    if told:
        audit(session, by, "enterprise.changed", f"enterprise:{enterprise.id}", **told)


def look_after(
    session: Session, house: House, enterprise: Enterprise | None, *, since: date | None, by: Person
) -> None:
    """The enterprise looks after the house from a day on, and whoever did before does no longer (U-95).

    Without a day it has done so for as long as anybody knows, which only a house without an enterprise takes. Without
    an enterprise nobody does from the day on. NotInOrder for a day that is not after the last change.
    """
    terms = queries.terms_of(session, house.id)
    open_term = next((term for term in terms if term.until is None), None)
    if open_term is not None:
        if enterprise is not None and open_term.enterprise_id == enterprise.id:
            return
        if since is None or (open_term.since is not None and since <= open_term.since):
            raise NotInOrder
        open_term.until = since
    elif terms and (since is None or any(term.until is not None and since < term.until for term in terms)):
        raise NotInOrder
    session.flush()
    if enterprise is not None:
        session.add(
            HouseEnterprise(
                organisation_id=house.organisation_id, house_id=house.id, enterprise_id=enterprise.id, since=since
            )
        )
        session.flush()
    code = enterprise.code if enterprise is not None else ""
    audit(session, by, "house.looked_after", f"house:{house.id}", enterprise=code, since=str(since or ""))


def add_facility(
    session: Session,
    organisation: int,
    *,
    kind: FacilityKind,
    code: str,
    name: str,
    enterprise: Enterprise | None,
    by: Person,
) -> Facility:
    """A boiler house, a main, a lift. Taken where another has the code."""
    if queries.find_facility(session, code) is not None:
        raise Taken
    facility = Facility(
        organisation_id=organisation,
        kind=kind,
        code=code,
        name=name,
        enterprise_id=enterprise.id if enterprise is not None else None,
    )
    session.add(facility)
    session.flush()
    audit(session, by, "facility.added", f"facility:{facility.id}", name=name)
    return facility


def serve(session: Session, facility: Facility, house: House, *, by: Person) -> None:
    """The object serves the house from now on; once is enough."""
    if queries.find_serving(session, facility.id, house.id) is None:
        session.add(FacilityHouse(organisation_id=facility.organisation_id, facility_id=facility.id, house_id=house.id))
        session.flush()
        audit(session, by, "facility.serves", f"facility:{facility.id}", house=str(house.id))


def serve_no_longer(session: Session, facility: Facility, house: House, *, by: Person) -> None:
    """The object serves the house no longer."""
    serving = queries.find_serving(session, facility.id, house.id)
    if serving is not None:
        session.delete(serving)
        session.flush()
        audit(session, by, "facility.serves_no_longer", f"facility:{facility.id}", house=str(house.id))


def note(session: Session, appeal: Appeal, written: Sequence[tuple[str, int | None]]) -> None:
    """The addresses of an appeal as typed, each with the house that was chosen, if one was (U-98).

    An appeal that has addresses keeps them: its form was sent twice.
    """
    typed = [(text, chosen) for text, chosen in written if text]
    if not typed or queries.addresses_of(session, appeal.id):
        return
    organisation = session.get_one(Organisation, appeal.organisation_id)
    for position, (text, chosen) in enumerate(typed):
        house, detail = house_named(session, organisation, text, chosen)
        session.add(
            AppealAddress(
                organisation_id=appeal.organisation_id,
                appeal_id=appeal.id,
                position=position,
                written=text,
                house_id=house.id if house is not None else None,
                detail=detail,
            )
        )
    session.flush()


def readdress(session: Session, appeal: Appeal, written: str) -> None:
    """The main address is this one, with the house that it names; the further ones stay."""
    organisation = session.get_one(Organisation, appeal.organisation_id)
    house, detail = house_named(session, organisation, written, None)
    main = next((each for each in queries.addresses_of(session, appeal.id) if each.position == 0), None)
    if main is None:
        main = AppealAddress(organisation_id=appeal.organisation_id, appeal_id=appeal.id, position=0)
        session.add(main)
    main.written, main.house_id, main.detail = written, house.id if house is not None else None, detail
    session.flush()


def carry_over(session: Session, earlier: int, new: Appeal) -> None:
    """The addresses of an earlier appeal, for the one that goes on with it."""
    session.add_all(
        AppealAddress(
            organisation_id=new.organisation_id,
            appeal_id=new.id,
            position=each.position,
            written=each.written,
            house_id=each.house_id,
            detail=each.detail,
        )
        for each in queries.addresses_of(session, earlier)
    )
    session.flush()


def open_appeals(session: Session, house: House, seen: ColumnElement[bool], *, by: Person) -> Sequence[Appeal]:
    """The appeals of a house, of those `seen`, with those who made them, whose reading is written down (U-41)."""
    appeals = queries.appeals_of_house(session, house.id, seen)
    if appeals:
        shown = ", ".join(appeal.number for appeal in appeals[: queries.PAGE])
        audit(session, by, "house.opened", f"house:{house.id}", appeals=shown)
    return appeals


def keep_file(session: Session, subject: str, file_name: str, content: bytes, *, by: Person) -> AddressImport:
    """A file that waits for consent; the person's earlier ones are gone."""
    forget_files(session, by)
    file = AddressImport(
        organisation_id=by.organisation_id, subject=subject, person_id=by.id, file_name=file_name, content=content
    )
    session.add(file)
    session.flush()
    return file


def forget_file(session: Session, file: AddressImport) -> None:
    """Throws a file away that waited for consent."""
    session.delete(file)
    session.flush()


def forget_files(session: Session, person: Person) -> None:
    """Whatever the person has sent and not agreed to."""
    session.execute(delete(AddressImport).where(AddressImport.person_id == person.id))
