"""python -m run.demo.executors: bodies and enterprises with their people, and rules of who carries out what.

Loaded once into each demonstration organisation that has no executor yet; all of it is made up. Who of the people was
not there yet, because the organisation is older than they are, comes now.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

import db
from appeals.addresses import queries as addresses
from appeals.addresses.model import StreetKind
from appeals.executors import queries, service
from appeals.executors.model import Kind, MemberRole
from appeals.executors.service import Said
from appeals.executors.tables import Executor
from appeals.routing import service as routing
from appeals.routing.model import Place
from db import EVERY_ORGANISATION, transaction
from run.demo import chancellery
from run.demo.people import KHMELNYTSKYI, ORGANISATIONS, TEST_CENTER, DemoOrganisation
from run.demo.queries import administrator
from run.host.steps import main
from run.settings import Settings
from staff import service as staff
from staff.model import Role
from staff.passwords import password_hash
from staff.queries import find_by_login, organisations
from staff.tables import Organisation, Person

HERE = frozenset({Role.EXECUTOR, Role.CHANCELLERY, Role.EDITOR})  # roles that came after the first organisations


@dataclass(frozen=True, slots=True)
class DemoExecutor:
    """An executor; its people by login, the first one its head. Who has people works here."""

    code: str
    name: str
    kind: Kind
    head: str
    phone: str
    parent: str = ""
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoRule:
    """Who carries out a problem: in a district, along a street, in a house of it, or everywhere."""

    problem: str
    executor: str
    district: str = ""
    street: str = ""
    house: str = ""
    co: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """One organisation's executors and rules, and who stands in for whom."""

    executors: tuple[DemoExecutor, ...]
    rules: tuple[DemoRule, ...]
    away: tuple[str, str, str]
    basis: str


_HOUSE_FAULTS = ("p1.1", "p1.2", "p1.6", "p1.7", "p1.8", "p1.16")
_OFFICES = {
    "Центр": "УМК-1", "Гречани": "УМК-1", "Заріччя": "УМК-2", "Озерна": "УМК-2", "Виставка": "УМК-2",
    "Південно-Захід": "УМК-3", "Ракове": "УМК-3",
}  # fmt: skip

KHM = Chart(
    (
        DemoExecutor("УЖКГ", "Управління житлово-комунального господарства", Kind.BODY, "Левчук Тарас Іванович",
                     "+380382700201", people=("oksana",)),
        DemoExecutor("УМК-1", "УМК «Центральна»", Kind.ENTERPRISE, "Бойко Ніна Петрівна", "+380382700101", "УЖКГ"),
        DemoExecutor("УМК-2", "УМК «Заріччя»", Kind.ENTERPRISE, "Савчук Петро Олегович", "+380382700102", "УЖКГ",
                     ("petro",)),
        DemoExecutor("УМК-3", "УМК «Південно-Західна»", Kind.ENTERPRISE, "Дячук Роман Ігорович", "+380382700103",
                     "УЖКГ"),
        DemoExecutor("БЛГ", "Відділ благоустрою", Kind.DEPARTMENT, "Ткачук Алла Василівна", "+380382700204", "УЖКГ"),
        DemoExecutor("ВК", "КП «Міськводоканал»", Kind.ENTERPRISE, "Гнатюк Василь Степанович", "+380382700301",
                     people=("vasyl", "halyna")),
        DemoExecutor("ТМ", "КП «Тепломережі»", Kind.ENTERPRISE, "Лисенко Ігор Павлович", "+380382700302"),
        DemoExecutor("ЕМ", "АТ «Міські електромережі»", Kind.ENTERPRISE, "Панчук Олег Борисович", "+380382700303"),
        DemoExecutor("ЛФ", "ТОВ «Ліфтсервіс»", Kind.ENTERPRISE, "Клименко Інна Юріївна", "+380382700304"),
    ),
    (
        DemoRule("p1", "УЖКГ"),
        *(DemoRule(problem, office, district) for district, office in _OFFICES.items() for problem in _HOUSE_FAULTS),
        DemoRule("p1.9", "ВК"),
        DemoRule("p1.10", "ВК", co=("УЖКГ",)),
        *(DemoRule(problem, "ЕМ") for problem in ("p1.12", "p1.13", "p1.14", "p1.15")),
        DemoRule("p1.19", "ЛФ"),
        DemoRule("p1.10", "УМК-2", street="Прибузька", co=("ВК",)),
        DemoRule("p1", "УЖКГ", street="Прибузька", house="4"),
    ),
    ("halyna", "vasyl", "Відпустка"),
    "Приклад: розпорядження № 17",
)  # fmt: skip

DTM = Chart(
    (
        DemoExecutor("AKT", "Axborot-kommunikatsiya boʻlimi", Kind.DEPARTMENT, "Ergashev Jasur", "+998712000101",
                     people=("jasur", "zuhra")),
        DemoExecutor("SRT", "Sertifikatlar boʻlimi", Kind.DEPARTMENT, "Rasulova Dilfuza", "+998712000102"),
    ),
    (DemoRule("t1", "AKT"), DemoRule("t2", "AKT", co=("SRT",)), DemoRule("t3", "SRT")),
    ("zuhra", "jasur", "Ta’til"),
    "Misol: 17-son buyruq",
)  # fmt: skip

CHARTS = {KHMELNYTSKYI.code: KHM, TEST_CENTER.code: DTM}


def load(password: str) -> list[str]:
    """Codes of the organisations that got executors; people who come get this password."""
    with transaction(EVERY_ORGANISATION) as session:
        present = [each for each in organisations(session) if each.code in CHARTS]
    made = []
    for organisation in present:
        with transaction(organisation.id) as session:
            by = administrator(session, organisation.id)
            if by is not None and not queries.executors(session, closed=True):
                demo = next(each for each in ORGANISATIONS if each.code == organisation.code)
                _come(session, demo, password, by)
                _load(session, organisation, CHARTS[organisation.code], by)
                made.append(organisation.code)
            if by is not None:
                chancellery.load(session, organisation, by)
    return made


def _come(session: Session, demo: DemoOrganisation, password: str, by: Person) -> None:
    """People of the newer roles whom an older organisation lacks."""
    for somebody in demo.people:
        if somebody.role in HERE and find_by_login(session, somebody.login) is None:
            staff.enter(
                session, login=somebody.login, name=somebody.name, stored=password_hash(password),
                roles=frozenset({somebody.role}), language=demo.default_language, by=by,
            )  # fmt: skip


def _load(session: Session, organisation: Organisation, chart: Chart, by: Person) -> None:
    today = organisation.today()
    since = today.replace(month=1, day=1)
    made: dict[str, Executor] = {}
    for each in chart.executors:
        parent = made[each.parent].id if each.parent else None
        said = Said(name=each.name, kind=each.kind, parent_id=parent, head=each.head, phone=each.phone)
        made[each.code] = service.add(session, organisation.id, each.code, said, by=by)
        made[each.code].connected = bool(each.people)
        for place, login in enumerate(each.people):
            person = find_by_login(session, login)
            if person is not None:
                role = MemberRole.WORKER if place else MemberRole.HEAD
                service.add_member(session, made[each.code], person, role, since=since, by=by)
    for rule in chart.rules:
        _rule(session, rule, made, since=since, basis=chart.basis)
    absent, there = find_by_login(session, chart.away[0]), find_by_login(session, chart.away[1])
    if absent is not None and there is not None:
        until = today + timedelta(days=14)
        service.add_absence(session, absent, there, since=today, until=until, reason=chart.away[2], by=by)


def _rule(session: Session, rule: DemoRule, made: Mapping[str, Executor], *, since: date, basis: str) -> None:
    place = _place(session, rule)
    if place is None:
        return
    wanted = routing.Wanted(
        place=place, problem=rule.problem, executor_id=made[rule.executor].id,
        co_ids=[made[code].id for code in rule.co], basis=basis, valid_from=since,
    )  # fmt: skip
    routing.set_rule(session, made[rule.executor].organisation_id, wanted, replaces=False, by=None)


def _place(session: Session, rule: DemoRule) -> Place | None:
    """The rule's place; None where the directory of addresses lacks it."""
    if rule.district:
        known = {each.name: each.id for each in addresses.districts(session)}
        return Place(district=known[rule.district]) if rule.district in known else None
    if not rule.street:
        return Place()
    named = (
        addresses.find_street(session, each.id, StreetKind.STREET, rule.street)
        for each in addresses.settlements(session)
    )
    street = next((each for each in named if each is not None), None)
    if street is None or not rule.house:
        return Place(street=street.id) if street is not None else None
    house = addresses.find_number(session, street.id, rule.house)
    return Place(house=house.id) if house is not None else None


def _main() -> int:
    settings = Settings()
    db.connect(settings.database_url.get_secret_value())
    made = load(settings.demo_password.get_secret_value())
    db.disconnect()
    print(f"loaded: {', '.join(made)}" if made else "were there")
    return 0


if __name__ == "__main__":
    main(_main)
