"""A thousand ports for one town; runs side by side get different ones."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BASES = (28000, 29000, 30000, 31000)  # below the ports that Linux gives to outgoing connections


@contextmanager
def thousand() -> Iterator[int]:
    """The first of a thousand ports that are ours as long as the block lasts."""
    for first in BASES:
        with Path(f"/tmp/holos-town-{first}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield first
            return
    raise RuntimeError("four towns are running already")
