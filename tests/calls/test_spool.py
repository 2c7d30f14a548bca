"""The spool: what a listener that starts anew remembers, whatever happened to the disk."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from calls.observer import Observer
from calls.spool import Mark, Memory, Spool, SpoolTaken, fsync, remembered
from calls.state import begin, evolve
from tests.calls.streams import capture, lines

SMALL = 500  # bytes: a few events


def test_the_spool_remembers_open_calls_ended_ones_and_the_mark(tmp_path: Path) -> None:
    observer = Observer(strict=True)
    told = lines(capture("refused"), observer)
    spool = Spool(tmp_path, lambda: Memory(calls=dict(observer.calls), mark=Mark(1, 1)))
    spool.start()
    for cut in range(0, len(told), 4):
        spool.append(told[cut : cut + 4])
    spool.mark(Mark(7, 4711))
    spool.close()
    memory = remembered(tmp_path)
    assert (memory.calls, memory.mark, memory.last_at) == ({}, Mark(7, 4711), told[-1].event.at)
    assert memory.ended.keys() == set(observer.ended)


@pytest.mark.parametrize("name", ["attended_transfer", "agent_lost_and_requeued", "no_answer_then_answered"])
def test_at_every_event_the_spool_remembers_what_the_observer_knew(name: str, tmp_path: Path) -> None:
    told = lines(capture(name))
    for cut in range(1, len(told)):
        directory = tmp_path / str(cut)
        spool = Spool(directory)
        spool.start()
        spool.append(told[:cut])
        known = remembered(directory).calls
        spool.close()
        expected = begin(told[0].event)  # type: ignore[arg-type]
        for line in told[1:cut]:
            expected = evolve(expected, line.event)  # type: ignore[arg-type]
        assert known == {expected.id: expected}


def test_a_new_file_begins_with_what_is_known(tmp_path: Path) -> None:
    observer = Observer(strict=True)
    spool = Spool(tmp_path, lambda: Memory(calls=dict(observer.calls)), largest=SMALL)
    spool.start()
    for line in lines(capture("asterisk_killed"), observer):
        spool.append([line])
    spool.close()
    assert len(list(tmp_path.glob("*.jsonl"))) > 3
    assert remembered(tmp_path).calls == observer.calls


def test_a_new_file_does_not_wait_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever hears Asterisk goes on; the old file outlives a power cut, and before the new one does."""
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.readlink(f"/proc/self/fd/{descriptor}")))
    told = lines(capture("answered"))
    spool = Spool(tmp_path, largest=SMALL)
    spool.start()
    for line in told:
        spool.append([line])
    names = [str(path) for path in sorted(tmp_path.glob("*.jsonl"))]
    assert len(names) > 3
    assert synced == []
    fsync(spool.unsynced())
    assert synced == names
    assert opened(tmp_path) == names[-1:], "the others are closed"
    assert spool.unsynced() == []
    spool.close()


def opened(directory: Path) -> list[str]:
    """The spool's files that this process has open."""
    descriptors = [os.path.realpath(entry) for entry in Path("/proc/self/fd").iterdir()]
    return [name for name in descriptors if name.startswith(str(directory)) and name.endswith(".jsonl")]


def test_two_listeners_do_not_write_one_spool(tmp_path: Path) -> None:
    first = Spool(tmp_path)
    with pytest.raises(SpoolTaken):
        Spool(tmp_path)
    first.close()
    Spool(tmp_path).close()


@contextmanager
def at_most(limit: int, value: int) -> Iterator[None]:
    """The system lets this process have no more of something: it refuses as on a full disk."""
    before, hard = resource.getrlimit(limit)
    resource.setrlimit(limit, (value, hard))
    try:
        yield
    finally:
        resource.setrlimit(limit, (before, hard))


def test_a_full_disk_loses_nothing_while_the_process_lives(tmp_path: Path) -> None:
    told = lines(capture("answered"))
    spool = Spool(tmp_path)
    spool.start()
    [file] = tmp_path.glob("*.jsonl")
    with at_most(resource.RLIMIT_FSIZE, file.stat().st_size), capture_logs() as log:
        spool.append(told[:4])
        spool.retry()
    assert spool.failing
    assert [line["event"] for line in log] == ["spool_failed"], "told once"
    spool.append(told[4:])
    assert not spool.failing
    spool.close()
    assert remembered(tmp_path).last_at == told[-1].event.at


def test_a_line_cut_in_two_never_stands_in_two_files(tmp_path: Path) -> None:
    told = lines(capture("answered"))
    spool = Spool(tmp_path, largest=SMALL)
    spool.start()
    [first] = tmp_path.glob("*.jsonl")
    with at_most(resource.RLIMIT_FSIZE, first.stat().st_size + 900), capture_logs():  # what it says needs a file, too
        spool.append(told[:8])
    assert spool.failing
    assert not first.read_bytes().endswith(b"\n")
    spool.append(told[8:])
    spool.close()
    assert [len(path.read_bytes().splitlines()) for path in sorted(tmp_path.glob("*.jsonl"))] == [1 + len(told), 1]


def test_while_there_is_no_room_for_a_new_file_the_old_one_serves(tmp_path: Path) -> None:
    told = lines(capture("answered"))
    spool = Spool(tmp_path, largest=SMALL)
    spool.start()
    free = os.dup(0)  # the lowest descriptor that nobody has, which a new file would get
    os.close(free)
    with at_most(resource.RLIMIT_NOFILE, free):
        for line in told:
            spool.append([line])
    spool.close()
    [only] = tmp_path.glob("*.jsonl")
    assert len(only.read_bytes().splitlines()) == 1 + len(told)


def test_a_damaged_line_and_a_torn_beginning_are_passed_over(tmp_path: Path) -> None:
    told = lines(capture("asterisk_killed"))
    spool = Spool(tmp_path)
    spool.start()
    spool.append(told)
    spool.close()
    known = remembered(tmp_path)
    [first] = tmp_path.glob("*.jsonl")
    first.write_bytes(first.read_bytes() + b"\0\0\0\n[]\n7\n{}\n" + b'{"at": "2026-11-')
    (tmp_path / "99991231T000000.000000.jsonl").write_bytes(b'{"open":[')
    assert known.calls
    assert remembered(tmp_path) == known
