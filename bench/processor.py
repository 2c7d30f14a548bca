"""CPU time and memory of processes with all their descendants, from /proc."""

import os
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Spent:
    """Since the process began."""

    seconds: float  # of CPU, its ended children included
    resident: int  # bytes now, shared pages counted once per process (PSS)


def spent(pids: dict[str, int]) -> dict[str, Spent]:
    """What each named process and its descendants have used."""
    children, seconds = _everybody()
    found = {}
    for name, root in pids.items():
        family = _family(root, children)
        found[name] = Spent(
            seconds=sum(seconds.get(pid, 0) for pid in family),
            resident=sum(_proportional(pid) for pid in family),
        )
    return found


def machine() -> tuple[float, float]:
    """Seconds of all processors since the machine began, and how many of them they had nothing to do (proc_stat(5))."""
    fields = [int(value) / _TICKS for value in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return sum(fields), fields[3] + fields[4]


def hurry(root: int, called: str) -> None:
    """Lets descendants whose name begins so go before all others: they stand for a machine of their own."""
    for pid in _family(root, _everybody()[0]):
        place = Path(f"/proc/{pid}")
        with suppress(FileNotFoundError, ProcessLookupError):
            if (place / "comm").read_text().startswith(called):
                with suppress(FileNotFoundError):  # a kernel without autogroups
                    (place / "autogroup").write_text("-15")
                for thread in (place / "task").iterdir():
                    os.setpriority(os.PRIO_PROCESS, int(thread.name), -15)


def _everybody() -> tuple[dict[int, list[int]], dict[int, float]]:
    """The children of each process, and the CPU seconds of each."""
    children: dict[int, list[int]] = defaultdict(list)
    seconds: dict[int, float] = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        pid = int(place.name)
        children[int(fields[1])].append(pid)
        seconds[pid] = sum(int(value) for value in fields[11:15]) / _TICKS  # utime, stime, cutime, cstime
    return children, seconds


def _family(root: int, children: dict[int, list[int]]) -> list[int]:
    family, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        family.append(pid)
        waiting += children[pid]
    return family


def _proportional(pid: int) -> int:
    """PSS of one process; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
