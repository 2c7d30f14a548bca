"""Callers who do as they like for some minutes, with bare Asterisk and with the product; and what is left of it.

Callers of every kind keep coming (`bench.citizens`); robots transfer some of their talks to another queue and call back
whoever asked for it (`bench.callbacks`); each supervisor listens to one talk after the other (`bench.listening`).
"""

import json
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from acd.tables import Queue, QueueMember
from bench import browsers, citizens, listening, robots
from bench.accounts import Accounts, gathered
from bench.bare import bare_asterisk
from bench.books import BRIEF, Books, of_calls, wait_until_stored
from bench.callbacks import FAR_END, AtHome, Dialling
from bench.centre import (
    ORGANISATION,
    ROBOTS_PORT,
    RTP_PORTS,
    SUPERVISORS_PORT,
    Centre,
    centre,
)
from bench.citizens import Citizens, Counted, Crowd, Kind
from bench.desks import Seat
from bench.load import SHOWN, TO_SCREEN, Load, callers_of_the_screen
from bench.mixed import QUEUES, SECOND_QUEUE, TRANSFERS, arrange
from bench.running import Run, Watched, watch
from calls.model import NodeName
from run.asterisk.config import AgentPhone
from run.demo.telephones import ROBOTS, Telephones
from staff import sign_in
from staff.access import COOKIE
from staff.model import Role
from staff.tables import Person, SignIn
from tests.town.product import Product
from tests.town.town import UNRECORDED_TALKS
from tests.town.waiting import wait_for

MINUTES = 10.0
LISTENERS = 2
PATIENT = 480.0  # seconds, of who wants to talk to the end
DRAIN = PATIENT + 60  # seconds for the last callers to be answered
SCREEN_QUEUE = "certificates"  # where no robot answers


@dataclass(frozen=True)
class Soak:
    """How much, and for how long."""

    load: Load
    minutes: float = MINUTES

    @property
    def crowd(self) -> Crowd:
        """The rate fills the places of those who wait and talk within the first minute."""
        return Crowd(rate=self.load.calls / 60, together=self.load.calls)


@dataclass
class CalledBack:
    """What became of those who asked to be called back."""

    at_home: tuple[int, int] = (0, 0)  # by SIPp: taken up, busy
    placed: Counter[str] = field(default_factory=Counter)  # our calls by their fates
    attempts: Counter[str] = field(default_factory=Counter)  # by outcome
    owed: Counter[str] = field(default_factory=Counter)  # who asked, by the state of what they are owed
    twice: int = 0  # numbers that were reached more than once


@dataclass
class Found:
    """What is left of the product's run."""

    run: Run
    counted: dict[Kind, Counted]
    fates: dict[str, Counter[str]]  # by the prefix of the callers' numbers
    books: Books
    accounts: Accounts
    lasted: timedelta  # the run, until its last recording was stored
    listened: timedelta = timedelta(0)
    listenings: Counter[str] = field(default_factory=Counter)  # by how they ended
    asked: Counter[str] = field(default_factory=Counter)  # the supervisors' requests by their answers
    cards: list[browsers.Card] = field(default_factory=list)  # at the operator's browser
    called_back: CalledBack = field(default_factory=CalledBack)
    unrecorded: int = 0  # talks that were longer than brief
    spool: int = 0  # sound files that nobody took away


def kinds() -> Sequence[Kind]:
    """The citizens of a soak: who gives up has more patience than in a short run."""
    patient = {
        "talk to the end": {"places": 50.0, "stays": (PATIENT, PATIENT)},
        "hang up when they like": {"stays": (15.0, 240.0)},
    }
    usual = [replace(kind, **patient.get(kind.name, {})) for kind in citizens.KINDS]  # type: ignore[arg-type]
    return [*usual, citizens.CALLED_BACK]


def bare(here: Path, ports: int, size: Soak) -> tuple[Run, dict[Kind, Counted]]:
    """The same callers and robots with bare Asterisk."""
    phones = [
        AgentPhone(
            person_id=n, organisation=ORGANISATION, secret="x" * 20, contact=f"sip:agent{n}@{ROBOTS}:{ROBOTS_PORT}"
        )
        for n in range(1, size.load.robots + 1)
    ]
    with bare_asterisk(here / "bare", ports, phones, rtp_ports=RTP_PORTS) as running:
        watched = Watched(lambda: {"asterisk": running.process.pid}, running.says)
        with _telephones(here / "at-bare", size, running.settings.sip_port) as callers:
            run = _soaked(watched, callers, size)
            return run, callers.counted()


def product(here: Path, ports: int, size: Soak) -> Found:
    """The product's run, and its books."""
    home = AtHome(here / "home", size.load.talks)  # before Asterisk, which asks whether the trunk's far end is there
    try:
        with centre(ports, size.load.robots, queues=QUEUES, arrange=_arrange, trunk_far_end=FAR_END) as running:
            return _product(running, here, size, home)
    finally:
        home.stop()


def _product(running: Centre, here: Path, size: Soak, home: AtHome) -> Found:
    product = running.product
    to = f"127.0.0.1:{product.settings.sip_port}"
    running.robots_sit_down(dialling=Dialling(here / "callbacks", to, size.load.talks))
    began = datetime.now(UTC).replace(microsecond=0)
    supervisors = listening.Supervisors(product.settings.public_url, COOKIE)
    seats = [_seat(product, f"listener{number}") for number in range(LISTENERS)]
    phones = listening.phones(here / "supervisors", port=SUPERVISORS_PORT, seconds=size.load.talks[1] + 60)
    watched = Watched(product.pids, product.says)
    try:
        supervisors.begin(seats)
        with browsers.screen(product, here) as screen:
            with (
                _telephones(here / "at-product", size, product.settings.sip_port) as callers,
                _callers_of_the_screen(here / "at-screen", size, product.settings.sip_port) as at_screen,
            ):
                run = _soaked(watched, callers, size, at_screen, settled=lambda: _settled(running, size))
                counted = callers.counted()
            cards = screen.cards()
    finally:
        supervisors.end()
        phones.stop()
    found = _found(running, run, counted, began, seats[0])
    found.asked, found.cards, found.called_back = supervisors.answers, cards, _called_back(product, home)
    return found


def _arrange(product: Product) -> None:
    """As a mixed run, and supervisors; the operator at the browser answers in no queue of the citizens."""
    arrange(product)
    with product.office(ORGANISATION) as (session, organisation):
        at_screen = select(Person.id).where(Person.login == browsers.LOGIN).scalar_subquery()
        elsewhere = select(Queue.id).where(Queue.code != SCREEN_QUEUE)
        session.execute(
            delete(QueueMember).where(QueueMember.person_id == at_screen, QueueMember.queue_id.in_(elsewhere))
        )
        for number in range(LISTENERS):
            role = {"roles": [Role.SUPERVISOR], "language": "uz", "password_hash": "-"}
            login = f"listener{number}"
            session.add(Person(organisation_id=organisation.id, login=login, name=f"Listener {number}", **role))


def _seat(product: Product, login: str) -> Seat:
    with product.office(ORGANISATION) as (session, _):
        person = session.scalars(select(Person).where(Person.login == login)).one()
        token = sign_in.open_session(session, person)
        session.flush()
        csrf = session.scalars(select(SignIn.csrf).where(SignIn.person_id == person.id)).one()
        return Seat(login, token, csrf)


@contextmanager
def _telephones(here: Path, size: Soak, port: int) -> Iterator[Citizens]:
    answering = robots.answer(
        here,
        port=ROBOTS_PORT,
        talks=size.load.talks,
        transfers=TRANSFERS,
        queue=f"{ORGANISATION}-{SECOND_QUEUE}",
    )
    callers = citizens.call(here, f"127.0.0.1:{port}", size.crowd, kinds=kinds())
    try:
        yield callers
    finally:
        callers.stop()
        answering.stop()


@contextmanager
def _callers_of_the_screen(here: Path, size: Soak, port: int) -> Iterator[Telephones]:
    """The operator at the browser has callers of their own, for as long as new citizens call."""
    callers = callers_of_the_screen(here, port, calls=SHOWN, rate=SHOWN / (size.minutes * 60))
    try:
        yield callers
    finally:
        callers.stop()


def _soaked(watched: Watched, callers: Citizens, size: Soak, at_screen: Telephones | None = None, **more: Any) -> Run:
    """Until the time is over and the last caller has gone, of the operator at the browser as well."""
    until = time.monotonic() + size.minutes * 60
    finishing = False

    def is_over() -> bool:
        nonlocal finishing
        if not finishing and time.monotonic() >= until:
            finishing = True
            callers.finish()
        return finishing and callers.over and (at_screen is None or at_screen.over)

    return watch(watched, is_over, longest=size.minutes * 60 + DRAIN, **more)


def _settled(running: Centre, size: Soak) -> None:
    product = running.product
    assert running.desks is not None
    running.desks.go_home(size.load.talks[1] + 60)  # who is still owed a call stays owed one
    open_calls = "SELECT id, channel, caller, direction, state, arrived_at FROM call WHERE state <> 'ended'"
    try:
        wait_for("the ledger to end every call", lambda: not product.rows(open_calls), seconds=30, every=0.5)
    except AssertionError:
        for call in product.rows(open_calls):
            told = product.rows("SELECT at, kind, body FROM journal WHERE call = %s ORDER BY seq", call["id"])
            print(call, *told, sep="\n", file=sys.stderr)
        print(product.says("core show channels verbose"), product.says("queue show"), file=sys.stderr)
        raise
    wait_until_stored(product)


def _found(running: Centre, run: Run, counted: dict[Kind, Counted], began: datetime, seat: Seat) -> Found:
    product, settings = running.product, running.product.settings
    told = product.rows(
        "SELECT left(caller, 8) AS prefix, coalesce(fate, state) AS fate FROM call "
        "WHERE direction = 'in' AND caller NOT LIKE %s",
        f"{TO_SCREEN}%",
    )
    fates: dict[str, Counter[str]] = {kind.prefix: Counter() for kind in counted}
    for row in told:
        fates.setdefault(row["prefix"], Counter())[row["fate"]] += 1
    asked = urllib.request.Request(
        f"{settings.public_url}/board/figures", headers={"Cookie": f"{COOKIE}={seat.token}", "Accept": "*/*"}
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        shown = json.loads(answer.read())
    log = settings.asterisk / "log" / "queue_log"
    with product.archive() as session:
        accounts = gathered(session, NodeName(settings.node), log, since=began, until=datetime.now(UTC), shown=shown)
    listened = product.rows("SELECT outcome, coalesce(ended_at - started_at, interval '0') AS lasted FROM supervision")
    return Found(
        run=run,
        counted=counted,
        fates=fates,
        books=of_calls(product, running.desks.came_back if running.desks else 0),
        accounts=accounts,
        lasted=datetime.now(UTC) - began,
        listened=sum((row["lasted"] for row in listened), timedelta(0)),
        listenings=Counter(str(row["outcome"]) for row in listened),
        unrecorded=len(product.rows(f"{UNRECORDED_TALKS} AND talk.talked >= interval '{BRIEF}'", began)),
        spool=len(list(settings.recordings_spool.glob("*.wav"))),
    )


def _called_back(product: Product, home: AtHome) -> CalledBack:
    placed = product.rows("SELECT coalesce(fate, state) AS fate FROM call WHERE direction = 'out'")
    attempts = product.rows("SELECT coalesce(outcome, 'open') AS outcome FROM callback_attempt")
    owed = product.rows("SELECT state FROM owed_call WHERE reason = 'asked'")
    twice = product.rows(
        "SELECT caller FROM call WHERE direction = 'out' AND fate = 'answered' GROUP BY caller HAVING count(*) > 1"
    )
    return CalledBack(
        at_home=(home.taken_up, home.busy),
        placed=Counter(row["fate"] for row in placed),
        attempts=Counter(row["outcome"] for row in attempts),
        owed=Counter(row["state"] for row in owed),
        twice=len(twice),
    )
