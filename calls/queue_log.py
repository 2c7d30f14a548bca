"""Asterisk's own queue_log: what the listener missed, and what the ledger must agree with.

A line is `time|channel|queue|member|event|data...`, the time in whole seconds; what happened to the same call in the
same second stands in its true order. The dialplan adds two lines of its own to each call, so that the file knows calls
that never saw a queue: `ARRIVED|call|organisation|caller|dialled|language|source` and `GONE|cause`. An agent's call to
a citizen begins with `PLACED`, the same with the agent behind it, and has `REACHED|call|segment` as soon as
they talk and are recorded; the agent is its member.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from calls.events import AgentJoinedTalk, RecordingStarted
from calls.model import Interface, QueueName, queue_of
from calls.signals import (
    ChannelGone,
    ChannelId,
    HangupAsked,
    MemberConnected,
    MemberDidNotAnswer,
    QueueGivenUp,
    QueueJoined,
    Said,
    Signal,
    TalkEnded,
)
from calls.spool import Mark
from calls.translate import arrival, call_id


@dataclass(frozen=True, slots=True)
class Entry:
    """One line."""

    at: datetime
    channel: ChannelId
    queue: QueueName
    member: str
    event: str
    data: tuple[str, ...]

    def number(self, place: int) -> int:
        """The number at this place of the data; 0 if there is none."""
        return int(self.data[place]) if place < len(self.data) and self.data[place].isdecimal() else 0


def parse(line: str) -> Entry | None:
    """The entry of a line; None for what is none."""
    parts = line.rstrip("\n").split("|")
    if len(parts) < 5 or not parts[0].isdecimal():
        return None
    at = datetime.fromtimestamp(int(parts[0]), UTC)
    return Entry(at, ChannelId(parts[1]), queue_of(parts[2]), parts[3], parts[4], tuple(parts[5:]))


def mark_at_end(path: Path) -> Mark:
    """Where the file ends now."""
    try:
        status = path.stat()
    except OSError:
        return Mark()
    return Mark(status.st_ino, status.st_size)


def entries_after(path: Path, mark: Mark) -> Iterator[Entry]:
    """Whole lines behind the mark, also when the file was rotated since. No mark: the whole file."""
    now = mark_at_end(path)
    if mark.file not in (0, now.file):
        rotated = next((old for old in path.parent.glob(path.name + "?*") if _inode(old) == mark.file), None)
        if rotated is not None:
            yield from _entries(rotated, mark.offset)
    begins = mark.offset if mark.file == now.file and mark.offset <= now.offset else 0
    if now.file:
        yield from _entries(path, begins)


def _inode(path: Path) -> int:
    try:
        return os.stat(path).st_ino
    except OSError:
        return 0


def _entries(path: Path, offset: int) -> Iterator[Entry]:
    with path.open("rb") as file:
        file.seek(offset)
        for line in file:
            if line.endswith(b"\n") and (entry := parse(line.decode("utf-8", "replace"))) is not None:
                yield entry


def entries_between(path: Path, since: datetime, until: datetime) -> Iterator[Entry]:
    """The entries of a period, from the file and its rotated predecessors."""
    for file in sorted(path.parent.glob(path.name + "*"), key=lambda file: file.stat().st_mtime):
        if datetime.fromtimestamp(file.stat().st_mtime, UTC) >= since - timedelta(seconds=1):
            yield from (entry for entry in _entries(file, 0) if since <= entry.at < until)


def signals(entry: Entry) -> list[Signal]:
    """What the entry means; the same signals as over AMI."""
    reader = _READERS.get(entry.event)
    return reader(entry) if reader is not None else []


def _arrived(entry: Entry) -> list[Signal]:
    call = call_id(entry.data[0]) if entry.data else None
    if call is None or len(entry.data) < 6:
        return []
    try:
        event = arrival(
            call,
            at=entry.at,
            channel=entry.channel,
            organisation=entry.data[1],
            caller=entry.data[2],
            dialled=entry.data[3],
            language=entry.data[4],
            source=entry.data[5],
            agent=entry.data[6] if entry.event == "PLACED" and len(entry.data) > 6 else "",
        )
    except ValueError:
        return []
    return [Said(at=entry.at, channel=entry.channel, event=event)]


def _reached(entry: Entry) -> list[Signal]:
    call = call_id(entry.data[0]) if entry.data else None
    if call is None:
        return []
    agent = Interface(entry.member)
    recorded = RecordingStarted(call=call, at=entry.at, segment=entry.number(1), agent=agent)
    joined = AgentJoinedTalk(call=call, at=entry.at, agent=agent)
    return [Said(at=entry.at, channel=entry.channel, event=event) for event in (recorded, joined)]


def _gone(entry: Entry) -> list[Signal]:
    return [ChannelGone(at=entry.at, channel=entry.channel, cause=entry.number(0))]


def _joined(entry: Entry) -> list[Signal]:
    return [QueueJoined(at=entry.at, channel=entry.channel, queue=entry.queue, position=entry.number(2))]


def _abandoned(entry: Entry) -> list[Signal]:
    waited = timedelta(seconds=entry.number(2))
    return [
        HangupAsked(at=entry.at, channel=entry.channel),
        QueueGivenUp(at=entry.at, channel=entry.channel, queue=entry.queue, waited=waited),
    ]


def _left(entry: Entry) -> list[Signal]:
    return [QueueGivenUp(at=entry.at, channel=entry.channel, queue=entry.queue, waited=timedelta(0))]


def _connected(entry: Entry) -> list[Signal]:
    return [
        MemberConnected(
            at=entry.at,
            channel=entry.channel,
            queue=entry.queue,
            agent=Interface(entry.member),
            phone=None,
            waited=timedelta(seconds=entry.number(0)),
            rang=timedelta(seconds=entry.number(2)),
        )
    ]


def _rang(entry: Entry) -> list[Signal]:
    rang = timedelta(milliseconds=entry.number(0))
    agent = Interface(entry.member)
    return [MemberDidNotAnswer(at=entry.at, channel=entry.channel, queue=entry.queue, agent=agent, rang=rang)]


def _talk_ended(by: str) -> Callable[[Entry], list[Signal]]:
    return lambda entry: [TalkEnded(at=entry.at, channel=entry.channel, agent=Interface(entry.member), ended_by=by)]


def _caller_completed(entry: Entry) -> list[Signal]:
    return [HangupAsked(at=entry.at, channel=entry.channel), *_talk_ended("caller")(entry)]


_READERS: dict[str, Callable[[Entry], list[Signal]]] = {
    "ARRIVED": _arrived,
    "PLACED": _arrived,
    "REACHED": _reached,
    "GONE": _gone,
    "ENTERQUEUE": _joined,
    "ABANDON": _abandoned,
    "EXITWITHTIMEOUT": _left,
    "EXITWITHKEY": _left,
    "EXITEMPTY": _left,
    "CONNECT": _connected,
    "RINGNOANSWER": _rang,
    "COMPLETECALLER": _caller_completed,
    "COMPLETEAGENT": _talk_ended("agent"),
    "BLINDTRANSFER": _talk_ended("transfer"),
    "ATTENDEDTRANSFER": _talk_ended("transfer"),
}
