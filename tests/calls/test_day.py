"""A day made of real calls of every end: the ledger, the board and Asterisk's queue_log count the same.

The capture and the log are of one run of `python -m bench.mixed`, whose SIPp counted the ends that stand here.
"""

import gzip
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from acd.tables import Queue
from bench.accounts import differences, gathered
from bench.counting import count
from bench.reading import NODE, Read, read_day
from db import EVERY_ORGANISATION, transaction
from reports.calls import queries
from reports.calls.model import Received, together
from run.demo.people import ORGANISATIONS, TEST_CENTER
from run.settings import Settings
from tests.calls.conftest import table
from tests.calls.streams import CAPTURES
from tests.centre import Centre
from web import facts

TIMES = 2
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
FATES = {
    "answered": 24,
    "abandoned_in_queue": 3,
    "callback_asked": 3,
    "abandoned_in_menu": 4,
    "self_service": 2,
    "out_of_hours": 2,
    "refused": 2,
}


@pytest.fixture
def read(centre: Centre, settings: Settings, tmp_path: Path) -> Read:
    """The day, as the listener's readers leave it."""
    facts.connect(settings.redis_url.get_secret_value())
    dtm = centre.organisations["dtm"].id
    with transaction(EVERY_ORGANISATION) as session:
        for code in TEST_CENTER.queues:
            name = TEST_CENTER.topics[code]
            session.add(Queue(organisation_id=dtm, code=code, asterisk_name=f"dtm-{code}", name=name, position=0))
    here = [centre.organisations[organisation.code].id for organisation in ORGANISATIONS]  # in the capture 1, 2
    captured = re.sub(
        rb"(?m)^Organisation: (\d+)", lambda found: b"Organisation: %d" % here[int(found[1]) - 1], kept("ami")
    )
    return read_day(tmp_path, captured, kept("queue_log").decode().splitlines(), TIMES, whose=dtm)


def kept(what: str) -> bytes:
    return gzip.decompress((CAPTURES.parent / "day" / f"day.{what}.gz").read_bytes())


def test_ledger_board_and_queue_log_count_the_same(read: Read) -> None:
    assert list(differences(read.accounts)) == []
    assert read.accounts.fates == {fate: number * TIMES for fate, number in FATES.items()}
    assert read.replayed.calls == TIMES * sum(FATES.values())


def test_a_line_less_in_queue_log_is_a_difference(read: Read, tmp_path: Path) -> None:
    lines = (tmp_path / "queue_log").read_text().splitlines()
    gone = next(line for line in lines if "|ABANDON|" in line)
    lines.remove(gone)
    found = replace(read.accounts, log=count(lines, *ALWAYS))
    told = list(differences(found))
    queue = gone.split("|")[2]
    assert any(each.startswith(f"{queue}: OfQueue") for each in told), told
    assert any(each.startswith(f"{queue}: ") and "owed" in each for each in told), told
    (tmp_path / "less").write_text("\n".join(lines))
    with transaction(EVERY_ORGANISATION) as session:
        since, until = ALWAYS
        found = gathered(session, NODE, tmp_path / "less", since=since, until=until, shown={"queues": []})
    channel = gone.split("|")[1]
    assert any(f"|{channel}|" in line and "ENTERQUEUE" in line for line in found.evidence), "queue_log's lines"
    assert any(" CallerAbandoned " in line for line in found.evidence), "and the journal's"


def test_the_report_puts_each_call_into_one_class_and_its_sums_are_the_ledgers(read: Read, centre: Centre) -> None:
    parts: list[Received] = []
    for organisation in centre.organisations.values():
        with transaction(organisation.id) as session:
            parts += queries.received(session, ZoneInfo("Asia/Tashkent"), *ALWAYS).values()
    found = together(parts)
    assert found.fates == Counter({fate: number * TIMES for fate, number in FATES.items()})
    assert found.number == found.answered + found.settled + found.missed + found.now_on == read.replayed.calls
    talked, held = found.talked.total_seconds(), found.held.total_seconds()
    assert talked > 0
    of_legs = table("SELECT extract(epoch FROM sum(talked))::float8 FROM call_leg")
    assert of_legs == [str((talked,))]
    assert table("SELECT extract(epoch FROM sum(held))::float8 FROM call") == [str((held,))]
