"""From captured bytes to rows: the same rows every time, each event once, whatever fails in between."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from structlog.typing import EventDict

from calls import queries, service
from calls.events import AgentAnswered, CallRefused, SupervisorJoined
from calls.observer import Line
from calls.readers import News, Reader, ReaderThread, Recorded, read_on
from calls.spool import Spool
from calls.tables import ReaderPlace
from calls.writer import WriterThread, move
from db import EVERY_ORGANISATION, is_away, transaction
from run.replay import Replayed, replay
from tests.calls.conftest import LEDGER, NODE, settle, spooled, table, whole_ledger
from tests.calls.streams import capture, captures, lines, multiplied
from tests.calls.test_captures import FATES
from tests.town.waiting import wait_for

Replay = Callable[..., Replayed]


def places() -> list[str]:
    return table("SELECT reader, seq, error IS NULL FROM reader_place ORDER BY reader")


def test_the_same_capture_gives_the_same_ledger_byte_for_byte(replayed: Replay) -> None:
    every = captures()
    replayed(*every)
    first = whole_ledger()
    replayed(*every, size=7)
    assert whole_ledger() == first
    assert first.count(b"answered") > 10


def test_the_ledger_has_each_fate(replayed: Replay) -> None:
    every = [name for name in captures() if name != "asterisk_killed"]
    replayed(*every)
    wanted = sorted(str((fate.value,)) for name in every for fate in FATES[name] if fate)
    assert sorted(table("SELECT fate FROM call")) == wanted
    assert table("SELECT kind, reason FROM unexpected_event") == []


def test_set_to_zero_a_reader_makes_the_same_again_and_keeps_what_others_said(replayed: Replay) -> None:
    replayed(*captures())
    with transaction(EVERY_ORGANISATION) as session:
        call = next(row.id for row in session.execute(queries.select(queries.CallRow.id)))
        service.note_result(session, call, "settled")
        service.note_recorded(session, call)
    before = whole_ledger()
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(ReaderPlace).values(seq=0))
    while read_on(LEDGER, NODE, limit=13):
        pass
    assert whole_ledger() == before
    assert b"settled" in before


def test_calls_are_carried_over_from_batch_to_batch(city: int, tmp_path: Path) -> None:
    spooled(tmp_path, lines(capture("attended_transfer", organisation=city)))
    while move(tmp_path, NODE, limit=1):
        read_on(LEDGER, NODE, limit=1)
    one_by_one = whole_ledger()
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(ReaderPlace).values(seq=0))
    settle(tmp_path)
    assert whole_ledger() == one_by_one


def test_an_event_that_cannot_be_is_recorded_and_read_over(city: int, tmp_path: Path) -> None:
    told = lines(capture("answered", organisation=city))
    late = CallRefused(call=told[-1].event.call, at=told[-1].event.at, capacity=1)  # type: ignore[attr-defined]
    spooled(tmp_path, [*told, Line(city, late)])
    settle(tmp_path)
    assert table("SELECT kind, reason FROM unexpected_event") == ["('CallRefused', 'CallRefused while ended')"]
    assert table("SELECT fate FROM call") == ["('answered',)"]


@pytest.mark.parametrize("in_one_batch", [True, False])
def test_a_supervisor_who_came_as_the_talk_ended_is_no_mistake(city: int, tmp_path: Path, in_one_batch: bool) -> None:
    told = lines(capture("answered", organisation=city))
    [answer] = [line.event for line in told if isinstance(line.event, AgentAnswered)]
    last = told[-1].event.at
    late = SupervisorJoined(call=answer.call, at=last, agent=answer.agent, supervision=7, mode="listen")
    spooled(tmp_path, [*told, Line(city, late)])
    if in_one_batch:
        settle(tmp_path)
    else:
        while move(tmp_path, NODE, limit=1):
            read_on(LEDGER, NODE, limit=1)
    assert table("SELECT kind, reason FROM unexpected_event") == []
    assert table("SELECT fate FROM call") == ["('answered',)"]


def test_a_call_of_an_organisation_that_is_not_there_stops_nobody(city: int, tmp_path: Path) -> None:
    other = lines(capture("out_of_hours", organisation=10**9))
    spooled(tmp_path, [*other, *lines(capture("answered", organisation=city))])
    settle(tmp_path)
    assert table("SELECT fate FROM call") == ["('answered',)"]


def test_a_failing_reader_stops_alone_at_the_very_event_and_goes_on_after_the_fix(
    city: int, tmp_path: Path, logged: list[EventDict]
) -> None:
    told = lines(capture("answered", organisation=city))
    spooled(tmp_path, told)
    while move(tmp_path, NODE):
        pass
    broken, seen = [True], []

    def fails_at_six(session: Session, batch: Sequence[Recorded]) -> None:
        seen.extend(recorded.seq for recorded in batch)
        if broken[0] and any(recorded.seq == 6 for recorded in batch):
            raise ZeroDivisionError("the sixth")

    news = News()
    failing, sound = ReaderThread(Reader("failing", fails_at_six), NODE, news), ReaderThread(LEDGER, NODE, news)
    for thread in (failing, sound):
        thread.start()
    wait_for("the sound reader to be through", lambda: f"('ledger', {len(told)}, True)" in places())
    wait_for("the failing one to stand before the sixth", lambda: "('failing', 5, False)" in places(), seconds=20)
    assert "ZeroDivisionError: the sixth" in table("SELECT error FROM reader_place WHERE reader = 'failing'")[0]
    broken[0] = False
    wait_for("it to go on", lambda: f"('failing', {len(told)}, True)" in places(), seconds=20)
    for thread in (failing, sound):
        thread.stop()
        thread.join(5)
    assert seen[-1] == len(told)
    again = [line for line in logged if line["event"] == "reader_runs_again"]
    assert [(line["reader"], line["stood"] > 0) for line in again] == [("failing", True)]
    assert table("SELECT recovered_at IS NOT NULL FROM reader_place ORDER BY reader") == ["(True,)", "(False,)"]


def test_a_place_that_somebody_sets_back_is_noticed_though_nothing_happens(city: int, tmp_path: Path) -> None:
    told = lines(capture("answered", organisation=city))
    spool = Spool(tmp_path)
    spool.start()
    spool.append(told)
    news, seen = News(), []

    def count(session: Session, batch: Sequence[Recorded]) -> None:
        seen.extend(recorded.seq for recorded in batch)

    often = {"look_every": timedelta(seconds=0.05), "trusted": timedelta(seconds=0.1)}
    threads = [WriterThread(tmp_path, NODE, news), ReaderThread(Reader("rebuilt", count), NODE, news, **often)]
    for thread in threads:
        thread.start()
    wait_for("everything to be read", lambda: seen == list(range(1, len(told) + 1)))
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(ReaderPlace).values(seq=0))
    wait_for("everything to be read again", lambda: len(seen) == 2 * len(told))
    for thread in threads:
        thread.stop()
        thread.join(5)
    spool.close()


def test_a_statement_cancelled_is_the_readers_own_failure(city: int, tmp_path: Path) -> None:
    spooled(tmp_path, lines(capture("answered", organisation=city)))
    while move(tmp_path, NODE):
        pass
    sizes: list[int] = []

    def slow_in_crowds(session: Session, batch: Sequence[Recorded]) -> None:
        sizes.append(len(batch))
        if len(batch) > 1:
            session.execute(text("SET LOCAL statement_timeout = 10"))
            session.execute(text("SELECT pg_sleep(5)"))

    thread = ReaderThread(Reader("slow", slow_in_crowds), NODE, News())
    thread.start()
    wait_for("the failure to be noted", lambda: "('slow', 0, False)" in places())
    assert "QueryCanceled" in table("SELECT error FROM reader_place WHERE reader = 'slow'")[0]
    wait_for("it to take the events one by one", lambda: 1 in sizes)
    thread.stop()
    thread.join(10)


@pytest.mark.parametrize(
    ("state", "away"), [("57P01", True), ("08006", True), (None, True), ("57014", False), ("40P01", False)]
)
def test_only_a_lost_server_is_waited_for(state: str | None, away: bool) -> None:
    class Said(psycopg.OperationalError):
        sqlstate = state

    assert is_away(OperationalError("SELECT", None, Said())) is away


def test_an_event_is_with_the_readers_at_once(city: int, tmp_path: Path) -> None:
    told = lines(capture("answered", organisation=city))
    spool = Spool(tmp_path)
    spool.start()
    news, arrived = News(), []

    def notes(session: Session, batch: Sequence[Recorded]) -> None:
        arrived.extend(time.perf_counter() for _ in batch)

    threads = [WriterThread(tmp_path, NODE, news), ReaderThread(Reader("notes", notes), NODE, news)]
    for thread in threads:
        thread.start()
    delays = []
    for number, line in enumerate(told, 1):
        sent = time.perf_counter()
        spool.append([line])
        threads[0].wake()  # type: ignore[attr-defined]
        wait_for("the event", lambda number=number: len(arrived) >= number)
        delays.append(arrived[number - 1] - sent)
    assert sorted(delays)[len(delays) // 2] < 0.25, delays  # some milliseconds on an idle machine
    for thread in threads:
        thread.stop()  # type: ignore[attr-defined]
        thread.join(5)
    spool.close()


def test_a_capture_is_replayed_faster_than_150_000_calls_an_hour(city: int, tmp_path: Path) -> None:
    names = ("answered", "attended_transfer", "no_answer_then_answered", "abandoned_in_queue")
    streams = [list(multiplied(capture(name, organisation=city), 60)) for name in names]
    done = replay(streams, NODE, tmp_path)
    assert done.calls == 240
    assert table("SELECT count(*) FROM call WHERE fate IS NOT NULL") == ["(240,)"]
    # In CPU time, for a test machine may be busy; `make bench` measures by the clock.
    assert done.calls / done.worked * 3600 > 150_000, str(done)
