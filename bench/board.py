"""From what happens to a call to the supervisors' boards: sixty of them, beside four hundred desks, at a full centre.

The calls are told by the listener itself (`bench.telling`), so no processor goes into telephones; the journal, its
readers, PostgreSQL, Redis and the web are the product's.
"""

import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from acd.tables import Queue, QueueMember
from bench import processor, telling
from bench.centre import WEB_PROCESSES
from bench.desks import Desks, Seat
from bench.figures import Measured, milliseconds, percentile
from bench.watching import Counted, Seen, watch
from run import schema
from staff import sign_in
from staff.access import COOKIE
from staff.tables import Organisation, Person, SignIn
from tests.town.ports import thousand
from tests.town.product import Product
from tests.town.waiting import wait_for

BOARDS, DESKS = 60, 400
DAY = 5_000  # calls of this day before
SECONDS = 120.0
GOAL = 0.5  # seconds, for 99 of a hundred
ORGANISATION = "dtm"
COUNTED_BY = {"CallerJoinedQueue": "offered", "AgentAnswered": "answered", "CallerAbandoned": "abandoned"}

VISITS = """
INSERT INTO call_visit (call, number, organisation_id, queue, joined_at, left_at, agent, outcome)
SELECT call, 1, :organisation, queue, at, at + interval '12 s', NULL,
    CASE WHEN n % 10 = 0 THEN 'abandoned' ELSE 'answered' END
FROM (
    SELECT n, gen_random_uuid() AS call, (CAST(:queues AS text[]))[1 + n % 4] AS queue,
        date_trunc('day', now(), :zone) + (now() - date_trunc('day', now(), :zone)) * (n / (:calls + 1.0)) AS at
    FROM generate_series(1, :calls) AS n
) AS made
"""
TALKS = """
INSERT INTO agent_state (organisation_id, person_id, state, call, queue, since, until)
SELECT organisation_id, :first + (extract(epoch FROM joined_at) * 1000)::bigint % :people, 'talking', call, queue,
    joined_at, joined_at + interval '1 s'
FROM call_visit WHERE outcome = 'answered'
"""


def board(seconds: float = SECONDS) -> Iterator[Measured]:
    """A centre at its capacity, looked at by everybody."""
    with _centre() as (product, boards, seats):
        desks = Desks(product.settings.public_url, COOKIE, seats)
        try:
            desks.wait(120)
            full = "SELECT count(*) AS calls FROM call WHERE state <> 'ended'"
            wait_for("a full centre", lambda: product.rows(full)[0]["calls"] > telling.CHANNELS * 0.9, seconds=180)
            yield _measured(product, boards, seconds)
        finally:
            desks.close()
        if desks.failures:
            print(f"desks were refused {len(desks.failures)} times: {desks.failures[0]}", file=sys.stderr)


def _measured(product: Product, boards: Sequence[str], seconds: float) -> Measured:
    before, began = processor.spent(product.pids()), time.time()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as outside:
        seen = outside.submit(watch, product.settings.web_port, boards, seconds).result()
    after, took = processor.spent(product.pids()), time.time() - began
    late = _late(product, seen)
    found = Measured("board", f"From a call to {BOARDS} boards, beside {DESKS} desks")
    worst = percentile(late, 0.99)
    title = f"median / p99 of {len(late) // BOARDS} changes on each board"
    found.row(title, milliseconds(late), "", f"p99 ≤ {GOAL * 1000:.0f} ms", worst <= GOAL)
    told = len(seen.figures) / seconds
    found.row("events a second", f"{_events(product, began) / took:.0f}")
    found.row("figures a second", f"{told:.1f} of {percentile(seen.sizes, 0.5) / 1024:.0f} KiB")
    for name in ("web", "listener", "scheduler", "postgres", "redis"):
        share = (after[name].seconds - before[name].seconds) / took
        found.row(f"– {name}, of one processor", f"{share:.0%}")
    found.remarks.append(
        f"{telling.CHANNELS} channels in use, {telling.RATE} calls a second of about three minutes, all {DESKS} "
        "operators on shift in one organisation. From the moment of the event (a caller joins a queue, is answered, "
        "gives up) to the last byte of the figures that count it, at boards in a process of their own. The desks ask "
        "and answer as an operator's page does."
    )
    return found


def _late(product: Product, seen: Seen) -> list[float]:
    """How long each change took to each board; counts only grow, so a change is seen with the count it made."""
    counts = {kind: _before(product, name) for kind, name in COUNTED_BY.items()}
    changes = []  # when, and which count it made how large
    for event in product.rows(
        "SELECT kind, extract(epoch FROM at)::float AS at FROM journal WHERE kind = ANY(%s) ORDER BY seq",
        list(COUNTED_BY),
    ):
        counts[event["kind"]] += 1
        changes.append((event["at"], COUNTED_BY[event["kind"]], counts[event["kind"]]))
    found = []
    for heard in seen.boards:
        first, last = heard[0][0], heard[-1][0] - 2 * GOAL  # what happened later may be on its way
        for name in Counted._fields:
            known = [getattr(seen.figures[identity], name) for _, identity in heard]
            found += [
                heard[bisect_left(known, count)][0] - at
                for at, of, count in changes
                if of == name and first < at < last and known[-1] >= count
            ]
    return found


def _before(product: Product, name: str) -> int:
    """What the day had before the first call was told."""
    outcome = {"answered": ["answered"], "abandoned": ["abandoned"]}.get(name, ["answered", "abandoned"])
    of_before = "SELECT count(*) AS number FROM call_visit v WHERE outcome = ANY(%s) AND NOT EXISTS "
    of_before += "(SELECT 1 FROM call WHERE id = v.call)"
    return int(product.rows(of_before, outcome)[0]["number"])  # type: ignore[arg-type]


def _events(product: Product, began: float) -> int:
    counted = product.rows("SELECT count(*) AS number FROM journal WHERE at > to_timestamp(%s)", began)
    return int(counted[0]["number"])


@contextmanager
def _centre() -> Iterator[tuple[Product, list[str], list[Seat]]]:
    """The product without Asterisk, everybody signed in: the boards' cookies, the desks."""
    with tempfile.TemporaryDirectory(prefix="holos-bench-", ignore_cleanup_errors=True) as place, thousand() as ports:
        Path(place).chmod(0o755)
        product = Product(Path(place) / "product", first_port=ports, durable=True, web_processes=WEB_PROCESSES)
        product.own = {"listener": "bench.telling"}
        try:
            product.servers.start("postgres", "redis")
            engine = create_engine(product.settings.database_owner_url.get_secret_value())
            schema.create(engine)
            engine.dispose()
            product.command("demo.loading")
            with product.office(ORGANISATION) as (session, organisation):
                boards, seats, first = _everybody(session, organisation)
                queues = _day(session, organisation, first)
            people = f"{first}-{first + DESKS - 1}"
            product.special = {"listener": {telling.CENTRE: f"{organisation.id} {people} {','.join(queues)}"}}
            product.begin("web")
            product.wait_until_ready("web", seconds=120)
            product.begin("listener")
            product.begin("scheduler")
            yield product, boards, seats
        except BaseException:
            print(product.last_words(("web", "listener", "scheduler"), lines=8), file=sys.stderr)
            raise
        finally:
            product.stop()


def _everybody(session: Session, organisation: Organisation) -> tuple[list[str], list[Seat], int]:
    """Cookies of as many boards; the desks; the first operator's id, behind which the others' follow."""
    queue = session.scalars(select(Queue).where(Queue.code == "general")).one()
    people = []
    for number in range(DESKS):
        role = {"roles": ["operator"], "language": "uz", "password_hash": "-"}
        name = f"Operator Operatorov {number}"
        people.append(Person(organisation_id=organisation.id, login=f"operator{number:03}", name=name, **role))
        session.add(people[-1])
        session.flush()
        member = QueueMember(organisation_id=organisation.id, queue_id=queue.id, person_id=people[-1].id)
        session.add(member)
    seats = []
    for person in people:
        token = sign_in.open_session(session, person)
        session.flush()
        csrf = session.scalars(select(SignIn.csrf).where(SignIn.person_id == person.id)).one()
        seats.append(Seat(person.login, token, csrf))
    supervisor = session.scalars(select(Person).where(Person.login == "dilnoza")).one()
    boards = [f"{COOKIE}={sign_in.open_session(session, supervisor)}" for _ in range(BOARDS)]
    return boards, seats, people[0].id


def _day(session: Session, organisation: Organisation, first: int) -> list[str]:
    """The calls of this day before; the names of the queues."""
    queues = list(session.scalars(select(Queue.asterisk_name).order_by(Queue.position)))
    values: dict[str, Any] = {"organisation": organisation.id, "zone": organisation.time_zone, "queues": queues}
    session.execute(text(VISITS), values | {"calls": DAY})
    session.execute(text(TALKS), {"first": first, "people": DESKS})
    return queues
