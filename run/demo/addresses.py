"""python -m run.demo.addresses: streets with houses, enterprises, objects and works of the demonstration organisations.

Loaded once into each that has no settlement yet. The streets are those of the cities, their houses made up.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

import db
from appeals.addresses import queries, service
from appeals.addresses.model import FacilityKind, HouseNumber, StreetKind
from appeals.addresses.tables import House, HouseEnterprise, Settlement
from db import EVERY_ORGANISATION, transaction
from run.demo import ground, works
from run.demo.people import KHMELNYTSKYI, TEST_CENTER
from run.demo.queries import administrator
from run.host.steps import main
from run.settings import Settings
from staff.queries import organisations
from staff.tables import Organisation, Person

K = StreetKind
STEP = 0.0004  # degrees from house to house


@dataclass(frozen=True, slots=True)
class DemoStreet:
    """A street: where it begins, how many houses it has, its district and its names."""

    kind: StreetKind
    name: str
    begins: tuple[float, float]
    houses: int
    district: str
    former: tuple[StreetKind, str, date] | None = None
    also: tuple[StreetKind, str] | None = None


@dataclass(frozen=True, slots=True)
class Town:
    """The directory of one organisation; enterprises and objects by their codes, objects with a street they serve."""

    name: str
    postal_code: str
    streets: tuple[DemoStreet, ...]
    enterprises: tuple[tuple[str, str, str], ...]
    facilities: tuple[tuple[FacilityKind, str, str, str], ...]


_DECOMMUNISED, _RENAMED = date(2016, 2, 19), date(2022, 12, 8)

KHM = Town(
    "Хмельницький",
    "29000",
    (
        DemoStreet(K.STREET, "Проскурівська", (49.4221, 26.9834), 34, "Центр", (K.STREET, "25 Жовтня", _DECOMMUNISED)),
        DemoStreet(K.STREET, "Соборна", (49.4216, 26.9871), 28, "Центр", (K.STREET, "Радянська", _DECOMMUNISED)),
        DemoStreet(K.STREET, "Шевченка", (49.4209, 26.9902), 40, "Центр"),
        DemoStreet(K.STREET, "Подільська", (49.4188, 26.9851), 60, "Центр"),
        DemoStreet(K.STREET, "Грушевського", (49.4233, 26.9862), 30, "Центр"),
        DemoStreet(K.STREET, "Кам’янецька", (49.4140, 26.9805), 66, "Центр"),
        DemoStreet(K.STREET, "Володимирська", (49.4225, 26.9797), 36, "Центр"),
        DemoStreet(K.STREET, "Героїв Майдану", (49.4258, 26.9841), 24, "Центр",
                   (K.STREET, "Театральна", _DECOMMUNISED)),
        DemoStreet(K.SQUARE, "Незалежності", (49.4229, 26.9879), 3, "Центр"),
        DemoStreet(K.LANE, "Шевченка", (49.4199, 26.9911), 8, "Центр"),
        DemoStreet(K.STREET, "Прибузька", (49.4302, 26.9890), 26, "Заріччя"),
        DemoStreet(K.STREET, "Свободи", (49.4331, 26.9951), 40, "Заріччя"),
        DemoStreet(K.STREET, "Зарічанська", (49.4352, 26.9922), 44, "Заріччя"),
        DemoStreet(K.AVENUE, "Миру", (49.4381, 27.0042), 70, "Виставка"),
        DemoStreet(K.STREET, "Степана Бандери", (49.4364, 27.0101), 46, "Виставка",
                   (K.STREET, "Маршала Красовського", _DECOMMUNISED)),
        DemoStreet(K.HIGHWAY, "Старокостянтинівське", (49.4467, 27.0010), 22, "Озерна"),
        DemoStreet(K.STREET, "Озерна", (49.4501, 26.9931), 20, "Озерна"),
        DemoStreet(K.STREET, "Лісогринівецька", (49.4480, 26.9877), 18, "Озерна"),
        DemoStreet(K.STREET, "Інститутська", (49.4073, 26.9540), 20, "Південно-Захід"),
        DemoStreet(K.STREET, "Героїв Маріуполя", (49.4095, 26.9602), 30, "Південно-Захід",
                   (K.STREET, "Курчатова", _RENAMED)),
        DemoStreet(K.STREET, "В’ячеслава Чорновола", (49.4061, 27.0133), 48, "Ракове"),
        DemoStreet(K.STREET, "Чорновола", (49.4301, 26.9530), 4, "Гречани", None, (K.STREET, "Чорновольська")),
        DemoStreet(K.STREET, "Західно-Окружна", (49.4255, 26.9461), 16, "Гречани"),
        DemoStreet(K.STREET, "Трудова", (49.4003, 27.0210), 12, "Ружична"),
        DemoStreet(K.PASSAGE, "Садовий", (49.4012, 27.0243), 6, "Ружична"),
    ),
    (
        ("01", "УМК «Центральна»", "+380382700101"),
        ("02", "УМК «Заріччя»", "+380382700102"),
        ("03", "УМК «Південно-Західна»", "+380382700103"),
    ),
    (
        (FacilityKind.BOILER_HOUSE, "К-4", "Котельня на Прибузькій", "Прибузька"),
        (FacilityKind.HEAT_POINT, "ЦТП-12", "Тепловий пункт № 12", "Подільська"),
        (FacilityKind.PUMP_STATION, "Н-2", "Насосна станція «Озерна»", "Озерна"),
        (FacilityKind.MAIN, "М-500", "Водогін по проспекту Миру", "Миру"),
    ),
)  # fmt: skip

DTM = Town(
    "Toshkent",
    "100000",
    (
        DemoStreet(K.AVENUE, "Amir Temur", (41.3111, 69.2797), 60, "Yunusobod", None, (K.AVENUE, "Амира Темура")),
        DemoStreet(K.STREET, "Bogʻishamol", (41.3402, 69.2921), 50, "Yunusobod"),
        DemoStreet(K.STREET, "Sayilgoh", (41.3107, 69.2760), 12, "Yunusobod"),
        DemoStreet(K.STREET, "Navoiy", (41.3180, 69.2523), 40, "Shayxontohur"),
        DemoStreet(K.STREET, "Labzak", (41.3271, 69.2607), 30, "Shayxontohur"),
        DemoStreet(K.AVENUE, "Mustaqillik", (41.3143, 69.2905), 34, "Mirzo Ulugʻbek",
                   (K.STREET, "Pushkin", date(2008, 9, 1))),
        DemoStreet(K.STREET, "Mirzo Ulugʻbek", (41.3266, 69.3281), 44, "Mirzo Ulugʻbek"),
        DemoStreet(K.STREET, "Buyuk Ipak Yoʻli", (41.3262, 69.3210), 60, "Mirzo Ulugʻbek",
                   (K.STREET, "Lunacharskiy", date(1992, 9, 1))),
        DemoStreet(K.STREET, "Shota Rustaveli", (41.2921, 69.2643), 40, "Yakkasaroy"),
        DemoStreet(K.STREET, "Bobur", (41.2880, 69.2561), 36, "Yakkasaroy"),
        DemoStreet(K.STREET, "Nukus", (41.2950, 69.2781), 30, "Mirobod"),
        DemoStreet(K.STREET, "Oybek", (41.2981, 69.2732), 28, "Mirobod"),
        DemoStreet(K.STREET, "Taras Shevchenko", (41.2991, 69.2852), 20, "Mirobod"),
        DemoStreet(K.STREET, "Muqimiy", (41.2852, 69.2310), 30, "Chilonzor"),
        DemoStreet(K.STREET, "Qatortol", (41.2810, 69.2122), 40, "Chilonzor"),
        DemoStreet(K.DISTRICT, "Chilonzor", (41.2753, 69.2044), 30, "Chilonzor"),
        DemoStreet(K.STREET, "Beruniy", (41.3441, 69.2062), 30, "Olmazor"),
        DemoStreet(K.STREET, "Choʻlpon", (41.3302, 69.3402), 16, "Mirzo Ulugʻbek"),
        DemoStreet(K.LANE, "Yoshlik", (41.3391, 69.2951), 8, "Yunusobod"),
    ),
    (("01", "Yunusobod uy-joy boshqaruvi", "+998712000101"), ("02", "Chilonzor uy-joy boshqaruvi", "+998712000102")),
    ((FacilityKind.BOILER_HOUSE, "Q-1", "Yunusobod qozonxonasi", "Bogʻishamol"),),
)  # fmt: skip
TOWNS = {KHMELNYTSKYI.code: KHM, TEST_CENTER.code: DTM}


def load() -> list[str]:
    """Codes of the organisations that got a directory."""
    with transaction(EVERY_ORGANISATION) as session:
        present = [each for each in organisations(session) if each.code in TOWNS]
    made = []
    for organisation in present:
        with transaction(organisation.id) as session:
            by = administrator(session, organisation.id)
            if by is not None and not queries.settlements(session):
                _load(session, organisation, TOWNS[organisation.code], by)
                made.append(organisation.code)
            if by is not None:
                works.load(session, organisation, by)
    return made


def _load(session: Session, organisation: Organisation, town: Town, by: Person) -> None:
    settlement = service.add_settlement(session, organisation.id, town.name)
    enterprises = [
        service.add_enterprise(session, organisation.id, code=code, name=name, phone=phone, by=by)
        for code, name, phone in town.enterprises
    ]
    districts = sorted({street.district for street in town.streets})
    of_district = {name: service.add_district(session, settlement, name).id for name in districts}
    houses: dict[str, list[House]] = {}
    lanes: list[ground.Lane] = []
    for street in town.streets:
        made = _street(
            session, settlement, street, district=of_district[street.district], postal_code=town.postal_code, by=by
        )
        houses[street.name] = made
        lanes.append((street.kind, street.name, made))
        keeper = enterprises[districts.index(street.district) % len(enterprises)]
        session.add_all(
            HouseEnterprise(organisation_id=organisation.id, house_id=house.id, enterprise_id=keeper.id)
            for house in made
        )
    for kind, code, name, along in town.facilities:
        facility = service.add_facility(
            session, organisation.id, kind=kind, code=code, name=name, enterprise=enterprises[0], by=by
        )
        for house in houses[along][:8]:
            service.serve(session, facility, house, by=by)
    ground.draw(session, organisation.id, town.name, organisation.default_language, lanes)


def _street(
    session: Session, settlement: Settlement, demo: DemoStreet, *, district: int, postal_code: str, by: Person
) -> list[House]:
    name, on = (demo.former[1], demo.former[2]) if demo.former is not None else (demo.name, None)
    street = service.add_street(session, settlement, demo.former[0] if demo.former else demo.kind, name, by=by)
    if on is not None:
        service.rename(session, street, demo.kind, demo.name, on=on, today=on, by=by)
    if demo.also is not None:
        service.add_name(session, street, *demo.also, former=False, until=None, by=by)
    made = []
    for place in range(demo.houses):
        letter = ("А" if settlement.name == KHM.name else "A") if place % 9 == 5 else ""
        house = service.new_house(street, HouseNumber(place + 1, letter, "2" if place % 11 == 7 else ""))
        house.postal_code, house.district_id = postal_code, district
        house.latitude = round(demo.begins[0] + place // 2 * STEP, 6)
        house.longitude = round(demo.begins[1] + (place % 2) * STEP, 6)
        made.append(house)
    session.add_all(made)
    session.flush()
    return made


def _main() -> int:
    db.connect(Settings().database_url.get_secret_value())
    made = load()
    db.disconnect()
    print(f"loaded: {', '.join(made)}" if made else "were there")
    return 0


if __name__ == "__main__":
    main(_main)
