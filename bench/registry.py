"""The journal of a million appeals: pages of every filter and order, and an Excel file of a hundred thousand of them.

A page asks for its rows, their words and their number up to "over 10 000", as the product does. Beside it stands the
plain statement that somebody would write by hand, over the appeals themselves, without the journal's lines.
"""

import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import psycopg
from sqlalchemy import Connection, Engine, create_engine, text

import db
from appeals import spelling
from appeals.journal import listing, queries, sheet, workload
from appeals.journal.asking import asked_of
from appeals.journal.columns import COLUMNS, chosen
from appeals.journal.conditions import Asker
from appeals.journal.directories import Directories
from appeals.journal.model import Asked
from bench.addresses import ENDINGS, GIVEN, ROOTS
from bench.figures import Measured, percentile
from bench.maps import SOUTH, WEST, WIDE, maps
from db import EVERY_ORGANISATION, transaction
from run import schema
from run.demo import loading
from run.host.servers import Servers
from staff.queries import find_by_login
from staff.tables import Person
from web.languages import Audience, speaking_to

APPEALS: Final = 1_000_000
STREETS: Final = 5_000
HOUSES: Final = 20  # of each street
APPLICANTS: Final = 400_000
WORDS: Final = 8  # of each appeal
EXECUTORS: Final = 2_000
DAYS: Final = 1_100
ASKED: Final = 40  # pages of each kind
PLAIN: Final = 3  # of each kind by the plain statement, which may take seconds
GOAL: Final = 0.050  # seconds, for 95 of a hundred pages
BOARD_GOAL: Final = 0.5  # of what all executors have: asked for every five seconds at most
FILE_ROWS: Final = 100_000
PORT: Final = 15700
PASSWORD: Final = "the heating is on again"
LOGIN: Final = "olena"
ZONE: Final = ZoneInfo("Europe/Kyiv")
TABLES: Final = ("applicant", "appeal", "appeal_address", "assignment", "appeal_line", "appeal_word")
PLAIN_ORDERS: Final = {
    "number": "a.number", "registered": "a.registered_at", "received": "a.received_at", "due": "a.due_at",
    "closed": "a.closed_at", "name": "p.surname, p.given_name", "phone": "p.phone", "address": "s.name, h.number",
    "district": "h.district_id", "kind": "a.kind", "topic": "a.topic", "problem": "a.problem", "source": "a.source",
    "sign": "a.registered_at", "standing": "a.due_at", "long": "a.long_control", "state": "a.state",
    "result": "a.result", "registered_by": "r.name", "executor": "e.name",
}  # fmt: skip

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
class Kind:
    """Pages that somebody asks for: what they filter, how they are sorted, whether they lie deep in the list."""

    name: str
    filters: Callable[[random.Random], dict[str, str]]
    sort: str = "-registered"
    deep: bool = False


@dataclass(frozen=True, slots=True)
class Registry:
    """The database that was made, and whom it is asked by."""

    person: Person
    url: str

    @property
    def asker(self) -> Asker:
        """A dispatcher."""
        return Asker.of(self.person, personal=True)


VOCABULARY: Final = [f"{given.casefold()}{root.casefold()}" for given, root in product(GIVEN, ROOTS)]
SURNAMES: Final = [f"{root}{ending}" for root, ending in product(ROOTS, ENDINGS)]


def _days(drawn: random.Random, *lengths: int) -> tuple[str, str]:
    first = datetime.now(ZONE).date() - timedelta(days=drawn.randrange(1, DAYS))
    return first.isoformat(), (first + timedelta(days=drawn.choice(lengths or (1, 7, 30)))).isoformat()


def _period(name: str) -> Callable[[random.Random], dict[str, str]]:
    bounds = {"registered": ("since", "until")}.get(name, (f"{name}_from", f"{name}_to"))
    return lambda drawn: dict(zip(bounds, _days(drawn), strict=True))


SINGLE: Final[dict[str, Callable[[random.Random], str]]] = {
    "state": lambda drawn: drawn.choice(["open", "registered", "in_work", "to_be_verified", "closed", "cancelled"]),
    "standing": lambda drawn: drawn.choice(["overdue", "attention", "on_time", "late"]),
    "kind": lambda drawn: drawn.choice(["application", "complaint", "suggestion"]),
    "topic": lambda drawn: drawn.choice(["water", "heating", "roads"]),
    "problem": lambda drawn: drawn.choice(["-", "p1.16", "p1.19"]),
    "source": lambda drawn: drawn.choice(["phone", "reception", "letter"]),
    "result": lambda drawn: drawn.choice(["satisfied", "refused", "explained"]),
    "long": lambda _drawn: "yes",
    "registered_by": lambda drawn: drawn.choice(["me", "1", "2"]),
    "district": lambda drawn: str(drawn.randrange(1, 9)),
    "name": lambda drawn: f"{drawn.choice(SURNAMES)} {drawn.choice(GIVEN)}",
    "phone": lambda drawn: f"+38067{drawn.randrange(APPLICANTS):07}",
    "address": lambda drawn: f"{drawn.choice(GIVEN)} {drawn.choice(ROOTS)}а, {drawn.randrange(1, HOUSES)}",
    "number": lambda drawn: f"2{drawn.randrange(3)}-{drawn.randrange(400000):06}",
    "executor": lambda drawn: drawn.choice(["-", f"E{1 + int(drawn.random() ** 2 * EXECUTORS)}"]),
    "q": lambda drawn: drawn.choice(VOCABULARY[: 1 + int(drawn.random() ** 2.5 * len(VOCABULARY))]),
}
NARROW: Final = ("state", "standing", "kind", "topic", "problem", "source", "result", "long", "district", "executor")


def _one(name: str) -> Kind:
    return Kind(f"by {name}", lambda drawn: {name: SINGLE[name](drawn)})


def _some(drawn: random.Random, most: int) -> dict[str, str]:
    found = {name: SINGLE[name](drawn) for name in drawn.sample(NARROW, drawn.randint(2, most))}
    return found | (_period("registered")(drawn) if drawn.random() < 0.5 else {})


def _sorts() -> Iterator[Kind]:
    for column in COLUMNS:
        if column.sorted and column.field is not None:
            for sort in (column.key, f"-{column.key}"):
                yield Kind(f"sorted by {sort}", lambda _drawn: {}, sort)
                yield Kind(f"{sort}, two filters", lambda drawn: _some(drawn, 2), sort)


KINDS: Final = (
    Kind("no filter", lambda _drawn: {}),
    Kind("no filter, far down", lambda _drawn: {}, deep=True),
    *(_one(name) for name in SINGLE),
    *(Kind(f"a period of {name}", _period(name)) for name in ("registered", "received", "due", "closed")),
    Kind("two words", lambda drawn: {"q": f"{SINGLE['q'](drawn)} {SINGLE['q'](drawn)}"}),
    Kind("a word in open ones by due", lambda drawn: {"q": SINGLE["q"](drawn), "state": "open"}, "due"),
    Kind("overdue, the latest first", lambda _drawn: {"standing": "overdue"}, "due"),
    Kind("overdue of an executor", lambda drawn: {"standing": "overdue", "executor": SINGLE["executor"](drawn)}, "due"),
    Kind("two filters", lambda drawn: _some(drawn, 2)),
    Kind("up to four filters", lambda drawn: _some(drawn, 4)),
    *_sorts(),
)


def registry(appeals: int = APPEALS) -> Iterator[Measured]:
    """A million appeals are made, then their pages are asked for, then they are written into a file."""
    with _database(appeals) as made:
        yield pages(made, appeals)
        yield maps(made.person, appeals)
        yield files(made, min(FILE_ROWS, appeals))


def pages(made: Registry, appeals: int) -> Measured:
    """Each kind of page."""
    told = f"{appeals:,}".replace(",", " ")
    found = Measured(
        "registry",
        f"The journal over {told} appeals, {STREETS} streets and {STREETS * HOUSES} houses",
        ("Holos, p50 / p95", "plain statement", "goal"),
    )
    every: list[float] = []
    with speaking_to(Audience("uk", ZONE)), psycopg.connect(made.url, autocommit=True) as plain:
        plain.execute("SELECT set_config('holos.organisation', %s, false)", [str(made.person.organisation_id)])
        plain.execute("SET statement_timeout = '20s'")
        for kind in KINDS:
            took, by_hand = _asked(made, kind, plain)
            every += took
            met = percentile(took, 0.95) <= GOAL
            found.line(kind.name, _told(took), by_hand, f"p95 ≤ {GOAL * 1000:.0f} ms", met=met)
        took = [_board(made) for _ in range(ASKED)]
        met = percentile(took, 0.95) <= BOARD_GOAL
        found.line("the board by executors", _told(took), "", f"p95 ≤ {BOARD_GOAL * 1000:.0f} ms", met=met)
    found.line("all of them", _told(every), "", f"p95 ≤ {GOAL * 1000:.0f} ms", met=percentile(every, 0.95) <= GOAL)
    found.remarks += [
        f"ms of a page of 50 rows with its count and all that it shows but the HTML, {ASKED} of each kind, one after",
        "the other; the plain statement is the rows alone, the slowest of three. PostgreSQL with 256 MB of its own.",
    ]
    return found


def _board(made: Registry) -> float:
    """How long all that executors have took to count."""
    begun = time.perf_counter()
    with transaction(made.person.organisation_id) as session:
        workload.by_executor(session, made.asker)
    return time.perf_counter() - begun


def _asked(made: Registry, kind: Kind, plain: "psycopg.Connection[Any]") -> tuple[list[float], str]:
    """How long each page took; the slowest of the plain statements."""
    drawn = random.Random(kind.name)
    took: list[float] = []
    slowest = 0.0
    for number in range(ASKED + 3):
        asked = asked_of({**kind.filters(drawn), "sort": kind.sort})
        after = _deep(made, drawn) if kind.deep else ""
        begun = time.perf_counter()
        with transaction(made.person.organisation_id) as session:
            page = listing.page(session, asked, made.asker, after=after)
            queries.rows(session, page.appeals)
        if number >= 3:  # the first ones fill the caches
            took.append(time.perf_counter() - begun)
        if number < PLAIN:
            slowest = max(slowest, _plain(plain, asked))
    return took, "over 20 s" if slowest >= 20 else f"{slowest * 1000:.0f} ms"


def _deep(made: Registry, drawn: random.Random) -> str:
    until = (datetime.now(ZONE) - timedelta(days=drawn.randrange(100, DAYS))).date().isoformat()
    with transaction(made.person.organisation_id) as session:
        return str(listing.page(session, Asked({"until": until}), made.asker, rows=1).after)


def _plain(connection: "psycopg.Connection[Any]", asked: Asked) -> float:
    """The rows of a page by one statement over the appeals themselves."""
    conditions, values = ["true"], list[Any]()
    for name, value in asked.filters.items():
        for condition, given in _by_hand(name, value):
            conditions.append(condition)
            values += given
    order = ", ".join(f"{each} {'DESC' if asked.falling else ''}" for each in PLAIN_ORDERS[asked.key].split(", "))
    statement = (
        "SELECT a.*, p.*, d.written, s.name, h.number FROM appeal a JOIN applicant p ON p.id = a.applicant_id "
        "JOIN person r ON r.id = a.registered_by LEFT JOIN appeal_address d ON d.appeal_id = a.id "
        "LEFT JOIN house h ON h.id = d.house_id LEFT JOIN street s ON s.id = h.street_id "
        "LEFT JOIN assignment w ON w.appeal_id = a.id AND w.role = 'main' LEFT JOIN executor e ON e.id = w.executor_id "
        f"WHERE {' AND '.join(conditions)} ORDER BY {order}, a.id LIMIT 51"
    )
    begun = time.perf_counter()
    try:
        connection.execute(statement.encode(), values).fetchall()
    except psycopg.errors.QueryCanceled:
        return 20.0
    return time.perf_counter() - begun


def _by_hand(name: str, value: str) -> Iterator[tuple[str, list[Any]]]:
    columns = {"since": "registered_at", "until": "registered_at"}
    still = "a.state NOT IN ('closed', 'cancelled')"
    match name:
        case "q":
            yield from (("a.substance ILIKE %s", [f"%{word}%"]) for word in value.split())
        case "name":
            yield "p.surname || ' ' || p.given_name ILIKE %s", [f"%{value}%"]
        case "address":
            yield "s.name ILIKE %s AND h.number = %s", [value.rpartition(",")[0], int(value.rpartition(",")[2])]
        case "phone":
            yield "p.phone = %s", [value]
        case "district":
            yield "h.district_id = %s", [int(value)]
        case "standing":
            late = {"overdue": "a.due_at < now()", "on_time": "a.attention_at > now()"}
            yield f"{still} AND {late.get(value, 'a.attention_at <= now()')}", []
        case "long":
            yield "a.long_control", []
        case "executor" if value == "-":
            yield "w.id IS NULL", []
        case "executor":
            of_it = "SELECT x.appeal_id FROM assignment x JOIN executor y ON y.id = x.executor_id WHERE y.code = %s"
            yield f"a.id IN ({of_it})", [value]
        case "state" if value == "open":
            yield still, []
        case "registered_by":
            yield "a.registered_by = %s", [int(value) if value != "me" else 1]
        case _ if name in columns or name.endswith(("_from", "_to")):
            column = columns.get(name, f"{name.partition('_')[0]}_at")
            operator = ">=" if name == "since" or name.endswith("_from") else "<"
            yield f"a.{column} {operator} %s", [datetime.fromisoformat(value).replace(tzinfo=ZONE)]
        case _:
            yield f"a.{name} = %s", ["" if value == "-" else value]


def files(made: Registry, rows: int) -> Measured:
    """A file of so many rows, and one of a tenth, each in a process of its own: its time and its peak of memory."""
    found = Measured("registry-file", "An Excel file of the journal", ("seconds", "peak of memory", "size", "goal"))
    peaks: list[float] = []
    for number in (rows // 10, rows):
        with multiprocessing.get_context("spawn").Pool(1) as alone:
            seconds, peak, size = alone.apply(_written, (made.url, LOGIN, number))
        peaks.append(peak)
        met = peak <= peaks[0] * 1.25
        told = f"{number:,} rows".replace(",", " ")
        found.line(told, f"{seconds:.1f}", f"{peak:.0f} MB", f"{size / 1e6:.1f} MB", "as flat as the first", met=met)
    found.remarks.append("All columns, codes beside words. The peak is that of the whole process, Python included.")
    return found


def _written(url: str, login: str, rows: int) -> tuple[float, float, int]:
    """In a process of its own: seconds, megabytes at the most, bytes of the file."""
    db.connect(url.replace("postgresql://", "postgresql+psycopg://"), pool_size=1, statement_timeout="120s")
    with transaction(EVERY_ORGANISATION) as session:
        person = find_by_login(session, login)
    assert person is not None
    begun = time.perf_counter()
    with speaking_to(Audience("uk", ZONE)), tempfile.NamedTemporaryFile() as file:
        with transaction(person.organisation_id) as session:
            appeals = listing.every(session, Asked(), Asker.of(person, personal=True), at_most=rows)
            columns = chosen([column.key for column in COLUMNS])
            known = Directories(session, person.organisation_id)
            rows_of = sheet.in_batches(session, appeals)
            sheet.write(file, rows_of, columns, known, codes=True, personal=True, zone=ZONE)
        size = Path(file.name).stat().st_size
    db.disconnect()
    return time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, size


@contextmanager
def _database(appeals: int) -> Iterator[Registry]:
    """A PostgreSQL with the demonstration organisations, and so many appeals of the city."""
    with tempfile.TemporaryDirectory(prefix="holos-bench-", ignore_cleanup_errors=True) as place:
        here = Path(place)
        here.chmod(0o755)
        servers = Servers(here, postgres_port=PORT)
        servers.start("postgres")
        try:
            owner = create_engine(servers.settings.database_owner_url.get_secret_value())
            schema.create(owner)
            url = servers.settings.database_url.get_secret_value()
            db.connect(url, pool_size=2, statement_timeout="120s")
            loading.load(PASSWORD)
            with transaction(EVERY_ORGANISATION) as session:
                person = find_by_login(session, LOGIN)
            assert person is not None
            fill(owner, person, appeals)
            owner.dispose()
            yield Registry(person, url.replace("postgresql+psycopg://", "postgresql://"))
        finally:
            db.disconnect()
            servers.stop()


def fill(owner: Engine, person: Person, appeals: int) -> None:
    """Everything in a few statements; triggers and indexes come back at the end, as after a restore."""
    with owner.begin() as connection:
        connection.execute(text("SELECT set_config('holos.organisation', 'every', true), setseed(0.5)"))
        kept = connection.execute(_INDEXES, {"tables": list(TABLES)}).all()
        for table in TABLES[:4]:
            connection.execute(text(f'ALTER TABLE "{table}" DISABLE TRIGGER USER'))
        for name, _ in kept:
            connection.execute(text(f'DROP INDEX "{name}"'))
        _fill(connection, person, appeals)
        for table in TABLES[:4]:
            connection.execute(text(f'ALTER TABLE "{table}" ENABLE TRIGGER USER'))
        for _, definition in kept:
            connection.execute(text(definition))
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


_INDEXES = text(
    "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(:tables) AND indexdef NOT LIKE '%UNIQUE%'"
)


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


def _told(seconds: Sequence[float]) -> str:
    return " / ".join(f"{percentile(seconds, share) * 1000:.0f}" for share in (0.5, 0.95))


if __name__ == "__main__":
    for measured in registry(int(sys.argv[1]) if sys.argv[1:] else APPEALS):
        print(measured.text())
