"""queue_log as a file: read on from a mark, also over a rotation."""

from pathlib import Path

from calls.queue_log import entries_after, mark_at_end, parse
from calls.spool import Mark
from tests.calls.gaps import BEGAN


def write(path: Path, *texts: str) -> None:
    with path.open("a") as file:
        file.write("".join(f"{BEGAN}|{text}|NONE|NONE|GONE|16\n" for text in texts))


def test_only_what_is_behind_the_mark_is_read_also_over_a_rotation(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    write(path, "a")
    mark = mark_at_end(path)
    write(path, "b")
    assert [entry.channel for entry in entries_after(path, mark)] == ["b"]
    path.rename(tmp_path / "queue_log.20261122")
    write(path, "c")
    assert [entry.channel for entry in entries_after(path, mark)] == ["b", "c"]
    with path.open("a") as file:
        file.write(f"{BEGAN}|d|NONE")  # Asterisk is writing
    assert [entry.channel for entry in entries_after(path, mark)] == ["b", "c"]


def test_a_file_that_is_not_there_has_nothing(tmp_path: Path) -> None:
    assert list(entries_after(tmp_path / "queue_log", Mark())) == []


def test_what_is_no_line_is_passed_over() -> None:
    assert [parse(text) for text in ("", "x|y", "1795285560|a|b|c", "\x00|1|2|3|4")] == [None] * 4
