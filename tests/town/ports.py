"""A thousand ports for one town; runs side by side get different ones."""

import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers import TEMPORARY

BASES = (28000, 29000, 30000, 31000)  # below the ports that Linux gives to outgoing connections


@contextmanager
def thousand() -> Iterator[int]:
    """The first of a thousand ports that are ours as long as the block lasts."""
    for first in BASES:
        with (TEMPORARY / f"holos-town-{first}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            if not _is_used(first):
                yield first
                return
    raise RuntimeError("four towns are running already")


def _is_used(first: int) -> bool:
    """Whether somebody listens there all the same: a run in another root has other locks."""
    for port in range(first, first + 50):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
    return False
