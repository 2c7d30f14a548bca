"""Every SELECT of the directory of addresses."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from appeals.addresses.model import HouseNumber
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
from db import NotFound

PAGE = 50
LOOKED_AT = 400  # words that begin as typed
NEAR = 40  # names with the most threes in common
_LAST = "\U0010ffff"

_WHOLE_HOUSE = (
    joinedload(House.street).joinedload(Street.settlement),
    joinedload(House.district),
)


class Spelled(NamedTuple):
    """A reading of a street's name; `name_id` says which, where it is not that of today."""

    street_id: int
    name_id: int | None
    key: str


class LookedAfter(NamedTuple):
    """An enterprise of a house, and from when until when."""

    enterprise: Enterprise
    since: date | None
    until: date | None


What = TypeVar("What", Enterprise, Facility)


class Counted(NamedTuple, Generic[What]):
    """An enterprise or an object, and how many houses it has."""

    what: What
    houses: int


def begun(session: Session, organisation: int, beginnings: Collection[str]) -> Sequence[Spelled]:
    """Readings with a word that begins so; ranges instead of LIKE, which row-level security keeps from the index."""
    word = StreetWord.word
    begins = or_(*(and_(word >= each, word < each + _LAST) for each in beginnings))
    rows = select(StreetWord.street_id, StreetWord.name_id, StreetWord.key)
    asked = rows.where(StreetWord.organisation_id == organisation, begins).limit(LOOKED_AT)
    return [Spelled(*row) for row in session.execute(asked)]


def near(session: Session, organisation: int, letters: Collection[str]) -> Sequence[Spelled]:
    """Readings that share the most threes of letters."""
    reading = (StreetTrigram.street_id, StreetTrigram.name_id, StreetTrigram.key)
    asked = (
        select(*reading)
        .where(StreetTrigram.organisation_id == organisation, StreetTrigram.letters.in_(letters))
        .group_by(*reading)
        .order_by(func.count().desc(), StreetTrigram.key)
        .limit(NEAR)
    )
    return [Spelled(*row) for row in session.execute(asked)]


def readings(session: Session, streets: Collection[int] | None = None) -> Sequence[tuple[int, int, str, str]]:
    """Every reading of the names of today: street, settlement, kind, key; of these streets, or of all."""
    asked = select(Street.id, Street.settlement_id, Street.kind, StreetWord.key).distinct()
    asked = asked.join(StreetWord, StreetWord.street_id == Street.id).where(StreetWord.name_id.is_(None))
    rows = session.execute(asked if streets is None else asked.where(Street.id.in_(streets)))
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def streets_of(session: Session, ids: Collection[int]) -> Mapping[int, Street]:
    """These streets with their settlements."""
    asked = select(Street).join(Street.settlement).options(contains_eager(Street.settlement))
    return {street.id: street for street in session.scalars(asked.where(Street.id.in_(ids)))}


def names_of(session: Session, ids: Collection[int]) -> Mapping[int, StreetName]:
    """These former and other names."""
    return {name.id: name for name in session.scalars(select(StreetName).where(StreetName.id.in_(ids)))} if ids else {}


def houses_like(session: Session, streets: Collection[int], typed: HouseNumber) -> Sequence[House]:
    """Houses of these streets whose number begins as typed."""
    number, more = House.number, (10**digits for digits in range(4))
    begins = or_(*(number.between(typed.number * each, typed.number * each + each - 1) for each in more))
    asked = select(House).where(House.street_id.in_(streets), begins).options(*_WHOLE_HOUSE)
    return session.scalars(asked.order_by(House.number, House.key)).all()


def houses_numbered(session: Session, streets: Collection[int], number: int) -> Sequence[House]:
    """Houses of these streets with this number, whatever follows it."""
    asked = select(House).where(House.street_id.in_(streets), House.number == number).options(*_WHOLE_HOUSE)
    return session.scalars(asked).all() if streets else []


def find_house(session: Session, house: int) -> House | None:
    """The house with its street, settlement and district, if there is one."""
    return session.scalars(select(House).where(House.id == house).options(*_WHOLE_HOUSE)).one_or_none()


def get_house(session: Session, house: int) -> House:
    """The house with its street, settlement and district. NotFound."""
    found = find_house(session, house)
    if found is None:
        raise NotFound(f"house {house}")
    return found


def find_number(session: Session, street: int, key: str) -> House | None:
    """The house of the street with this key of a number."""
    return session.scalars(select(House).where(House.street_id == street, House.key == key)).one_or_none()


def get_street(session: Session, street: int) -> Street:
    """The street with its settlement. NotFound."""
    found = streets_of(session, [street]).get(street)
    if found is None:
        raise NotFound(f"street {street}")
    return found


def find_street(session: Session, settlement: int, kind: str, name: str) -> Street | None:
    """The street that is called so today."""
    asked = select(Street).where(Street.settlement_id == settlement, Street.kind == kind, Street.name == name)
    return session.scalars(asked).one_or_none()


def settlements(session: Session) -> Sequence[Settlement]:
    """All settlements, the main one first."""
    return session.scalars(select(Settlement).order_by(Settlement.main.desc(), Settlement.name)).all()


def districts(session: Session, settlement: int | None = None) -> Sequence[District]:
    """Districts by name, of one settlement or of all."""
    asked = select(District).order_by(District.name)
    return session.scalars(asked if settlement is None else asked.where(District.settlement_id == settlement)).all()


def streets(session: Session, *, after: tuple[str, int] | None = None) -> Sequence[Street]:
    """Streets by name, `PAGE` + 1 at most: one more than is shown tells that there is a next page."""
    asked = select(Street).join(Street.settlement).options(contains_eager(Street.settlement))
    if after is not None:
        asked = asked.where(or_(Street.name > after[0], and_(Street.name == after[0], Street.id > after[1])))
    return session.scalars(asked.order_by(Street.name, Street.id).limit(PAGE + 1)).all()


def streets_of_settlement(session: Session, settlement: int) -> Sequence[Street]:
    """All streets there."""
    return session.scalars(select(Street).where(Street.settlement_id == settlement)).all()


def names_in_settlement(session: Session, settlement: int) -> Sequence[StreetName]:
    """All former and other names of streets there."""
    theirs = select(Street.id).where(Street.settlement_id == settlement)
    return session.scalars(select(StreetName).where(StreetName.street_id.in_(theirs))).all()


def houses_of_streets(session: Session, streets: Collection[int]) -> Sequence[House]:
    """All houses of these streets, by themselves."""
    return session.scalars(select(House).where(House.street_id.in_(streets))).all() if streets else []


def terms_of_houses(session: Session, houses: Collection[int]) -> Sequence[HouseEnterprise]:
    """Who looked after these houses and when."""
    asked = select(HouseEnterprise).where(HouseEnterprise.house_id.in_(houses))
    return session.scalars(asked).all() if houses else []


def served(session: Session, facilities: Collection[int]) -> Sequence[tuple[int, int]]:
    """Which houses these objects serve: pairs of both."""
    asked = select(FacilityHouse.facility_id, FacilityHouse.house_id).where(FacilityHouse.facility_id.in_(facilities))
    return [(facility, house) for facility, house in session.execute(asked)] if facilities else []


def count(session: Session) -> tuple[int, int]:
    """How many streets and houses there are."""
    return (
        session.scalar(select(func.count()).select_from(Street)) or 0,
        session.scalar(select(func.count()).select_from(House)) or 0,
    )


def houses_on(session: Session, streets: Collection[int]) -> Mapping[int, int]:
    """How many houses each of these streets has."""
    asked = select(House.street_id, func.count()).where(House.street_id.in_(streets)).group_by(House.street_id)
    rows = session.execute(asked) if streets else ()
    return {street: number for street, number in rows}  # noqa: C416 - a row is no pair to mypy


def other_names(session: Session, streets: Collection[int]) -> Sequence[StreetName]:
    """Former names of these streets, the last first, and after them the other ones."""
    asked = select(StreetName).where(StreetName.street_id.in_(streets))
    return session.scalars(asked.order_by(StreetName.until.desc().nulls_last(), StreetName.name)).all()


def find_name(session: Session, street: int, name: int) -> StreetName | None:
    """One of the former and other names of a street."""
    return session.scalars(
        select(StreetName).where(StreetName.street_id == street, StreetName.id == name)
    ).one_or_none()


def houses(session: Session, street: int) -> Sequence[House]:
    """All houses of a street, by number."""
    asked = select(House).where(House.street_id == street).options(*_WHOLE_HOUSE)
    return session.scalars(asked.order_by(House.number, House.key)).all()


def enterprises(session: Session, day: date) -> Sequence[Counted[Enterprise]]:
    """Enterprises by name, with their houses on that day."""
    theirs = and_(HouseEnterprise.enterprise_id == Enterprise.id, _on(day))
    asked = select(Enterprise, func.count(HouseEnterprise.id)).outerjoin(HouseEnterprise, theirs)
    return [Counted(*row) for row in session.execute(asked.group_by(Enterprise.id).order_by(Enterprise.name))]


def all_enterprises(session: Session) -> Sequence[Enterprise]:
    """All enterprises."""
    return session.scalars(select(Enterprise).order_by(Enterprise.code)).all()


def find_enterprise(session: Session, code: str) -> Enterprise | None:
    """The enterprise with this code."""
    return session.scalars(select(Enterprise).where(Enterprise.code == code)).one_or_none()


def get_enterprise(session: Session, enterprise: int) -> Enterprise:
    """The enterprise. NotFound."""
    found = session.get(Enterprise, enterprise)
    if found is None:
        raise NotFound(f"enterprise {enterprise}")
    return found


def _on(day: date) -> ColumnElement[bool]:
    since, until = HouseEnterprise.since, HouseEnterprise.until
    return and_(or_(since.is_(None), since <= day), or_(until.is_(None), until > day))


def enterprise_of(session: Session, house: int, day: date) -> Enterprise | None:
    """Who looked after the house on that day (U-95)."""
    asked = select(Enterprise).join(HouseEnterprise, HouseEnterprise.enterprise_id == Enterprise.id)
    return session.scalars(asked.where(HouseEnterprise.house_id == house, _on(day))).one_or_none()


def looked_after(session: Session, house: int) -> Sequence[LookedAfter]:
    """Everybody who looked after the house, the last first."""
    asked = (
        select(Enterprise, HouseEnterprise.since, HouseEnterprise.until)
        .join(HouseEnterprise, HouseEnterprise.enterprise_id == Enterprise.id)
        .where(HouseEnterprise.house_id == house)
        .order_by(HouseEnterprise.since.desc().nulls_last())
    )
    return [LookedAfter(*row) for row in session.execute(asked)]


def terms_of(session: Session, house: int) -> Sequence[HouseEnterprise]:
    """The same as rows, to be changed."""
    return session.scalars(select(HouseEnterprise).where(HouseEnterprise.house_id == house)).all()


def houses_of_enterprise(session: Session, enterprise: int, day: date) -> Sequence[House]:
    """The houses that it looks after on that day."""
    theirs = select(HouseEnterprise.house_id).where(HouseEnterprise.enterprise_id == enterprise, _on(day))
    return _by_address(session, select(House).where(House.id.in_(theirs)))


def facilities(session: Session) -> Sequence[Counted[Facility]]:
    """Objects by kind and name, with their houses."""
    asked = select(Facility, func.count(FacilityHouse.id)).outerjoin(FacilityHouse)
    rows = session.execute(asked.group_by(Facility.id).order_by(Facility.kind, Facility.name))
    return [Counted(*row) for row in rows]


def get_facility(session: Session, facility: int) -> Facility:
    """The object. NotFound."""
    found = session.get(Facility, facility)
    if found is None:
        raise NotFound(f"facility {facility}")
    return found


def find_facility(session: Session, code: str) -> Facility | None:
    """The object with this code."""
    return session.scalars(select(Facility).where(Facility.code == code)).one_or_none()


def facilities_of(session: Session, house: int) -> Sequence[Facility]:
    """What serves the house."""
    asked = select(Facility).join(FacilityHouse).where(FacilityHouse.house_id == house)
    return session.scalars(asked.order_by(Facility.kind, Facility.name)).all()


def houses_of_facility(session: Session, facility: int) -> Sequence[House]:
    """The houses that the object serves (U-115)."""
    theirs = select(FacilityHouse.house_id).where(FacilityHouse.facility_id == facility)
    return _by_address(session, select(House).where(House.id.in_(theirs)))


def find_serving(session: Session, facility: int, house: int) -> FacilityHouse | None:
    """That the object serves the house, if it does."""
    both = and_(FacilityHouse.facility_id == facility, FacilityHouse.house_id == house)
    return session.scalars(select(FacilityHouse).where(both)).one_or_none()


def _by_address(session: Session, asked: Select[House]) -> Sequence[House]:
    found = session.scalars(asked.options(*_WHOLE_HOUSE)).all()
    return sorted(found, key=lambda house: (house.street.name, house.number, house.key))


def addresses_of(session: Session, appeal: int) -> Sequence[AppealAddress]:
    """The addresses of an appeal, the main one first."""
    whole = joinedload(AppealAddress.house).options(*_WHOLE_HOUSE)
    asked = select(AppealAddress).where(AppealAddress.appeal_id == appeal).options(whole)
    return session.scalars(asked.order_by(AppealAddress.position)).all()


def appeals_of_house(session: Session, house: int, seen: ColumnElement[bool]) -> Sequence[Appeal]:
    """Appeals with this house among their addresses, the newest first, `PAGE` + 1 at most (U-128); of those `seen`."""
    theirs = select(AppealAddress.appeal_id).where(AppealAddress.house_id == house)
    asked = select(Appeal).where(Appeal.id.in_(theirs), seen).options(joinedload(Appeal.applicant))
    return session.scalars(asked.order_by(Appeal.registered_at.desc(), Appeal.id.desc()).limit(PAGE + 1)).all()


def states_of_house(session: Session, house: int, seen: ColumnElement[bool]) -> Mapping[str, int]:
    """How many appeals of the house, of those `seen`, stand in each state."""
    theirs = select(AppealAddress.appeal_id).where(AppealAddress.house_id == house)
    asked = select(Appeal.state, func.count()).where(Appeal.id.in_(theirs), seen).group_by(Appeal.state)
    return {state: number for state, number in session.execute(asked)}  # noqa: C416 - a row is no pair to mypy


def get_import(session: Session, file: int) -> AddressImport:
    """A file that waits for consent. NotFound."""
    found = session.get(AddressImport, file)
    if found is None:
        raise NotFound(f"import {file}")
    return found


def files_of(session: Session, person: int) -> Sequence[AddressImport]:
    """Files that the person has sent and not decided about."""
    return session.scalars(select(AddressImport).where(AddressImport.person_id == person)).all()
