"""Ports that nobody uses: a thousand for one town, or some of a range; runs side by side get different towns'."""

import fcntl
import secrets
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


def free_ports(number: int, *, first: int, last: int, address: str = "127.0.0.1") -> list[int]:
    """Ports of a range that nobody listens on, for TCP and UDP.

    Each search begins somewhere else: processes side by side would find the same one free, and only one gets it.
    """
    found, begin = [], secrets.randbelow(last - first)
    for port in (*range(first + begin, last), *range(first, first + begin)):
        with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            try:
                tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                tcp.bind((address, port))
                udp.bind((address, port))
            except OSError:
                continue
        found.append(port)
        if len(found) == number:
            return found
    raise RuntimeError(f"no {number} free ports between {first} and {last}")
