"""A city whose calls the captures are, and the ledger as bytes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text
from structlog.testing import capture_logs
from structlog.typing import EventDict

from calls import reader as ledger
from calls.model import NodeName
from calls.observer import Line
from calls.readers import Reader, read_on
from calls.spool import Spool
from calls.writer import move
from db import EVERY_ORGANISATION, transaction
from run import logs
from run.replay import Replayed, replay
from tests.calls.streams import capture
from tests.centre import Centre

NODE = NodeName("node1")
LEDGER = Reader(ledger.NAME, ledger.read)


@pytest.fixture
def city(centre: Centre) -> int:
    """The organisation of the captures' calls."""
    return centre.organisations["khm"].id


@pytest.fixture
def replayed(city: int, tmp_path: Path) -> Callable[..., Replayed]:
    """Replays captures by name, or chunks of bytes, into the database."""

    def go(*captures: str, size: int = 0, node: NodeName = NODE) -> Replayed:
        streams = []
        for name in captures:
            data = capture(name, organisation=city)
            step = size or len(data)
            streams.append([data[start : start + step] for start in range(0, len(data), step)])
        return replay(streams, node, tmp_path / "replayed", strict=True)

    return go


@pytest.fixture
def logged() -> Iterator[list[EventDict]]:
    """Every line that an installation would have in its logs."""
    before = structlog.get_config()
    logs.configure()
    with capture_logs() as lines:
        yield lines
    structlog.configure(**before)


def spooled(directory: Path, lines: list[Line]) -> None:
    """The lines in a spool of their own file."""
    spool = Spool(directory)
    spool.start()
    spool.append(lines)
    spool.close()


def settle(directory: Path, node: NodeName = NODE) -> None:
    """Everything of the spool in the journal, everything of the journal in the ledger."""
    while move(directory, node):
        pass
    while read_on(LEDGER, node):
        pass


def table(query: str) -> list[str]:
    """Rows as text."""
    with transaction(EVERY_ORGANISATION) as session:
        return [str(tuple(row)) for row in session.execute(text(query))]


def whole_ledger() -> bytes:
    """Calls, legs and visits, in one order."""
    queries = (
        "SELECT * FROM call ORDER BY id",
        "SELECT * FROM call_leg ORDER BY call, number",
        "SELECT * FROM call_visit ORDER BY call, number",
    )
    return "\n".join(line for query in queries for line in table(query)).encode()
