"""What a run of calls costs: CPU and memory of every part while it lasts, calls at once, the machine beside it."""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench import processor


@dataclass
class Run:
    """What one run was like."""

    succeeded: int = 0
    failed: int = 0
    cpu: dict[str, float] = field(default_factory=dict)  # seconds, by part
    busy: float = 0  # share of all processors' time until the last call was over, the far ends included
    peak: dict[str, int] = field(default_factory=dict)  # bytes, by part
    after: dict[str, int] = field(default_factory=dict)
    most_calls: int = 0  # at once, looked at every five seconds

    @property
    def seconds(self) -> float:
        """CPU of all parts."""
        return sum(self.cpu.values())


@dataclass(frozen=True)
class Watched:
    """What is looked at while the calls go on: processes by part, and Asterisk's console."""

    pids: Callable[[], dict[str, int]]
    says: Callable[[str], str]

    def calls(self) -> int:
        """Callers and agents connected to Asterisk now, counted as calls."""
        found = re.search(r"(\d+) active calls?", self.says("core show channels count"))
        return int(found.group(1)) if found else 0


def watch(
    watched: Watched, is_over: Callable[[], bool], *, longest: float, settled: Callable[[], None] = lambda: None
) -> Run:
    """CPU from the first call until everything is settled, memory at its peak and after."""
    before, at_first = processor.spent(watched.pids()), processor.machine()
    run = Run()
    over = threading.Event()

    def look() -> None:
        while not over.wait(5):
            run.most_calls = max(run.most_calls, watched.calls())
            for name, now in processor.spent(watched.pids()).items():
                run.peak[name] = max(run.peak.get(name, 0), now.resident)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    began = time.monotonic()
    while not is_over() and time.monotonic() - began < longest:
        time.sleep(1)
    run.busy = _share_busy(at_first, processor.machine())
    settled()
    over.set()
    watcher.join()
    spent = processor.spent(watched.pids())
    run.cpu = {name: now.seconds - before[name].seconds for name, now in spent.items()}
    run.after = {name: now.resident for name, now in spent.items()}
    return run


def _share_busy(first: tuple[float, float], last: tuple[float, float]) -> float:
    return 1 - (last[1] - first[1]) / (last[0] - first[0])
