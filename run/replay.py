"""python -m run.replay FILE...: captured AMI bytes through translate, journal and ledger into the database.

The same capture always gives the same ledger. The events go under a node name of their own, so that a capture never
mixes with the journal of a living Asterisk; the calls keep their ids, so replaying into the database they came from
rewrites them.
"""

import argparse
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import db
from ami import messages
from calls import reader as ledger
from calls.events import CallArrived, Event
from calls.model import NodeName
from calls.observer import Line, Observer
from calls.readers import Reader, read_on
from calls.signals import Signal
from calls.spool import Spool
from calls.translate import translate
from calls.writer import move
from run.settings import Settings

CHUNK = 65536


@dataclass(slots=True)
class Replayed:
    """What was done, and how fast."""

    messages: int = 0
    events: int = 0
    calls: int = 0
    understood: float = 0.0  # seconds from bytes to the spool
    written: float = 0.0  # seconds from the spool to the ledger
    worked: float = 0.0  # CPU seconds of this process, PostgreSQL's not counted

    def __str__(self) -> str:
        seconds = self.understood + self.written
        hourly = round(self.calls / seconds * 3600) if seconds else 0
        return (
            f"{self.messages} messages, {self.events} events, {self.calls} calls in {seconds:.2f} s "
            f"(to the spool {self.understood:.2f} s, to the ledger {self.written:.2f} s, "
            f"{self.worked:.2f} s of CPU): {hourly} calls an hour"
        )


def chunks(path: Path) -> Iterator[bytes]:
    """The file as the network gave it, more or less."""
    with path.open("rb") as file:
        while data := file.read(CHUNK):
            yield data


def lines(captures: Sequence[Iterable[bytes]], done: Replayed, *, strict: bool = False) -> Iterator[list[Line]]:
    """The story of the captures, message by message; each capture is one connection."""
    observer = Observer(strict=strict)
    for capture in captures:
        for message in messages(capture):
            done.messages += 1
            heard = translate(message)
            if isinstance(heard, Signal):
                if told := observer.hear(heard):
                    yield told
            elif isinstance(heard, Event):
                yield [Line(None, heard)]


def replay(captures: Sequence[Iterable[bytes]], node: NodeName, directory: Path, *, strict: bool = False) -> Replayed:
    """Everything from bytes to the ledger, through a spool in `directory`."""
    done = Replayed()
    spool = Spool(directory)
    try:
        spool.start()
        began, worked = time.perf_counter(), time.process_time()
        for told in lines(captures, done, strict=strict):
            done.events += len(told)
            done.calls += sum(isinstance(line.event, CallArrived) for line in told)
            spool.append(told)
        spool.sync()
    finally:
        spool.close()
    done.understood = time.perf_counter() - began
    while move(directory, node):
        pass
    while read_on(Reader(ledger.NAME, ledger.read), node):
        pass
    done.written = time.perf_counter() - began - done.understood
    done.worked = time.process_time() - worked
    return done


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m run.replay", description=__doc__)
    parser.add_argument("captures", nargs="+", type=Path, metavar="FILE", help="captures, in the order of their times")
    parser.add_argument("--node", default="replay", help="the node under whose name the events are kept")
    parser.add_argument("--database", help="another database than that of the settings: postgresql+psycopg://...")
    given = parser.parse_args()
    db.connect(given.database or Settings().database_url.get_secret_value(), statement_timeout="120s")
    with tempfile.TemporaryDirectory() as directory:
        print(replay([chunks(path) for path in given.captures], NodeName(given.node), Path(directory)))


if __name__ == "__main__":
    main()
