"""Waiting for evidence, with a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

Evidence = TypeVar("Evidence")


def wait_for(what: str, evidence: Callable[[], Evidence], *, seconds: float = 20, every: float = 0.05) -> Evidence:
    """The first truthy answer of `evidence`. AssertionError naming `what` when the deadline passes."""
    deadline = time.monotonic() + seconds
    while True:
        found = evidence()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain for {what}; last seen: {found!r}")
        time.sleep(every)
