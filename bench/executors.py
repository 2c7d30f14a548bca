"""Four hundred executors at work for ten minutes: the inbox open, appeals read, answered with a photo (U-23).

The city's registry, the product's web processes, worker and scheduler, PostgreSQL, Redis and the store as `make run`
has them, all on this machine; the executors are in one process beside them (`bench.working`). They are signed in before
the measured time. Each has work of its own behind them by the registry, and new work that a dispatcher has given out.
"""

import io
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from multiprocessing import get_context
from typing import Final

import numpy as np
from PIL import Image
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from appeals.attachments import verification
from appeals.executors.model import MemberRole
from appeals.executors.tables import Executor, ExecutorMember
from appeals.model import State
from appeals.tables import Appeal
from appeals.workflow import service
from appeals.workflow.model import Order, Told
from bench import databases, processor, registered, typed
from bench.centre import WEB_PROCESSES
from bench.figures import Measured, percentile
from bench.working import BEFORE, ROUND, Asked, Seat, Worked, work
from db import transaction
from run.storage import connect_store
from staff import sign_in
from staff.model import Role
from staff.queries import find_by_login
from staff.tables import Organisation, Person, SignIn
from tests.town.product import Product

GOAL: Final = 0.3  # seconds, for 95 of a hundred; the requirement allows a page 1 s
OF_PHOTO: Final = 1.0  # the same for a photo, which is no page: looked at, drawn anew, stored and read back meanwhile
PARTS: Final = ("web", "postgres", "s3", "redis", "worker", "scheduler", "client")
STARTED: Final = ("worker", "scheduler")
PHOTO: Final = (1600, 1200)  # points
PHOTOS: Final = 8  # different ones
AT_ONCE: Final = 100  # appeals given out in one transaction


@dataclass(frozen=True)
class Work:
    """How much of it; a smaller one is for trial."""

    sessions: int = 400
    minutes: float = 10.0
    appeals: int = 300_000  # of the registry


@dataclass(frozen=True)
class Found:
    """What one run was like."""

    worked: Worked
    began: float
    cpu: dict[str, float]  # seconds, by part
    busy: float  # share of all processors' time
    stored: int  # photos that rows name
    verified: int  # read from the store once more, whole
    faults: int
    weight: float  # bytes of a photo, at the mean


def executors(size: Work) -> Iterator[Measured]:
    """One run."""
    with _city(size) as (product, seats, organisation):
        yield _table(size, _measured(product, seats, organisation, size.minutes * 60))


def _measured(product: Product, seats: Sequence[Seat], organisation: int, seconds: float) -> Found:
    photos = [_photo(number) for number in range(PHOTOS)]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as outside:
        pids = product.pids() | {"client": outside.submit(os.getpid).result()}
        began = time.time() + BEFORE
        working = outside.submit(work, product.settings.public_url, seats, photos, began, seconds)
        time.sleep(max(0.0, began - time.time()))
        before, at_first = processor.spent(pids), processor.machine()
        time.sleep(seconds)
        after, at_last = processor.spent(pids), processor.machine()
        worked = working.result()
    with transaction(organisation) as session:
        report = verification.verify(session, organisation, everything=True)
    stored = product.rows("SELECT count(*) AS number FROM attachment")[0]["number"]
    return Found(
        worked=worked,
        began=began,
        cpu={name: after[name].seconds - before[name].seconds for name in PARTS},
        busy=1 - (at_last[1] - at_first[1]) / (at_last[0] - at_first[0]),
        stored=stored,
        verified=report.read,
        faults=len(report.found),
        weight=sum(map(len, photos)) / PHOTOS,
    )


def _table(size: Work, found: Found) -> Measured:
    columns = ("requests", "median", "p95", "p99", "goal")
    told = f"{size.appeals:,}".replace(",", " ")
    title = f"{size.sessions} executors at work for {size.minutes:g} minutes, in a registry of {told} appeals"
    table = Measured("executors", title, columns)
    worked, seconds = found.worked, size.minutes * 60
    measured = [(kind, took) for at, kind, took in worked.took if found.began <= at < found.began + seconds]
    for kind in Asked:
        goal = OF_PHOTO if kind is Asked.PHOTO else GOAL
        _line(table, kind, [took for which, took in measured if which is kind], goal)
    _line(table, "all of them", [took for _, took in measured])
    _count(table, "errors, time-outs and broken live connections", len(worked.failures), 0)
    _count(table, "live connections open", worked.streams, size.sessions)
    _count(table, "photos sent", worked.photos)
    _count(table, "– stored", found.stored, worked.photos)
    _count(table, "– read from the store once more and found unchanged", found.verified - found.faults, worked.photos)
    _count(table, "appeals answered", worked.rounds)
    table.line("all processors busy, the executors included", f"{found.busy:.0%}", "", "", "", "")
    for name in sorted(found.cpu, key=found.cpu.__getitem__, reverse=True):
        table.line(f"– {name}, of one processor", f"{found.cpu[name] / seconds:.0%}", "", "", "", "")
    weight = f"{found.weight / 1000:.0f} kB"
    table.remarks += [
        f"Each answers an appeal in {ROUND:.0f} s at the mean, which nobody does all day: looks at the inbox, opens",
        f"an assignment, takes it, sends a photo ({PHOTO[0]} × {PHOTO[1]} points, {weight} at the mean),",
        "looks at it, reports; in each pause they look at the inbox once more. A second tab has the inbox with its",
        f"live connection, which brought {worked.news} news. Photos, answers and news are counted from a round before",
        "the measured time, in which all have begun, until each has finished the last appeal. From the request to the",
        "last byte of its answer; a browser's own time, and what it keeps, are not in it. Signed in before.",
        f"{WEB_PROCESSES} web processes; a photo is looked at, drawn anew, stored and read back while its sender",
        "waits. The requirement allows a page 1 s.",
    ]
    table.remarks += [f"    {why}" for why in worked.failures[:10]]
    return table


def _line(table: Measured, what: str, took: Sequence[float], goal: float = GOAL) -> None:
    if not took:
        table.line(what, "0", "", "", "", "at least one", met=False)
        return
    shares = (f"{percentile(took, share) * 1000:.0f} ms" for share in (0.5, 0.95, 0.99))
    met = percentile(took, 0.95) <= goal
    table.line(what, str(len(took)), *shares, f"p95 ≤ {goal * 1000:.0f} ms", met=met)


def _count(table: Measured, what: str, number: int, goal: int | None = None) -> None:
    table.line(what, str(number), "", "", "", "" if goal is None else str(goal), met=goal is None or number == goal)


def _photo(number: int) -> bytes:
    """A JPEG as heavy as one that a telephone's camera has made smaller: soft shapes, and the noise of its sensor."""
    drawn = np.random.default_rng(number)
    soft = Image.fromarray(drawn.integers(0, 256, (12, 16, 3), dtype=np.uint8)).resize(PHOTO, Image.Resampling.BICUBIC)
    noisy = np.asarray(soft, dtype=np.float32) + drawn.normal(0, 5, (PHOTO[1], PHOTO[0], 1))
    made = io.BytesIO()
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(made, "JPEG", quality=85)
    return made.getvalue()


@contextmanager
def _city(size: Work) -> Iterator[tuple[Product, list[Seat], int]]:
    """The product with its registry, everybody signed in and with work to do; the organisation's id."""
    began = time.monotonic()
    with databases.city(statement_timeout="10min") as product:
        product.servers.start("s3")
        connect_store(product.settings)
        with product.office(typed.ORGANISATION) as (session, _):
            dispatcher = find_by_login(session, registered.LOGIN)
        assert dispatcher is not None
        owner = create_engine(product.settings.database_owner_url.get_secret_value())
        registered.fill(owner, dispatcher, size.appeals)
        _tell("the registry is filled", began)
        seats = _seated(size, dispatcher)
        with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
        owner.dispose()
        _tell("everybody has work", began)
        product.special["web"] = {"HOLOS_WEB_PROCESSES": str(WEB_PROCESSES)}
        for name in ("web", *STARTED):
            product.begin(name)
        product.wait_until_ready("web", *STARTED, seconds=120)
        try:
            yield product, seats, dispatcher.organisation_id
        except BaseException:
            print(product.last_words(("web", *STARTED), lines=8), file=sys.stderr)
            raise


def _tell(what: str, began: float) -> None:
    print(f"executors: {what}, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


def _seated(size: Work, dispatcher: Person) -> list[Seat]:
    """A person for each of as many executors, whose part of the registry differs as the executors' do."""
    with transaction(dispatcher.organisation_id) as session:
        organisation = session.get_one(Organisation, dispatcher.organisation_id)
        codes = [f"E{1 + place * registered.EXECUTORS // size.sessions}" for place in range(size.sessions)]
        known = {each.code: each for each in session.scalars(select(Executor).where(Executor.code.in_(codes)))}
        hired = [(known[code], *_hired(session, organisation, known[code])) for code in codes]
    rounds = ceil((size.minutes * 60 + ROUND) / ROUND * 1.15) + 2  # the quickest have something left to do
    given = _given(dispatcher, [executor.id for executor, _, _ in hired], rounds)
    return [Seat(token, csrf, tuple(given[executor.id])) for executor, token, csrf in hired]


def _hired(session: Session, organisation: Organisation, executor: Executor) -> tuple[str, str]:
    """Somebody who works for the executor from now on, signed in: the cookie's token and the forms'."""
    executor.connected = True
    person = Person(
        organisation_id=organisation.id,
        login=f"bench.{executor.code.lower()}",
        name=f"Виконавець {executor.code}",
        password_hash="-",
        roles=[Role.EXECUTOR],
        language="uk",
    )
    session.add(person)
    session.flush()
    member = {"executor_id": executor.id, "person_id": person.id, "role": MemberRole.WORKER}
    since = organisation.today() - timedelta(days=1)
    session.add(ExecutorMember(organisation_id=organisation.id, **member, valid_from=since))
    token = sign_in.open_session(session, person)
    session.flush()
    return token, session.scalars(select(SignIn.csrf).where(SignIn.person_id == person.id)).one()


def _given(dispatcher: Person, whom: Sequence[int], rounds: int) -> dict[int, list[int]]:
    """So many appeals for each executor that nobody has yet, given by the dispatcher's own deed."""
    given: dict[int, list[int]] = {each: [] for each in whom}
    until = datetime.now(UTC) + timedelta(days=5)
    wanted = [each for _ in range(rounds) for each in whom]
    with transaction(dispatcher.organisation_id) as session:
        free = select(Appeal.number).where(Appeal.state == State.REGISTERED).order_by(Appeal.id.desc())
        numbers = session.scalars(free.limit(len(wanted))).all()
    assert len(numbers) == len(wanted), f"{len(numbers)} appeals for {len(wanted)} rounds: ask for more --appeals"
    for first in range(0, len(wanted), AT_ONCE):
        with transaction(dispatcher.organisation_id) as session:
            for executor, number in zip(wanted[first : first + AT_ONCE], numbers[first:], strict=False):
                order = Order(executor=executor, until=until, task="Усунути й повідомити")
                [made] = service.assign(session, number, [order], Told(), by=dispatcher)
                given[executor].append(made.id)
    return given


if __name__ == "__main__":
    for measured in executors(Work(sessions=20, minutes=1.0, appeals=20_000)):
        print(measured.text())
