"""A database with the demonstration organisations and as many appeals of the city as wanted, in a few statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, text

from appeals import spelling
from appeals.journal.conditions import Asker
from bench import databases
from bench.addresses import ENDINGS, GIVEN, ROOTS
from bench.maps import SOUTH, WEST, WIDE
from db import EVERY_ORGANISATION, transaction
from run import garbage
from run.demo import loading
from staff.queries import find_by_login
from staff.tables import Person

APPEALS: Final = 1_000_000
STREETS: Final = 5_000
HOUSES: Final = 20  # of each street
APPLICANTS: Final = 400_000
WORDS: Final = 8  # of each appeal
EXECUTORS: Final = 2_000
DAYS: Final = 1_100
PORT: Final = 15700
PASSWORD: Final = "the heating is on again"
LOGIN: Final = "olena"
ZONE: Final = ZoneInfo("Europe/Kyiv")
TABLES: Final = ("applicant", "appeal", "appeal_address", "assignment", "appeal_line", "appeal_word")
VOCABULARY: Final = [f"{given.casefold()}{root.casefold()}" for given, root in product(GIVEN, ROOTS)]
SURNAMES: Final = [f"{root}{ending}" for root, ending in product(ROOTS, ENDINGS)]

APPLICANT = """
INSERT INTO applicant (organisation_id, surname, given_name, patronymic, phone, email, address)
SELECT :organisation, (:surnames)[1 + floor(power(random(), 1.5) * :many)::int],
    (:given)[1 + floor(random() * 40)::int],
    '', '+38067' || lpad(n::text, 7, '0'), '', '' FROM generate_series(1, :applicants) AS n
"""
APPEAL = """
INSERT INTO appeal (organisation_id, number, submission, kind, topic, substance, address, source, state, result, answer,
    applicant_id, registered_by, registered_at, received_at, due_at, attention_at, closed_at, problem, long_control)
SELECT :organisation, lpad((20 + n / 400000)::text, 2, '0') || '-' || lpad((n % 400000)::text, 6, '0'),
    gen_random_uuid(), (ARRAY['application', 'complaint', 'suggestion'])[1 + floor(power(a, 2) * 3)::int],
    (:topics)[1 + floor(power(b, 1.5) * :of_topics)::int],
    (SELECT string_agg((:words)[1 + floor(power(random(), 2.5) * :of_words)::int], ' ')
        FROM generate_series(1, :each + n * 0)),
    '', (ARRAY['phone', 'phone', 'phone', 'reception', 'letter'])[1 + floor(c * 5)::int],
    CASE WHEN open THEN (ARRAY['registered', 'in_work', 'in_work', 'to_be_verified'])[1 + floor(a * 4)::int]
        WHEN d < 0.002 THEN 'cancelled' ELSE 'closed' END,
    CASE WHEN NOT open AND d >= 0.002
        THEN (ARRAY['satisfied', 'satisfied', 'explained', 'refused'])[1 + floor(c * 4)::int] END, 'так',
    :first_applicant + floor(power(d, 1.3) * :applicants)::bigint, (:people)[1 + floor(power(b, 2) * :of_people)::int],
    at, at - interval '1 day' * floor(a * 2), at + term, at + term * 0.75,
    CASE WHEN NOT open THEN at + term * (0.3 + b) END, (:problems)[1 + floor(power(c, 2) * :of_problems)::int], d < 0.03
FROM (
    SELECT n, a, b, c, d, now() - interval '1 day' * (:days * (1 - n / CAST(:appeals AS float8))) AS at,
        interval '1 day' * (CASE WHEN a < 0.5 THEN 15 WHEN a < 0.9 THEN 30 ELSE 1 END) AS term,
        random() < CASE WHEN n > 0.93 * :appeals THEN 0.9 ELSE 0.03 END AS open
    FROM (SELECT n, random() a, random() b, random() c, random() d FROM generate_series(1, :appeals) n) AS drawn
) AS made
"""
ADDRESS = """
INSERT INTO appeal_address (organisation_id, appeal_id, position, written, house_id, detail)
SELECT :organisation, id, 0, '-', :first_house + floor(power(random(), 1.5) * :houses)::bigint, '' FROM appeal
"""
EXECUTOR = """
INSERT INTO executor (organisation_id, code, name)
SELECT :organisation, 'E' || n, (:given)[1 + n % 40] || ' ' || (:surnames)[1 + n * 7 % :many] || ' ' || n
FROM generate_series(1, :executors) AS n
"""
GIVEN_TO = """
INSERT INTO assignment (organisation_id, appeal_id, executor_id, role, state, outcome, report, reported_by)
SELECT organisation_id, id, CAST(:first_executor AS bigint) + (who + place * 17) % :executors,
    CASE place WHEN 0 THEN 'main' ELSE 'co' END, CASE WHEN result IS NULL THEN 'in_work' ELSE 'accepted' END,
    CASE WHEN result IS NOT NULL THEN 'done' END, CASE WHEN result IS NULL THEN '' ELSE 'так' END,
    CASE WHEN result IS NOT NULL THEN registered_by END
FROM (
    SELECT appeal.*, floor(power(random(), 2) * :executors)::int AS who, floor(power(random(), 3) * 3)::int AS others
    FROM appeal WHERE state <> 'registered'
) AS given, generate_series(0, others) AS place
"""
WRITTEN = """
INSERT INTO appeal_word (organisation_id, appeal_id, part, word)
SELECT DISTINCT :organisation, appeal.id, 's', known.key
FROM appeal, unnest(string_to_array(substance, ' ')) AS each JOIN known ON known.word = each
UNION ALL
SELECT DISTINCT :organisation, appeal.id, 'n', known.key
FROM appeal JOIN applicant ON applicant.id = appeal.applicant_id,
    unnest(ARRAY[surname, given_name]) AS each JOIN known ON known.word = each
"""


@dataclass(frozen=True, slots=True)
class Registry:
    """The database that was made, and whom it is asked by."""

    person: Person
    url: str

    @property
    def asker(self) -> Asker:
        """A dispatcher."""
        return Asker.of(self.person, personal=True)


@contextmanager
def database(appeals: int) -> Iterator[Registry]:
    """A PostgreSQL with the demonstration organisations, and so many appeals of the city."""
    with databases.own(PORT, pool_size=2, durable=True) as (owner, url):
        loading.load(PASSWORD)
        with transaction(EVERY_ORGANISATION) as session:
            person = find_by_login(session, LOGIN)
        assert person is not None
        fill(owner, person, appeals)
        garbage.spare()  # as the processes that serve people do
        yield Registry(person, url.replace("postgresql+psycopg://", "postgresql://"))


def fill(owner: Engine, person: Person, appeals: int) -> None:
    """Everything in a few statements; triggers and indexes come back at the end, as after a restore."""
    with owner.begin() as connection:
        connection.execute(text("SELECT set_config('holos.organisation', 'every', true), setseed(0.5)"))
        for table in TABLES[:4]:
            connection.execute(text(f'ALTER TABLE "{table}" DISABLE TRIGGER USER'))
        with databases.without_indexes(connection, TABLES):
            _fill(connection, person, appeals)
        for table in TABLES[:4]:
            connection.execute(text(f'ALTER TABLE "{table}" ENABLE TRIGGER USER'))
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _fill(connection: Connection, person: Person, appeals: int) -> None:
    def drawn(statement: str) -> list[Any]:
        return list(connection.execute(text(statement), {"organisation": person.organisation_id}).scalars())

    people = drawn("SELECT id FROM person WHERE organisation_id = :organisation")
    topics = drawn("SELECT code FROM topic WHERE organisation_id = :organisation")
    problems = [
        "",
        *drawn("SELECT code FROM classifier_entry WHERE organisation_id = :organisation AND section = 'problem'"),
    ]
    values: dict[str, Any] = {
        "organisation": person.organisation_id, "appeals": appeals, "days": DAYS, "each": WORDS,
        "applicants": APPLICANTS, "surnames": SURNAMES, "many": len(SURNAMES), "given": list(GIVEN),
        "people": people, "of_people": len(people), "topics": topics, "of_topics": len(topics),
        "problems": problems, "of_problems": len(problems), "words": VOCABULARY, "of_words": len(VOCABULARY),
    }  # fmt: skip
    connection.execute(text(_cast(APPLICANT)), values)
    values["first_applicant"] = connection.execute(text("SELECT min(id) FROM applicant")).scalar_one()
    connection.execute(text(_cast(APPEAL)), values)
    _places(connection, person.organisation_id)
    first = connection.execute(text("SELECT max(id) FROM house")).scalar_one() - STREETS * HOUSES + 1
    connection.execute(text(ADDRESS), values | {"first_house": first, "houses": STREETS * HOUSES})
    connection.execute(text(_cast(EXECUTOR)), values | {"executors": EXECUTORS})
    busiest = connection.execute(text("SELECT id FROM executor WHERE code = 'E1'")).scalar_one()
    connection.execute(text(GIVEN_TO), {"first_executor": busiest, "executors": EXECUTORS})
    connection.execute(text("CREATE TEMP TABLE known (word text PRIMARY KEY, key text)"))
    known = [{"word": word, "key": spelling.key(word)} for word in {*VOCABULARY, *SURNAMES, *GIVEN}]
    connection.execute(text("INSERT INTO known VALUES (:word, :key)"), known)
    connection.execute(text(WRITTEN), values)
    connection.execute(text("ANALYZE"))
    for first in range(0, appeals, 100_000):
        some = "ARRAY(SELECT id FROM appeal ORDER BY id OFFSET :first LIMIT 100000)"
        connection.execute(text(f"SELECT appeal_line_write({some})"), {"first": first})
    connection.execute(text("UPDATE appeal_line SET unspelled = false"))


def _cast(statement: str) -> str:
    """Arrays of parameters say what they hold."""
    for name in ("surnames", "given", "topics", "words", "problems"):
        statement = statement.replace(f"(:{name})[", f"(CAST(:{name} AS text[]))[")
    return statement.replace("(:people)[", "(CAST(:people AS bigint[]))[")


def _places(connection: Connection, organisation: int) -> None:
    settlement = connection.execute(
        text("INSERT INTO settlement (organisation_id, name) VALUES (:organisation, 'Тестове') RETURNING id"),
        {"organisation": organisation},
    ).scalar_one()
    names = [f"{given} {root}{ending}" for given, root, ending in product(GIVEN, ROOTS, ENDINGS)][:STREETS]
    values = {"organisation": organisation, "settlement": settlement, "names": names, "houses": HOUSES}
    values |= {"south": SOUTH, "west": WEST, "wide": WIDE}
    for statement in (
        "INSERT INTO district (organisation_id, settlement_id, name) "
        "SELECT :organisation, :settlement, 'Район ' || n FROM generate_series(1, 8) n",
        "INSERT INTO street (organisation_id, settlement_id, kind, name) "
        "SELECT :organisation, :settlement, 'street', name FROM unnest(CAST(:names AS text[])) AS name",
        "INSERT INTO house (organisation_id, street_id, number, letter, fraction, part, key, postal_code, district_id, "
        "latitude, longitude) SELECT :organisation, street.id, n, '', '', '', n::text, '', district.id, "
        ":south + :wide * ((street.id * 37) % 1009 / 1009.0) + n * 0.0003, :west + :wide * (street.id % 997 / 997.0) "
        "FROM street JOIN district ON district.settlement_id = street.settlement_id "
        "AND right(district.name, 1)::int = 1 + street.id % 8, generate_series(1, :houses) n "
        "WHERE street.settlement_id = :settlement",
    ):
        connection.execute(text(statement), values)
