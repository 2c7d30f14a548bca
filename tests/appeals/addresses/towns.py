"""Streets and houses for tests: a Ukrainian city and a part of Tashkent."""

from collections.abc import Callable
from datetime import date

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from appeals.addresses import service
from appeals.addresses.model import HouseNumber, StreetKind
from appeals.addresses.tables import House, Settlement, Street
from db import transaction
from staff.tables import Person
from tests.centre import Centre
from tests.client import Client

Browser = Callable[[str], Client]
K = StreetKind

KHM = (
    (K.STREET, "Шевченка", ("1", "2", "12", "12А", "12/2", "12 корп. 2", "120", "121Б", "14")),
    (K.LANE, "Шевченка", ("3", "12")),
    (K.STREET, "Кам’янецька", ("1", "12")),
    (K.STREET, "В’ячеслава Чорновола", ("7",)),
    (K.AVENUE, "Миру", ("65", "65А")),
    (K.BOULEVARD, "Бориса Дудаєва", ()),
    (K.SQUARE, "Незалежності", ()),
    (K.STREET, "Прибузька", ("4", "12")),
    (K.STREET, "1 Травня", ("5",)),
    (K.STREET, "Героїв 95-ї бригади", ("7А",)),
    (K.STREET, "Проскурівська", ("1",)),
    (K.STREET, "Шухевича", ("8",)),
    (K.STREET, "Садова", ()),
    (K.PASSAGE, "Садовий", ()),
)
DTM = (
    (K.STREET, "Bogʻishamol", ("12", "12A", "40")),
    (K.AVENUE, "Amir Temur", ("1", "108")),
    (K.STREET, "Navoiy", ("7",)),
    (K.STREET, "Yoshlik", ()),
    (K.STREET, "Choʻlpon", ("3",)),
    (K.STREET, "Sayilgoh", ()),
    (K.LANE, "Jomiy", ()),
    (K.STREET, "Oʻzbekiston", ("10",)),
    (K.DISTRICT, "Chilonzor", ()),
    (K.STREET, "Tsiolkovskiy", ()),
)
RENAMED_ON = date(2023, 2, 10)


def built(session: Session, by: Person, town: tuple[tuple[StreetKind, str, tuple[str, ...]], ...]) -> Settlement:
    """The town of one organisation."""
    settlement = service.add_settlement(session, by.organisation_id, "Хмельницький" if town is KHM else "Toshkent")
    for kind, name, numbers in town:
        street = service.add_street(session, settlement, kind, name, by=by)
        for number in numbers:
            service.add_house(session, street, numbered(number), by=by)
    return settlement


def numbered(written: str) -> HouseNumber:
    """The number of a house."""
    number = HouseNumber.parse(written)
    assert number is not None, written
    return number


def both_towns(centre: Centre) -> None:
    """Each organisation has its own; in the city Соборна was Леніна before."""
    admin = centre.people["admin.khm"]
    with transaction(admin.organisation_id) as session:
        settlement = built(session, admin, KHM)
        street = service.add_street(session, settlement, K.STREET, "Леніна", by=admin)
        service.add_house(session, street, numbered("5"), by=admin)
        today = date(2026, 11, 23)
        service.rename(session, street, K.STREET, "Соборна", on=RENAMED_ON, today=today, by=admin)
    admin = centre.people["admin.dtm"]
    with transaction(admin.organisation_id) as session:
        built(session, admin, DTM)


def offered(browser: Client, typed: str) -> list[str]:
    """The texts that are offered for what was typed."""
    return [offer["text"] for offer in asked(browser, typed).json()["offers"]]


def asked(browser: Client, typed: str) -> httpx.Response:
    """The answer to what was typed."""
    return browser.get("/appeals/addresses/suggest", params={"q": typed})


def street_called(session: Session, name: str) -> Street:
    """The one street with this name of today."""
    return session.scalars(select(Street).where(Street.name == name)).one()


def house_at(session: Session, street: str, number: str) -> House:
    """The house of that street of today."""
    theirs = House.street_id == street_called(session, street).id
    return session.scalars(select(House).where(theirs, House.key == numbered(number).key)).one()
