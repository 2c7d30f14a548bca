"""A whole day of ten thousand calls replayed: do the board, the ledger and queue_log agree?

Some hundred real calls of every end (`bench.mixed`), each again and again as another call of the day
(`bench.repeating`), from Asterisk's bytes to the board's figures (`bench.reading`).
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine

import db
from bench import reading
from bench.accounts import IN_QUEUES, OUTSIDE, differences, queue_rows
from bench.centre import ORGANISATION
from bench.citizens import Counted, Crowd, Kind
from bench.figures import Measured
from bench.mixed import record
from bench.reading import Read
from calls.model import Fate
from db import EVERY_ORGANISATION, transaction
from run import schema
from run.demo import loading
from run.host.servers import Servers
from staff.queries import organisations
from tests.town.ports import thousand
from web import facts

CALLS, RUN = 10_000, 240


def day(calls: int = CALLS, run: int = RUN) -> Iterator[Measured]:
    """The run, then its day."""
    with tempfile.TemporaryDirectory(prefix="holos-bench-", ignore_cleanup_errors=True) as place, thousand() as ports:
        here = Path(place)
        here.chmod(0o755)
        recorded = record(here, ports, Crowd(rate=4, together=150, calls=run))
        captured = recorded.captures[0].read_bytes()
        lines = recorded.queue_log.read_text().splitlines()
        real = sum(counted.over for counted in recorded.counted.values())
        times = -(-calls // real)
        with _database(here / "database", ports) as whose:
            read = reading.read_day(here, captured, lines, times, whose=whose)
        yield measured(read, recorded.counted, real, times)


@contextmanager
def _database(here: Path, ports: int) -> Iterator[int]:
    """A database of its own with the organisations; the one that is looked at."""
    here.mkdir()
    here.chmod(0o755)
    servers = Servers(here, durable=True, postgres_port=ports + 50, redis_port=ports + 51)
    servers.start("postgres", "redis")
    try:
        owner = create_engine(servers.settings.database_owner_url.get_secret_value())
        schema.create(owner)
        owner.dispose()
        db.connect(servers.settings.database_url.get_secret_value(), statement_timeout="120s")
        url = servers.settings.redis_url.get_secret_value()
        facts.connect(url)
        loading.load("nobody signs in")  # the capture names organisations by their ids
        with transaction(EVERY_ORGANISATION) as session:
            whose = next(each.id for each in organisations(session) if each.code == ORGANISATION)
        yield whose
    finally:
        db.disconnect()
        servers.stop()


def measured(read: Read, counted: dict[Kind, Counted], real: int, times: int) -> Measured:
    """The three counts side by side, and SIPp's where a kind of caller can only end in one way."""
    columns = ("ledger", "board", "queue_log", "SIPp", "difference")
    table = Measured("day", "A whole day replayed: board, ledger and queue_log", columns=columns)
    found = read.accounts
    dialled = sum(each.over for each in counted.values()) * times
    _row(table, "calls", found.fates.total(), found.log.calls, dialled)
    for fate in IN_QUEUES:
        sipp = _by_sipp(counted, fate, times) if fate is Fate.CALLBACK_ASKED else None
        _row(table, f"– {fate}", found.fates[fate], found.log.fates[fate], sipp)
    _row(table, "– in no queue", found.outside, found.log.fates["in no queue"])
    for fate in OUTSIDE:
        _row(table, f"– – {fate}", found.fates[fate], None, _by_sipp(counted, fate, times))
    queue_rows(table, found)
    shown, told = sum(found.owed.values()), found.log.owed.total()
    table.line("callers owed a call", "", str(shown), str(told), "", str(abs(shown - told)), met=shown == told)
    table.line("events out of order", str(found.misfits), "", "", "", "0", met=not found.misfits)
    replayed = read.replayed
    seconds = replayed.understood + replayed.written
    table.remarks += [
        f"{real} real calls on a real Asterisk, {times} times over a day: {replayed.messages} messages, "
        f"{replayed.events} events; {seconds:.1f} s from bytes to the ledger, {read.owing:.1f} s more for the "
        "owed calls. queue_log is counted by its own words, by nothing of the product; what SIPp counted "
        "of the real calls is multiplied.",
        *(f"{told}." for told in list(differences(found))[:20]),
    ]
    table.met = table.met and not list(differences(found))
    return table


def _row(table: Measured, what: str, ledger: int, log: int | None, sipp: int | None = None) -> None:
    """Calls in the ledger and elsewhere; a count that cannot be had is left out."""
    others = [each for each in (log, sipp) if each is not None]
    difference = max((abs(ledger - each) for each in others), default=0)
    cells = ("" if each is None else str(each) for each in (log, sipp))
    table.line(what, str(ledger), "", *cells, str(difference), met=not difference)


def _by_sipp(counted: dict[Kind, Counted], fate: Fate, times: int) -> int:
    """Calls of kinds that end so when they are sent away, or when they hang up."""
    sent_away = sum(each.sent_away for kind, each in counted.items() if kind.sent_away == {fate})
    hung_up = sum(each.hung_up for kind, each in counted.items() if kind.hung_up == {fate})
    return (sent_away + hung_up) * times
