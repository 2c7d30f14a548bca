"""Waiting for evidence, with a deadline; free ports."""

import socket
import time
from collections.abc import Callable
from typing import TypeVar

Evidence = TypeVar("Evidence")


def wait_for(what: str, evidence: Callable[[], Evidence], *, seconds: float = 10, every: float = 0.05) -> Evidence:
    """The first truthy answer of `evidence`. AssertionError naming `what` when the deadline passes."""
    deadline = time.monotonic() + seconds
    while True:
        found = evidence()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain for {what}; last seen: {found!r}")
        time.sleep(every)


def free_ports(number: int, *, first: int, last: int, address: str = "127.0.0.1") -> list[int]:
    """Ports of a range that nobody listens on, for TCP and UDP."""
    found = []
    for port in range(first, last):
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
