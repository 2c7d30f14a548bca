"""One line for each step of an installation: what, what was done, how long."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

WAS_THERE = "was there"


class Refused(RuntimeError):
    """The machine or a setting does not allow it; the message says what to do."""


class Outcome:
    """What a step reports at its end; unless told otherwise it did its work."""

    text = "done"


@contextmanager
def step(what: str) -> Iterator[Outcome]:
    """Shows a line: the step at its beginning, the outcome and the time at its end."""
    began = time.monotonic()
    print(f"{what:<62}", end="", flush=True)
    outcome = Outcome()
    try:
        yield outcome
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{outcome.text} ({time.monotonic() - began:.1f} s)", flush=True)


def changed(outcome: Outcome, was_changed: bool) -> None:
    """Says whether the step found its work done already."""
    outcome.text = "done" if was_changed else WAS_THERE


def main(deed: Callable[[], int]) -> None:
    """Runs a command: a refusal is a sentence on stderr, never a traceback."""
    try:
        sys.exit(deed())
    except Refused as refused:
        print(f"\nHolos: {refused}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nInterrupted; the next make run goes on from here.", file=sys.stderr)
        sys.exit(130)
