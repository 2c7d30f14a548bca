"""The terms of a million appeals, a tenth of them open, after a day off is written into the calendar.

What the scheduler does, in one process against a PostgreSQL of its own: choose the rule, reckon the term, move what
differs, write its history. The worst day is one on which every open appeal's term ends.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime

from sqlalchemy import Engine, func, select, text

from appeals.tables import Appeal
from appeals.terms import queries, rules
from appeals.terms.recount import recount
from bench import databases
from bench.figures import Measured
from db import EVERY_ORGANISATION, transaction
from run.demo import loading
from staff.queries import find_by_login
from staff.tables import Person

APPEALS = 1_000_000
OPEN = 10  # one of so many is open, as where most are answered within their month
GOAL = 30.0  # seconds
PORT = 15600
PASSWORD = "the heating is on again"
BEGUN = date(2026, 11, 2)

FILL = """
INSERT INTO appeal (organisation_id, number, submission, kind, topic, substance, address, source, state, result, answer,
    applicant_id, registered_by, registered_at, received_at, closed_at, problem)
SELECT :organisation, lpad((10 + n / 1000000)::text, 2, '0') || '-' || lpad((n % 1000000)::text, 6, '0'),
    gen_random_uuid(), (ARRAY['complaint', 'application', 'suggestion'])[1 + n / 10 % 3],
    (ARRAY['general', 'water', 'heating', 'roads', 'social'])[1 + n / 30 % 5], 'Немає води', '', 'phone',
    CASE WHEN open THEN 'registered' ELSE 'closed' END, CASE WHEN NOT open THEN 'satisfied' END, '',
    :applicant, :person, received, received, CASE WHEN NOT open THEN received + interval '9 days' END,
    (ARRAY['', '', '', 'p1.16', 'p1.19'])[1 + n / 150 % 5]
FROM (
    SELECT n, n % :open = 0 AS open, CAST(:begun AS timestamptz)
        + interval '1 minute' * CASE WHEN n % :open = 0 THEN n % 40000 ELSE n % 40000 * -60 END AS received
    FROM generate_series(1, :appeals) AS n
) AS made
"""
CHANGES: dict[str, tuple[date, ...]] = {
    "terms given to all that have none": (),
    "after a day off in the calendar": (date(2026, 12, 2),),
    "after a week in which nobody works": tuple(date(2026, 12, day) for day in range(14, 21)),
}


def terms(appeals: int = APPEALS) -> Iterator[Measured]:
    """The first reckoning, and the one after a change."""
    with _database() as (owner, admin):
        _fill(owner, admin, appeals)
        found = Measured("terms", f"Terms of {appeals:,} appeals anew".replace(",", " "), ("Holos", "goal"))
        for what, days_off in CHANGES.items():
            looked_at, moved, took = _reckoned(admin, days_off)
            told = f"{took:.1f} s; {moved:,} of {looked_at:,} moved".replace(",", " ")
            found.line(what, told, f"≤ {GOAL:.0f} s", met=took <= GOAL)
        with transaction(EVERY_ORGANISATION) as session:
            open_ones = session.scalar(select(func.count()).where(queries.is_open())) or 0
        found.remarks.append(
            f"{open_ones} of them are open, of five topics, three kinds and two faults, received within four weeks. "
            "Batches of ten thousand, each a transaction; each term that moves is written into its appeal's history."
        )
        yield found


def _reckoned(admin: Person, days_off: Sequence[date]) -> tuple[int, int, float]:
    """How many were looked at and moved, and the seconds it took."""
    with transaction(admin.organisation_id) as session:
        rules.ask(session, admin.organisation_id)
        for day in days_off:
            rules.set_day(session, day, "", "bench", by=admin)
    with transaction(admin.organisation_id) as session:
        [(organisation, asked_at)] = queries.to_recount(session)
    began = time.perf_counter()
    looked_at, moved = recount(organisation, asked_at)
    return looked_at, moved, time.perf_counter() - began


@contextmanager
def _database() -> Iterator[tuple[Engine, Person]]:
    """A PostgreSQL with the demonstration organisations; the owner's engine and the city's administrator."""
    with databases.own(PORT, pool_size=2) as (owner, _url):
        loading.load(PASSWORD)
        with transaction(EVERY_ORGANISATION) as session:
            admin = find_by_login(session, "admin.khm")
        assert admin is not None
        yield owner, admin


def _fill(owner: Engine, admin: Person, appeals: int) -> None:
    with owner.begin() as connection:
        connection.execute(text("SELECT set_config('holos.organisation', 'every', true)"))
        whose = {"organisation": admin.organisation_id}
        applicant = connection.execute(
            text(
                "INSERT INTO applicant (organisation_id, surname, given_name, patronymic, email, address) "
                "VALUES (:organisation, 'Коваленко', '', '', '', '') RETURNING id"
            ),
            whose,
        ).scalar_one()
        begun = datetime(BEGUN.year, BEGUN.month, BEGUN.day, tzinfo=UTC)
        more = {"applicant": applicant, "person": admin.id, "appeals": appeals, "open": OPEN, "begun": begun}
        connection.execute(text("ALTER TABLE appeal DISABLE TRIGGER entered_insert"))  # a million that nobody changed
        connection.execute(text(FILL), whose | more)
        connection.execute(text("ALTER TABLE appeal ENABLE TRIGGER entered_insert"))
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'VACUUM ANALYZE "{Appeal.__tablename__}"'))
