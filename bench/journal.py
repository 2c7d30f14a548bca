"""The journal of calls over two million of them: each filter and some together, beside the same in bare SQL.

A page of the journal asks for its rows and for their number up to "over 10 000". The bare statement asks for the rows
alone, without the product's counting and objects.
"""

import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import Engine, text

import db
from acd.model import Result
from bench import databases
from bench.figures import Measured, percentile
from calls import listing
from calls.listing import Filters, Key
from calls.model import interface_of
from db import transaction

CALLS = 2_000_000
GOAL = 0.050  # seconds, for 95 of a hundred pages
ASKED = 60  # pages of each kind
DAYS = 420
PORT = 15500
MINE, OTHERS = 1, 2
AGENTS = [str(interface_of(person)) for person in range(1, 41)]
TOPICS = [f"topic{number}" for number in range(12)]
QUEUES = [f"dtm-queue{number}" for number in range(8)]
LANGUAGES = {"uz": 0.70, "ru": 0.25, "en": 0.04, "uk": 0.01}
FATES = {
    "answered": 0.78,
    "abandoned_in_queue": 0.12,
    "abandoned_in_menu": 0.05,
    "refused": 0.02,
    "out_of_hours": 0.015,
    "callback_asked": 0.01,
    "self_service": 0.0045,
    "lost": 0.0005,
}
TABLES = ("call", "call_leg", "call_visit")
IN_QUEUES = ("answered", "abandoned_in_queue", "callback_asked")
RESULTS = [result.value for result in Result]

CALL = """
INSERT INTO call (id, organisation_id, node, channel, source, caller, dialled, language, topic, menu_path, queue, agent,
    state, fate, arrived_at, queued_at, offered_at, answered_at, ended_at, waited, talked, held, waits, transfers,
    cause, result, recorded, agents)
SELECT gen_random_uuid(), %(organisation)s, 'node1', 'node1-' || n, 'trunk',
    '+99890' || lpad((power(a, 2) * 600000)::int::text, 7, '0'), '1414', language, topic, ARRAY['dtm:1'],
    CASE WHEN fate IN ('answered', 'abandoned_in_queue', 'callback_asked', 'lost') THEN queue END,
    CASE WHEN fate = 'answered' THEN agent END,
    'ended', fate, arrived, arrived + interval '20 s', CASE WHEN fate = 'answered' THEN arrived + interval '50 s' END,
    CASE WHEN fate = 'answered' THEN arrived + interval '55 s' END, arrived + interval '5 min',
    power(b, 3) * interval '10 min', CASE WHEN fate = 'answered' THEN power(c, 2) * interval '20 min' ELSE '0' END,
    '0', 1, CASE WHEN b < 0.03 THEN 1 ELSE 0 END, 16,
    CASE WHEN fate = 'answered' THEN result END, fate = 'answered' AND a > 0.01,
    CASE WHEN fate = 'answered' AND b < 0.03 THEN ARRAY[agent, (%(agents)s::text[])[2]] ELSE '{}' END
FROM (
    SELECT n, a, b, c,
        now() - interval '1 day' * (%(days)s * (1 - n / %(calls)s::float8)) AS arrived,
        (%(topics)s::text[])[1 + floor(power(b, 2) * 12)::int] AS topic,
        (%(queues)s::text[])[1 + floor(power(b, 2) * 8)::int] AS queue,
        (%(agents)s::text[])[1 + floor(c * 40)::int] AS agent,
        (%(results)s::text[])[1 + floor(power(d, 3) * 9)::int] AS result,
        (SELECT name FROM unnest(%(fates)s::text[], %(until)s::float8[]) AS f(name, until) WHERE e < until LIMIT 1)
            AS fate,
        (SELECT name FROM unnest(%(languages)s::text[], %(spoken)s::float8[]) AS l(name, until) WHERE d < until LIMIT 1)
            AS language
    FROM (SELECT n, random() a, random() b, random() c, random() d, random() e
          FROM generate_series(1, %(calls)s) n) AS drawn
) AS made
"""
LEGS = """
INSERT INTO call_leg (call, number, organisation_id, agent, queue, offered_at, answered_at, left_at, talked, outcome)
SELECT id, leg, organisation_id, CASE WHEN leg = 1 + transfers THEN agent ELSE (%(agents)s::text[])[1 + waits] END,
    queue, offered_at, answered_at, ended_at, talked, 'ended_by_caller'
FROM call, generate_series(1, 1 + transfers) AS leg WHERE agent IS NOT NULL
"""
VISITS = """
INSERT INTO call_visit (call, number, organisation_id, queue, joined_at, left_at, agent, outcome)
SELECT id, 1, organisation_id, queue, queued_at, queued_at + waited, agent,
    CASE WHEN agent IS NOT NULL THEN 'answered' ELSE 'abandoned' END
FROM call WHERE queue IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """Pages that somebody asks for: what they filter, how they are sorted, whether they lie deep in the list."""

    name: str
    filters: Callable[[random.Random], dict[str, Any]]
    sort: str = listing.NEWEST_FIRST
    deep: bool = False


def _since(drawn: random.Random) -> datetime:
    return datetime.now(UTC) - timedelta(days=drawn.randrange(1, DAYS))


def _days(drawn: random.Random) -> dict[str, Any]:
    since = _since(drawn)
    return {"since": since, "until": since + timedelta(days=drawn.choice((1, 7, 31)))}


SINGLE: dict[str, Callable[[random.Random], Any]] = {
    "agent": lambda drawn: drawn.choice(AGENTS),
    "queue": lambda drawn: drawn.choice(QUEUES),
    "topic": lambda drawn: drawn.choice(TOPICS),
    "language": lambda drawn: drawn.choice(list(LANGUAGES)),
    "result": lambda drawn: drawn.choice(RESULTS),
    "fate": lambda drawn: drawn.choice(list(FATES)),
    "recorded": lambda drawn: drawn.choice((True, False)),
    "text": lambda drawn: f"{drawn.randrange(10_000):04}",
}


def _one(name: str) -> Kind:
    return Kind(name, lambda drawn: {name: SINGLE[name](drawn)})


def _any_of(drawn: random.Random, most: int) -> dict[str, Any]:
    names = drawn.sample(sorted(SINGLE), drawn.randint(2, most))
    chosen = {name: SINGLE[name](drawn) for name in names}
    return chosen | (_days(drawn) if drawn.random() < 0.5 else {})


KINDS = (
    Kind("no filter", lambda drawn: {}),
    Kind("no filter, far down", lambda drawn: {}, deep=True),
    Kind("a period", _days),
    *(_one(name) for name in SINGLE),
    Kind("a whole number", lambda drawn: {"text": f"+99890{int(drawn.random() ** 2 * 600_000):07}"}),
    Kind("longest waits", lambda drawn: {}, sort="-waited"),
    Kind("longest waits of a topic", lambda drawn: {"topic": drawn.choice(TOPICS)}, sort="-waited"),
    Kind("longest talks of an agent", lambda drawn: {"agent": drawn.choice(AGENTS)}, sort="-talked"),
    Kind("longest talks of an end", lambda drawn: {"fate": drawn.choice(list(FATES))}, sort="-talked"),
    Kind("longest waits of a queue", lambda drawn: {"queue": drawn.choice(QUEUES)}, sort="-waited"),
    Kind("longest waits of a period", _days, sort="-waited"),
    Kind(
        "longest waits of a topic in a period",
        lambda drawn: {"topic": drawn.choice(TOPICS), **_days(drawn)},
        sort="-waited",
    ),
    Kind(
        "an end in a queue in a period",
        lambda drawn: {"queue": drawn.choice(QUEUES), "fate": drawn.choice(IN_QUEUES), **_days(drawn)},
    ),
    Kind("a result of an agent", lambda drawn: {"agent": drawn.choice(AGENTS), "result": drawn.choice(RESULTS)}),
    Kind(
        "recorded with a result in a period",
        lambda drawn: {"recorded": True, "result": drawn.choice(RESULTS), **_days(drawn)},
    ),
    Kind(
        "a day's visits to a queue",
        lambda drawn: {
            "visited": drawn.choice(QUEUES),
            "visit": drawn.choice(("", "abandoned")),
            "since": datetime.now(UTC) - timedelta(days=1),
        },
    ),
    Kind("two filters", lambda drawn: _any_of(drawn, 2)),
    Kind("three or four filters", lambda drawn: _any_of(drawn, 4)),
)


def journal(calls: int = CALLS) -> Iterator[Measured]:
    """Two million calls are made, then their pages are asked for."""
    with database(calls):
        yield pages(calls)


def pages(calls: int) -> Measured:
    """Each kind of page, asked for in the database that is connected."""
    found = Measured("journal", f"The journal over {calls:,} calls".replace(",", " "))
    every: list[float] = []
    for kind in KINDS:
        took, bare = asked(kind)
        every += took
        met = percentile(took, 0.95) <= GOAL
        found.row(kind.name, _told(took), _told(bare), f"p95 ≤ {GOAL * 1000:.0f} ms", met)
    found.row("all of them", _told(every), "", f"p95 ≤ {GOAL * 1000:.0f} ms", percentile(every, 0.95) <= GOAL)
    found.remarks += [
        "p50 / p95 / p99 in ms of a page of 50 rows with its count, one after the other; in the column of the bare",
        "exchange: bare SQL, the rows alone. PostgreSQL's shared memory and the file cache hold the tables.",
    ]
    return found


@contextmanager
def database(calls: int) -> Iterator[None]:
    """A PostgreSQL of its own with so many calls; gone afterwards."""
    with databases.own(PORT) as (owner, _url):
        fill(owner, calls)
        yield


def fill(owner: Engine, calls: int) -> None:
    """Two organisations, the second with a tenth of the calls; indexes are made at the end, as a restore does."""
    with owner.begin() as connection:
        connection.execute(text("SELECT set_config('holos.organisation', 'every', true), setseed(0.5)"))
        for number, code in ((MINE, "dtm"), (OTHERS, "khm")):
            connection.execute(_ORGANISATION, {"id": number, "code": code})
        with databases.without_indexes(connection, TABLES):
            cursor = connection.connection.cursor()
            for organisation, number in ((MINE, calls), (OTHERS, calls // 10)):
                cursor.execute(CALL, _parameters(organisation, number))
            cursor.execute(LEGS, {"agents": AGENTS})
            cursor.execute(VISITS)
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in TABLES:
            connection.execute(text(f"VACUUM ANALYZE {table}"))


_ORGANISATION = text(
    "INSERT INTO organisation (id, code, name, time_zone, country, languages, default_language, capacity) "
    "OVERRIDING SYSTEM VALUE VALUES (:id, :code, '{}', 'Asia/Tashkent', 'UZ', '{uz,ru,en}', 'uz', 300)"
)


def _parameters(organisation: int, calls: int) -> dict[str, Any]:
    return {
        "organisation": organisation,
        "calls": calls,
        "days": DAYS,
        "topics": TOPICS,
        "queues": QUEUES,
        "agents": AGENTS,
        "results": RESULTS,
        "fates": list(FATES),
        "until": _ends(FATES),
        "languages": list(LANGUAGES),
        "spoken": _ends(LANGUAGES),
    }


def _ends(shares: Mapping[str, float]) -> list[float]:
    """Where each share ends between 0 and 1; the last one ends past it."""
    ends = [sum(list(shares.values())[: place + 1]) for place in range(len(shares))]
    return [*ends[:-1], 2.0]


def asked(kind: Kind, pages: int = ASKED) -> tuple[list[float], list[float]]:
    """How long each page took, and its rows by the bare statement."""
    drawn = random.Random(kind.name)
    took, bare = [], []
    for number in range(pages + 5):
        filters = Filters(**kind.filters(drawn))
        after = _deep_key(drawn) if kind.deep else None
        begun = time.perf_counter()
        with transaction(MINE) as session:
            listing.page(session, MINE, filters, sort=kind.sort, after=after)
        seconds = time.perf_counter() - begun
        rows_alone = _bare(filters, kind.sort, after)
        if number >= 5:  # the first ones fill the caches
            took.append(seconds)
            bare.append(rows_alone)
    return took, bare


def _deep_key(drawn: random.Random) -> Key:
    with transaction(MINE) as session:
        [row] = listing.page(session, MINE, Filters(until=_since(drawn)), rows=1).rows
    return Key(row.arrived_at, row.id)


def _bare(filters: Filters, sort: str, after: Key | None) -> float:
    """The rows by one statement of psycopg, as somebody would write it by hand."""
    conditions, values = ["organisation_id = %s"], list[Any]([MINE])
    for column in ("queue", "topic", "language", "result", "fate"):
        if value := getattr(filters, column):
            conditions.append(f"{column} = %s")
            values.append(value)
    if filters.recorded is not None:
        conditions.append("recorded" if filters.recorded else "NOT recorded")
    if filters.agent:
        conditions.append("agent = %s")
        values.append(filters.agent)
    if filters.text:
        digits = filters.text.lstrip("+")[::-1]
        conditions.append("caller_end ~>=~ %s AND caller_end ~<~ %s")
        values += [digits, digits[:-1] + chr(ord(digits[-1]) + 1)]
    if filters.visited:
        conditions.append(
            "EXISTS (SELECT 1 FROM call_visit v WHERE v.call = id AND v.queue = %s AND v.outcome LIKE %s)"
        )
        values += [filters.visited, filters.visit or "%"]
    for operator, bound in ((">=", filters.since), ("<", filters.until)):
        if bound is not None:
            conditions.append(f"arrived_at {operator} %s")
            values.append(bound)
    order = {"-arrived": "arrived_at", "-waited": "waited", "-talked": "talked"}[sort]
    if after is not None:
        conditions.append(f"({order}, id) < (%s, %s)")
        values += [after.value, after.call]
    statement = f"SELECT * FROM call WHERE {' AND '.join(conditions)} ORDER BY {order} DESC, id DESC LIMIT 51"
    url = db.engine().url.set(drivername="postgresql").render_as_string(hide_password=False)
    with _connection(url) as connection:
        begun = time.perf_counter()
        connection.execute(statement.encode(), values).fetchall()
        return time.perf_counter() - begun


@contextmanager
def _connection(url: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    if _Bare.connection is None or _Bare.connection.closed:
        _Bare.connection = psycopg.connect(url, autocommit=True)
        _Bare.connection.execute("SELECT set_config('holos.organisation', %s, false)", [str(MINE)])
    yield _Bare.connection


class _Bare:
    connection: psycopg.Connection[tuple[Any, ...]] | None = None


def _told(seconds: Sequence[float]) -> str:
    return " / ".join(f"{percentile(seconds, share) * 1000:.0f}" for share in (0.5, 0.95, 0.99))


if __name__ == "__main__":
    for measured in journal(int(sys.argv[1]) if sys.argv[1:] else CALLS):
        print(measured.text())
