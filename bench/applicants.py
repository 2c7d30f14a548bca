"""From a letter typed into a field of the card to the applicants offered: half a million people.

One after the other, as one operator types, over HTTP and in the same process without it; beside them the plain question
that would do without any of this: ILIKE over the columns, in the same transactions under row-level security. Each kind
of question is asked of other people, so that nothing is warm that would not be so on a working day.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from typing import Any

import httpx
from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from appeals import spelling
from appeals.applicants import finding
from appeals.applicants.model import spelled
from appeals.applicants.tables import Applicant
from bench import databases, typed
from bench.figures import Measured, milliseconds, percentile
from db import EVERY_ORGANISATION, transaction
from staff.access import COOKIE
from staff.tables import Organisation
from tests.town.product import Product

APPLICANTS = 500_000
ASKED = 200  # questions of each kind
ASKED_PLAINLY = 20  # they take so long
GOAL = 0.050  # seconds, for 99 of a hundred
PAGE = "/appeals/applicants/suggest"
AT_ONCE = 20_000  # rows of a statement

BEGINNINGS = (
    "Ков", "Шев", "Бон", "Мель", "Крав", "Тка", "Олій", "Лис", "Мар", "Руд", "Сав", "Пет", "Гон", "Пав", "Хом", "Мор",
    "Гав", "Кли", "Пол", "Кост", "Гри", "Сид", "Яр", "Зах", "Він", "Дем", "Чор", "Біл", "Вас", "Левч", "Пана", "Юр",
    "Кра", "Тим", "Фед", "Роман", "Мак", "Кузь", "Нау", "Сте",
)  # fmt: skip
MIDDLES = ("а", "о", "ар", "ов", "ин", "ич", "ал", "ан", "ерет", "ост", "ур", "ик", "ев", "ян", "ощ", "ив", "ак", "ет")
ENDINGS = (
    "енко", "чук", "ський", "ко", "ик", "ець", "юк", "ів", "ак", "ун", "ай", "енський", "ишин", "ало", "ура", "ьов",
    "ин", "ич", "аш", "уха", "ан", "ень", "ба", "ій", "оба", "иця", "ло", "яга",
)  # fmt: skip
GIVEN = (
    "Марія", "Олена", "Наталія", "Ірина", "Тетяна", "Світлана", "Оксана", "Людмила", "Галина", "Мар’яна", "Юлія",
    "Ганна", "Катерина", "Надія", "Любов", "Ольга", "Валентина", "Лариса", "Віра", "Софія", "Микола", "Іван", "Петро",
    "Олександр", "Сергій", "Володимир", "Андрій", "Василь", "Михайло", "Юрій", "Віктор", "Олег", "Ігор", "Богдан",
    "Тарас", "Роман", "Дмитро", "Ярослав", "Степан", "Павло",
)  # fmt: skip
PATRONYMICS = (
    "Іванівна", "Петрівна", "Миколаївна", "Василівна", "Михайлівна", "Степанівна", "Андріївна", "Юріївна", "Іванович",
    "Петрович", "Миколайович", "Васильович", "Михайлович", "Степанович", "Андрійович", "Юрійович", "Олегівна",
    "Сергіївна", "Олегович", "Сергійович", "Богданівна", "Богданович", "Ярославівна", "Ярославович",
)  # fmt: skip
People = Sequence[tuple[str, str, str, str]]


def applicants() -> list[Measured]:
    """Each kind of question in the three ways."""
    with _city() as (running, cookie, people):
        organisation = typed.organisation()
        with httpx.Client(base_url=running.settings.public_url, cookies={COOKIE: cookie}, verify=False) as browser:
            found = Measured(
                "applicants",
                f"From a letter typed to the applicants offered, of {APPLICANTS:,}".replace(",", " "),
                columns=("over HTTP", "without HTTP", "plain ILIKE", "goal"),
            )
            for what, asked in _questions(people).items():
                typed.over_http(browser, PAGE, asked[:10])
                heard = typed.over_http(browser, PAGE, asked)
                own = typed.without_http(organisation, finding.offers, asked)
                plain = _plainly(organisation, asked[:ASKED_PLAINLY])
                worst = percentile(heard, 0.99)
                cells = (milliseconds(heard), milliseconds(own), milliseconds(plain))
                found.line(what, *cells, f"p99 ≤ {GOAL * 1000:.0f} ms", met=worst <= GOAL)
    found.remarks.append(
        f"Median / p99 of {ASKED} questions of each kind ({ASKED_PLAINLY} in the plain way), one after the other; "
        "under row-level security, with the sign-in, the permission and the line in the audit trail that each look "
        "leaves. The plain way finds neither slips, nor other alphabets, nor words in another order."
    )
    return [found]


def _plainly(organisation: Organisation, asked: Sequence[str]) -> list[float]:
    columns = (Applicant.surname, Applicant.given_name, Applicant.patronymic, Applicant.phone)

    def ask(typed: str) -> None:
        with transaction(organisation.id) as session:
            wanted = [or_(*(each.icontains(word, autoescape=True) for each in columns)) for word in typed.split()]
            session.scalars(select(Applicant).where(*wanted).limit(finding.OFFERED)).all()

    return typed.timed(ask, asked)


def _questions(people: People) -> dict[str, list[str]]:
    """What is typed, of each kind; the same in each run."""
    chosen = random.Random(20261123)

    def some(make: Callable[[tuple[str, str, str, str]], str]) -> list[str]:
        return [make(chosen.choice(people)) for _ in range(ASKED)]

    return {
        "two letters": some(lambda who: who[0][:2]),
        "a surname begun": some(lambda who: who[0][: chosen.randint(3, 6)]),
        "surname and name begun": some(lambda who: f"{who[0]} {who[1][:3]}"),
        "three words, another order": some(lambda who: f"{who[1]} {who[2]} {who[0]}"),
        "in Latin letters": some(lambda who: spelling.key(f"{who[0]} {who[1]}")),
        "on the other keyboard": some(lambda who: spelling.slipped(who[0])),
        "with a slip": some(lambda who: f"{_mistyped(who[0], chosen)} {who[1]}"),
        "two slips": some(lambda who: f"{_mistyped(who[0], chosen)} {_mistyped(who[1], chosen)}"),
        "a telephone begun": some(lambda who: f"0{who[3][4:]}"[: chosen.randint(5, 9)]),
        "the end of a telephone": some(lambda who: who[3][-5:]),
        "nothing there": some(lambda who: who[0][::-1]),
    }


def _mistyped(word: str, chosen: random.Random) -> str:
    """Two letters in the middle changed over."""
    at = chosen.randint(1, max(len(word) - 3, 1))
    return word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]


@contextmanager
def _city() -> Iterator[tuple[Product, str, People]]:
    """The web process with PostgreSQL and Redis, and the people; the operator's cookie."""
    with databases.city(statement_timeout="10min") as running:
        with running.office(typed.ORGANISATION) as (session, organisation):
            people = _settle(session, organisation)
            cookie = typed.cookie_of_operator(session)
        with transaction(EVERY_ORGANISATION) as session:
            session.execute(text("ANALYZE"))
        running.begin("web")
        running.wait_until_ready("web", seconds=120)
        yield running, cookie, people


def _settle(session: Session, organisation: Organisation) -> People:
    """The people with their telephones, and the words by which they are found."""
    chosen = random.Random(1)
    surnames = ["".join(parts) for parts in product(BEGINNINGS, MIDDLES, ENDINGS)]
    weights = [1 / (place + 20) for place in range(len(surnames))]  # some surnames are everywhere
    chosen.shuffle(surnames)
    drawn = chosen.choices(surnames, weights, k=APPLICANTS)
    people = [
        (surname, chosen.choice(GIVEN), chosen.choice(PATRONYMICS), f"+3806{number:08}")
        for surname, number in zip(drawn, chosen.sample(range(10**8), APPLICANTS), strict=True)
    ]
    keys = {word: spelling.key(word) for word in {word for who in people for word in who[:3]}}
    for begin in range(0, APPLICANTS, AT_ONCE):
        _enter(session, organisation.id, begin + 1, people[begin : begin + AT_ONCE], keys)
    words = sorted({word for key in keys.values() for word in key.split()})
    _insert(session, "name_word (organisation_id, word)", "text[]", [(word,) for word in words], organisation.id)
    threes = [(three, word) for word in words for three in spelling.trigrams(word)]
    _insert(session, "name_trigram (organisation_id, letters, word)", "text[] text[]", threes, organisation.id)
    session.execute(text("SELECT setval(pg_get_serial_sequence('applicant', 'id'), :last)"), {"last": APPLICANTS + 1})
    return people


def _enter(session: Session, organisation: int, first: int, people: People, keys: dict[str, str]) -> None:
    rows = [(first + place, *who) for place, who in enumerate(people)]
    _insert(
        session,
        "applicant (organisation_id, email, address, spelled, compared, id, surname, given_name, patronymic, phone)",
        "bigint[] text[] text[] text[] text[]",
        rows,
        organisation,
        fixed="'', '', true, true,",
    )
    phones = [(row[0], row[4], row[4][:0:-1]) for row in rows]
    kind = "applicant_contact (organisation_id, kind, applicant_id, value, backwards)"
    _insert(session, kind, "bigint[] text[] text[]", phones, organisation, fixed="'phone',")
    words = []
    for row in rows:
        key = " ".join(keys[word] for word in row[1:4])
        words += [(row[0], at.place, at.first, at.second, key) for at in spelled(key)]
    _insert(
        session,
        "applicant_word (organisation_id, applicant_id, place, first, second, key)",
        "bigint[] bigint[] text[] text[] text[]",
        words,
        organisation,
    )


def _insert(
    session: Session, where: str, types: str, rows: Sequence[tuple[Any, ...]], organisation: int, *, fixed: str = ""
) -> None:
    """Many rows in one statement: columns as arrays."""
    columns = {f"c{at}": list(column) for at, column in enumerate(zip(*rows, strict=True))}
    arrays = ", ".join(f"CAST(:c{at} AS {kind})" for at, kind in enumerate(types.split()))
    made = f"INSERT INTO {where} SELECT :organisation, {fixed} made.* FROM unnest({arrays}) AS made"
    session.execute(text(made), columns | {"organisation": organisation})
