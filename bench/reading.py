"""A day read from Asterisk's Manager stream: translate, journal, the board's readers; and what they say then.

The board's figures of queues come from the ledger, those of owed calls from the reader of missed calls. Nobody is on a
shift in a replay, so the desk's reader has nothing to do.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from acd.callbacks import reader as callbacks
from bench import repeating
from bench.accounts import Accounts, gathered
from calls.model import NodeName
from calls.readers import Reader, read_on
from db import EVERY_ORGANISATION, transaction
from run import replay
from run.replay import Replayed
from staff.queries import organisation
from supervisor import board
from web.periods import day_begun

NODE = NodeName("replay")
MISSED_CALLS = Reader(callbacks.NAME, callbacks.read, callbacks.HEARS)


@dataclass(frozen=True)
class Read:
    """What was found, and how long it took."""

    accounts: Accounts
    replayed: Replayed
    owing: float  # seconds of the reader of missed calls


def read_day(here: Path, captured: bytes, log: Sequence[str], times: int, *, whose: int) -> Read:
    """Today, as that organisation has it, made of `times` repetitions of the run."""
    with transaction(EVERY_ORGANISATION) as session:
        zone = organisation(session, whose).zone
    midnight = day_begun(datetime.now(UTC), zone)
    later = repeating.beginnings(captured, midnight, times)
    told = here / "queue_log"
    with told.open("w") as file:
        for number, seconds in enumerate(later):
            file.writelines(f"{line}\n" for line in repeating.log_lines(log, number, seconds))
    streams = [_stream(here / f"{number}.ami", captured, number, seconds) for number, seconds in enumerate(later)]
    replayed = replay.replay([replay.chunks(path) for path in streams], NODE, here / "spool")
    began = time.perf_counter()
    while read_on(MISSED_CALLS, NODE):
        pass
    took = time.perf_counter() - began
    shown = board.figures(whose)
    assert datetime.fromisoformat(shown["day"]) == midnight, "the day ended while it was read"
    since, until = (at.astimezone(UTC) for at in (midnight, midnight + timedelta(days=1)))
    with transaction(EVERY_ORGANISATION) as session:
        return Read(gathered(session, NODE, told, since=since, until=until, shown=shown), replayed, took)


def _stream(path: Path, captured: bytes, number: int, later: int) -> Path:
    path.write_bytes(repeating.stream(captured, number, later))
    return path
