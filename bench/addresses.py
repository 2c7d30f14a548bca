"""From a letter typed into the field of an address to the offers: a city of 5 000 streets and 100 000 houses.

One after the other, as one operator types, over HTTP and in the same process without it; each kind of question is asked
of other streets, so that nothing is warm that would not be so on a working day.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import product

import httpx
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from appeals.addresses import finding, service
from appeals.addresses.model import HouseNumber, StreetKind
from appeals.addresses.tables import House, Street
from appeals.spelling import slipped
from bench import databases, typed
from bench.figures import Measured, milliseconds, percentile
from staff.access import COOKIE
from staff.tables import Organisation
from tests.town.product import Product

STREETS, HOUSES = 5_000, 20  # of each street
ASKED = 400  # questions of each kind
GOAL = 0.020  # seconds, for 99 of a hundred
PAGE = "/appeals/addresses/suggest"

GIVEN = (
    "Івана", "Лесі", "Тараса", "Михайла", "Богдана", "Степана", "Марка", "Ольги", "Петра", "Юрія", "Василя", "Олени",
    "Григорія", "Дмитра", "Катерини", "Андрія", "Миколи", "Сергія", "Ірини", "Максима", "Остапа", "Соломії", "Павла",
    "В’ячеслава", "Євгена", "Ярослава", "Зоряни", "Данила", "Федора", "Ганни", "Олекси", "Романа", "Віктора", "Якова",
    "Наталії", "Луки", "Захара", "Софії", "Антона", "Кирила",
)  # fmt: skip
ROOTS = (
    "Франк", "Українк", "Шевченк", "Грушевськ", "Хмельницьк", "Бандер", "Вовчк", "Кобилянськ", "Сагайдачн", "Липинськ",
    "Стус", "Теліг", "Сковород", "Довженк", "Білокур", "Малишк", "Лисенк", "Нечу", "Вілінськ", "Рильськ", "Вишн",
    "Крушельницьк", "Тичин", "Чорновол", "Гребінк", "Осьмачк", "Прокопович", "Гончар", "Федьк", "Барвінськ", "Довбуш",
    "Симоненк", "Забіл", "Глібов", "Кропивницьк", "Панч", "Ярмоленк", "Костенк", "Дорошенк", "Полуботк", "Кульчицьк",
)  # fmt: skip
ENDINGS = ("а", "ого", "ої", "ича")


def addresses() -> list[Measured]:
    """Each kind of question on both ways."""
    with _city() as (running, cookie, names):
        organisation = typed.organisation()
        with httpx.Client(base_url=running.settings.public_url, cookies={COOKIE: cookie}, verify=False) as browser:
            found = Measured(
                "addresses",
                f"From a letter typed to the addresses offered, of {STREETS} streets and {STREETS * HOUSES} houses",
                columns=("over HTTP", "without HTTP", "goal"),
            )
            for what, asked in _questions(names).items():
                typed.over_http(browser, PAGE, asked[:10])
                heard = typed.over_http(browser, PAGE, asked)
                own = typed.without_http(organisation, finding.offers, asked)
                worst = percentile(heard, 0.99)
                goal = f"p99 ≤ {GOAL * 1000:.0f} ms"
                found.row(what, milliseconds(heard), milliseconds(own), goal, worst <= GOAL)
    found.remarks.append(
        f"Median / p99 of {ASKED} questions of each kind, one after the other; under row-level security, the sign-in "
        "and the permission looked at with each, as with any page."
    )
    return [found]


def _questions(names: Sequence[str]) -> dict[str, list[str]]:
    """What is typed, of each kind; the same in each run."""
    chosen = random.Random(20261123)

    def some(make: Callable[[str], str]) -> list[str]:
        return [make(chosen.choice(names)) for _ in range(ASKED)]

    return {
        "two letters": some(lambda name: name[:2]),
        "a word begun": some(lambda name: name.split()[-1][: chosen.randint(3, 6)]),
        "the whole name": some(lambda name: f"вул. {name}"),
        "on the other keyboard": some(lambda name: slipped(name.split()[-1])),
        "with a slip": some(lambda name: _mistyped(name.split()[-1], chosen)),
        "with a house": some(lambda name: f"{name.split()[-1]} {chosen.randint(1, HOUSES)}"),
        "nothing there": some(lambda name: name[::-1]),
    }


def _mistyped(word: str, chosen: random.Random) -> str:
    """Two letters in the middle changed over."""
    at = chosen.randint(2, len(word) - 3)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


@contextmanager
def _city() -> Iterator[tuple[Product, str, list[str]]]:
    """The web process with PostgreSQL and Redis, and the city; the operator's cookie, the names of streets."""
    names = [f"{given} {root}{ending}" for given, root, ending in product(GIVEN, ROOTS, ENDINGS)][:STREETS]
    assert len(names) == STREETS, "too few words for names"
    with databases.city() as running:
        with running.office(typed.ORGANISATION) as (session, organisation):
            _build(session, organisation, names)
            cookie = typed.cookie_of_operator(session)
        running.begin("web")
        running.wait_until_ready("web", seconds=120)
        yield running, cookie, names


def _build(session: Session, organisation: Organisation, names: Sequence[str]) -> None:
    settlement = service.add_settlement(session, organisation.id, "Хмельницький")
    streets = [
        Street(organisation_id=organisation.id, settlement_id=settlement.id, kind=StreetKind.STREET, name=name)
        for name in names
    ]
    session.add_all(streets)
    session.flush()
    service.respell(session, [street.id for street in streets])
    number = {"letter": "", "fraction": "", "part": "", "postal_code": "29000", "organisation_id": organisation.id}
    for street in streets:
        houses = [HouseNumber(each) for each in range(1, HOUSES + 1)]
        rows = [number | {"street_id": street.id, "number": each.number, "key": each.key} for each in houses]
        session.execute(insert(House), rows)
    session.flush()
    session.execute(text("ANALYZE"))
