"""CPU time and memory of processes with all their descendants, from /proc."""

import os
from collections import defaultdict
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
    found = {}
    for name, root in pids.items():
        family, waiting = [], [root]
        while waiting:
            pid = waiting.pop()
            family.append(pid)
            waiting += children[pid]
        found[name] = Spent(sum(seconds.get(pid, 0) for pid in family), sum(_proportional(pid) for pid in family))
    return found


def _proportional(pid: int) -> int:
    """PSS of one process; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
