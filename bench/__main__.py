"""make bench: `python -m bench [name...]`, without a name all but the soak; results are kept in docs/benchmarks.md.

`--calls`, `--robots`, `--talk` and `--minutes` make load and soak smaller, `--sessions`, `--appeals` and `--minutes`
the executors; such figures are shown and not kept.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterable

from bench.addresses import addresses
from bench.applicants import applicants
from bench.board import board
from bench.day import day
from bench.executors import Work, executors
from bench.figures import Measured, keep
from bench.form import form
from bench.journal import journal
from bench.keys import keys
from bench.load import Load, half, load
from bench.registry import registry
from bench.soak import soak
from bench.soaking import MINUTES, Soak
from bench.terms import terms
from bench.webs import webs
from run.host.steps import Refused, main

NAMES = (
    "load",
    "half",
    "keys",
    "journal",
    "board",
    "day",
    "terms",
    "addresses",
    "applicants",
    "form",
    "registry",
    "webs",
    "executors",
    "soak",
)


def _asked() -> argparse.Namespace:
    full, whole = Load(), Work()
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="|".join(NAMES))
    parser.add_argument("--calls", type=int, default=full.calls)
    parser.add_argument("--robots", type=int, default=full.robots)
    parser.add_argument("--talk", type=float, default=full.talk, help="seconds of each talk")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="of the soak, of the executors")
    parser.add_argument("--sessions", type=int, default=whole.sessions, help="of executors")
    parser.add_argument("--appeals", type=int, default=whole.appeals, help="in the executors' registry")
    return parser.parse_args()


def _main() -> int:
    given = _asked()
    if os.geteuid() != 0:
        raise Refused("make bench needs root: SIPp sends sound through a raw socket. Use: sudo make bench")
    size = Load(given.calls, given.robots, given.talk)
    work = Work(given.sessions, given.minutes, given.appeals)
    calls_whole = size == Load() and given.minutes == MINUTES
    whole = {"load": calls_whole, "half": calls_whole, "soak": calls_whole, "executors": work == Work()}
    benchmarks: dict[str, Callable[[], Iterable[Measured]]] = {
        "load": lambda: load(size),
        "half": lambda: half(size),
        "keys": keys,
        "journal": journal,
        "board": board,
        "day": day,
        "terms": terms,
        "addresses": addresses,
        "applicants": applicants,
        "form": form,
        "registry": registry,
        "webs": webs,
        "executors": lambda: executors(work),
        "soak": lambda: soak(Soak(size, given.minutes)),
    }
    found: list[Measured] = []
    for name in given.names or [each for each in benchmarks if each != "soak"]:
        print(f"{name}: runs", file=sys.stderr, flush=True)
        for measured in benchmarks[name]():
            print(measured.text(), flush=True)
            if whole.get(name, True):
                keep(measured)
            found.append(measured)
    failed = [measured.title for measured in found if not measured.met]
    print("All goals are met." if not failed else f"Goals not met: {'; '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    main(_main)
