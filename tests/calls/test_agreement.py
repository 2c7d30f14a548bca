"""Our count and Asterisk's: equal, or different with a reason."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from calls.agreement import Counts, Reason, agreement, compare, stays_of_log
from calls.jobs import Disagreement, compare_with_queue_log
from calls.model import QueueName, VisitOutcome
from calls.queries import Stay
from calls.queue_log import Entry
from calls.signals import ChannelId
from calls.tables import CallRow, VisitRow
from db import EVERY_ORGANISATION, transaction
from run.replay import Replayed
from run.settings import Settings
from tests.calls.conftest import NODE
from web import facts

BEGAN = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
WATER, GENERAL = QueueName("khm-water"), QueueName("khm-general")


def entry(second: int, channel: str, event: str, queue: QueueName = GENERAL) -> Entry:
    return Entry(BEGAN + timedelta(seconds=second), ChannelId(channel), queue, "NONE", event, ())


def stay(channel: str, outcome: VisitOutcome, queue: QueueName = GENERAL, second: float = 0.4) -> Stay:
    return Stay(channel, queue, BEGAN + timedelta(seconds=second), outcome)


@pytest.fixture(autouse=True)
def connected(settings: Settings) -> None:
    """The comparison tells the status page what it found."""
    facts.connect(settings.redis_url.get_secret_value())


LOG = [
    entry(0, "a", "ENTERQUEUE"),
    entry(2, "b", "ENTERQUEUE"),
    entry(3, "a", "CONNECT"),
    entry(5, "b", "ABANDON"),
    entry(9, "a", "BLINDTRANSFER"),
    entry(9, "a", "ENTERQUEUE", WATER),
    entry(12, "a", "EXITWITHTIMEOUT", WATER),
    entry(13, "c", "ENTERQUEUE"),
]


def test_the_log_is_read_as_visits() -> None:
    assert [(stay.channel, stay.queue, stay.outcome) for stay in stays_of_log(LOG)] == [
        ("a", GENERAL, VisitOutcome.ANSWERED),
        ("b", GENERAL, VisitOutcome.ABANDONED),
        ("a", WATER, VisitOutcome.FLOWED_OUT),
        ("c", GENERAL, VisitOutcome.WAITING),
    ]


def test_equal_books_have_no_difference() -> None:
    ours = [
        stay("a", VisitOutcome.ANSWERED),
        stay("b", VisitOutcome.ABANDONED),
        stay("a", VisitOutcome.FLOWED_OUT, WATER),
        stay("c", VisitOutcome.WAITING),
    ]
    general, water = compare(ours, stays_of_log(LOG))
    assert general.ours == general.asterisks == Counts(joined=3, answered=1, abandoned=1, open=1)
    assert water.ours == water.asterisks == Counts(joined=1, flowed_out=1)
    assert not general.differences
    assert not water.differences


def test_a_difference_is_named_and_unexplained_until_there_is_a_reason() -> None:
    ours = [stay("a", VisitOutcome.ANSWERED), stay("b", VisitOutcome.ANSWERED), stay("c", VisitOutcome.LOST)]
    [general] = compare(ours, [it for it in stays_of_log(LOG) if it.queue == GENERAL])
    wrong, killed = general.differences
    assert (wrong.channel, wrong.ours, wrong.asterisks, wrong.reason) == (
        "b",
        VisitOutcome.ANSWERED,
        VisitOutcome.ABANDONED,
        Reason.NOT_FOUND,
    )
    assert (killed.channel, killed.reason) == ("c", Reason.ASTERISK_ENDED)
    assert not general.is_explained


def test_what_only_one_of_them_has_is_a_difference() -> None:
    [general] = compare([stay("a", VisitOutcome.ANSWERED)], [stay("b", VisitOutcome.ANSWERED)])
    assert [(it.channel, it.ours, it.asterisks) for it in general.differences] == [
        ("a", VisitOutcome.ANSWERED, None),
        ("b", None, VisitOutcome.ANSWERED),
    ]


def test_the_ledgers_visits_are_compared_in_their_period(replayed: Callable[..., Replayed]) -> None:
    replayed("answered", "blind_transfer_to_queue")
    since, until = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    with transaction(EVERY_ORGANISATION) as session:
        found = agreement(session, NODE, [], since, until)
        later = agreement(session, NODE, [], until, until + timedelta(days=1))
    assert {it.queue: it.ours.answered for it in found} == {GENERAL: 2, WATER: 1}
    assert all(difference.asterisks is None for it in found for difference in it.differences)
    assert later == []


JOINED, GONE = "1|NONE|ENTERQUEUE||380671234567|1", "1|NONE|ABANDON|1|1|1"


def written(path: Path, *lines: str) -> Path:
    """A queue_log of five minutes ago, all in the general queue."""
    second = int((datetime.now(UTC) - timedelta(minutes=5)).timestamp())
    told = (line.partition("|") for line in lines)
    path.write_text("".join(f"{second}|{channel}|{GENERAL}|{rest}\n" for channel, _, rest in told))
    return path


def test_the_status_page_is_told_both_counts(replayed: Callable[..., Replayed], tmp_path: Path) -> None:
    replayed("abandoned_in_queue")
    with transaction(EVERY_ORGANISATION) as session:
        now = datetime.now(UTC) - timedelta(minutes=5)
        session.execute(update(VisitRow).values(joined_at=now))
        channel = session.scalars(select(CallRow.channel)).one()
    log = written(tmp_path / "queue_log", JOINED.replace("1", channel, 1), GONE.replace("1", channel, 1))
    assert compare_with_queue_log(log, NODE) == {"in_ledger": 1, "in_queue_log": 1}
    assert compare_with_queue_log(tmp_path / "none", NODE) == {}


def test_a_difference_without_a_reason_fails_the_job(database: Engine, tmp_path: Path) -> None:
    log = written(tmp_path / "queue_log", JOINED, GONE)
    told = "visits in 1 queues: 0 in the ledger, 1 in queue_log; 1 differ: not_found"
    with pytest.raises(Disagreement, match=told):
        compare_with_queue_log(log, NODE, pause=timedelta())
