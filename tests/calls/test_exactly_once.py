"""Each event counts exactly once, whatever fails between the spool and the ledger."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text, update
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

import db
from calls.readers import News, ReaderThread
from calls.spool import Spool
from calls.tables import ReaderPlace
from calls.writer import WriterThread, move
from db import EVERY_ORGANISATION, transaction
from run.listener import ThreadDied, believed_open, ended, watch
from tests.calls.conftest import LEDGER, NODE, settle, spooled, table
from tests.calls.streams import capture, lines
from tests.loop import play
from tests.town.waiting import wait_for


@contextmanager
def crashing_at_the_commit(owner: Engine) -> Iterator[None]:
    """Whoever writes into the journal loses PostgreSQL when everything is written and nothing committed."""
    ends = "CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS "
    ends += "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
    late = "CREATE CONSTRAINT TRIGGER crash AFTER INSERT ON journal DEFERRABLE INITIALLY DEFERRED "
    with owner.begin() as connection:
        connection.execute(text(ends))
        connection.execute(text(late + "FOR EACH ROW EXECUTE FUNCTION crash()"))
    try:
        yield
    finally:
        with owner.begin() as connection:
            connection.execute(text("DROP FUNCTION crash CASCADE"))


def test_a_crash_before_the_commit_moves_nothing(city: int, tmp_path: Path, owner: Engine) -> None:
    told = lines(capture("answered", organisation=city))
    spooled(tmp_path, told)
    with crashing_at_the_commit(owner), pytest.raises(OperationalError):
        move(tmp_path, NODE)
    assert table("SELECT * FROM journal") == []
    settle(tmp_path)
    settle(tmp_path)
    assert table("SELECT count(*), max(seq) FROM journal") == [f"({len(told)}, {len(told)})"]


def test_a_new_file_follows_the_old_one_and_the_old_one_goes(city: int, tmp_path: Path) -> None:
    told = lines(capture("answered", organisation=city))
    spooled(tmp_path, told[:5])
    move(tmp_path, NODE)
    [first] = tmp_path.glob("*.jsonl")
    first.write_bytes(first.read_bytes() + b'{"at": "2026-11-')  # a power cut in the middle of a line
    spooled(tmp_path, told[5:])
    settle(tmp_path)
    assert table("SELECT count(*) FROM journal") == [f"({len(told)},)"]
    assert not first.exists()
    assert len(list(tmp_path.glob("*.jsonl"))) == 1


def test_while_postgresql_is_away_the_spool_grows_and_then_catches_up_in_order(
    city: int, tmp_path: Path, database: Engine
) -> None:
    there = database.url.render_as_string(hide_password=False)
    told = lines(capture("no_answer_then_answered", organisation=city))
    spool = Spool(tmp_path)
    spool.start()
    news = News()
    thread = WriterThread(tmp_path, NODE, news)
    reader = ReaderThread(LEDGER, NODE, news)
    db.connect(database.url.set(port=1).render_as_string(hide_password=False))
    try:
        thread.start()
        reader.start()
        for line in told:
            spool.append([line])
            thread.wake()
        wait_for("the writer to notice", lambda: thread.away)
    finally:
        db.connect(there, pool_size=20)
    wait_for("the ledger to catch up", lambda: table("SELECT fate FROM call") == ["('answered',)"], seconds=40)
    kinds = [f"('{type(line.event).__name__}',)" for line in told]
    assert table("SELECT kind FROM journal ORDER BY seq") == kinds
    assert not thread.away
    for running in (thread, reader):
        running.stop()
        running.join(5)
    spool.close()


def test_of_two_listeners_with_one_nodes_name_one_writes(city: int, tmp_path: Path) -> None:
    """The other's events wait in its spool, and are told of until it is alone."""
    told = lines(capture("answered", organisation=city))
    first, second = (WriterThread(tmp_path / name, NODE, News()) for name in ("first", "second"))
    spooled(tmp_path / "first", told[:4])
    first.start()
    wait_for("the first to write", lambda: first.through)
    spooled(tmp_path / "second", told[4:])
    with capture_logs() as log:
        second.start()
        wait_for("the alarm", lambda: [it for it in log if it["event"] == "journal_written_by_another"])
    assert table("SELECT count(*) FROM journal") == ["(4,)"]
    first.stop()
    first.join(5)
    wait_for("the second to write", lambda: second.through)
    second.stop()
    second.join(5)
    assert table("SELECT count(*) FROM journal") == [f"({len(told)},)"]


def test_files_that_would_never_be_read_are_told_of_and_kept(city: int, tmp_path: Path) -> None:
    """The place is in a later file of a spool that is no more: this machine's clock was wrong."""
    told = lines(capture("answered", organisation=city))
    spooled(tmp_path / "gone", told[:4])
    settle(tmp_path / "gone")
    spooled(tmp_path / "here", told[4:7])
    [early] = (tmp_path / "here").glob("*.jsonl")
    early = early.rename(early.with_name("20010101T000000.000000.jsonl"))
    writer = WriterThread(tmp_path / "here", NODE, News())
    with capture_logs() as log:
        writer.start()
        wait_for("the alarm", lambda: [it for it in log if it["event"] == "spool_files_never_read"])
        early.with_name("99981231T000000.000000.jsonl").write_bytes(b'{"mark":{"file":1,"offset":1}}\n')
        writer.wake()
        wait_for("it to be put aside", early.with_name(early.name + ".unread").exists)
    writer.stop()
    writer.join(5)
    assert len([it for it in log if it["log_level"] == "error"]) == 1, "told once"


@pytest.mark.parametrize(
    "damaged",
    [b"\0\0\0\n", b"[]\n", b"{}\n", b'{"kind": "CallLost", "at": "yesterday"}\n', b'{"mark": 7}\n', None],
    ids=["zeros", "no object", "nothing", "no time", "no mark", "refused by PostgreSQL"],
)
def test_a_line_that_cannot_be_kept_is_set_aside_and_stops_nobody(
    city: int, tmp_path: Path, damaged: bytes | None
) -> None:
    told = lines(capture("answered", organisation=city))
    spooled(tmp_path, told)
    [file] = tmp_path.glob("*.jsonl")
    first, *rest = file.read_bytes().splitlines(keepends=True)
    bad = damaged or rest[3].replace(b'"body":{', b'"body":{"also":"\\u0000",')
    file.write_bytes(b"".join([first, *rest[:4], bad, *rest[4:]]))
    settle(tmp_path)
    kinds = [f"('{type(line.event).__name__}', {seq})" for seq, line in enumerate(told, 1)]
    assert table("SELECT kind, seq FROM journal ORDER BY seq") == kinds
    assert table("SELECT fate FROM call") == ["('answered',)"]
    [kept] = tmp_path.glob("*.unreadable")
    assert kept.read_bytes() == bad


def test_a_thread_that_died_ends_the_listener() -> None:
    alive, dead = (
        threading.Thread(target=threading.Event().wait, daemon=True),
        threading.Thread(target=int, name="dies"),
    )
    for thread in (alive, dead):
        thread.start()
    dead.join()
    with pytest.raises(ThreadDied, match="dies"):
        play(watch([alive, dead], every=timedelta(seconds=0.01)))


def test_a_task_that_failed_does_not_keep_the_others_from_ending(tmp_path: Path) -> None:
    """What is heard is on the disk, and whoever starts the listener again learns that it failed."""
    spool = Spool(tmp_path)
    spool.start()
    thread = WriterThread(tmp_path, NODE, News())
    thread.start()

    async def scene() -> None:
        async def fails() -> None:
            raise ThreadDied("some thread")

        tasks = [asyncio.create_task(task) for task in (fails(), asyncio.Event().wait())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        await ended(tasks, [thread], spool)

    with pytest.raises(ThreadDied):
        play(scene())
    assert not thread.is_alive()
    Spool(tmp_path).close()  # SpoolTaken if the first were not closed


def test_a_ledger_that_is_behind_believes_nothing(city: int, tmp_path: Path) -> None:
    told = lines(capture("asterisk_killed", organisation=city))
    spooled(tmp_path, told)
    settle(tmp_path)
    assert len(believed_open(NODE)) == 2
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(ReaderPlace).values(seq=len(told) - 1))
    assert believed_open(NODE) == []
