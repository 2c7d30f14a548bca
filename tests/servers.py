"""Real servers for a run of the tests, on ports nobody else uses."""

import fcntl
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from run.host.servers import Servers

FIRST, LAST, APART = 24000, 25900, 100
TEMPORARY = Path("/tmp")  # locks and clusters are the machine's, not a run's: never of $TMPDIR


@contextmanager
def free_ports() -> Iterator[int]:
    """The first of a hundred ports that are ours as long as the block lasts; parallel runs get others."""
    for first in range(FIRST, LAST, APART):
        with ExitStack() as held:
            lock = held.enter_context((TEMPORARY / f"holos-tests-{first}.lock").open("w"))
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            if all(_is_free(first + offset) for offset in range(12)):
                yield first
                return
    raise RuntimeError("no free ports for the tests' servers")


@contextmanager
def one_at_a_time(what: str) -> Iterator[None]:
    """Whoever does the same on this machine waits until the block is left."""
    with (TEMPORARY / f"holos-tests-{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def of_tests(first_port: int) -> Servers:
    """The servers of a test run. A database cluster outlives the run, which empties it; the store begins empty."""
    data = TEMPORARY / f"holos-tests-{first_port}"
    shutil.rmtree(data / "s3", ignore_errors=True)
    return Servers(data, postgres_port=first_port, redis_port=first_port + 1, s3_port=first_port + 2)
