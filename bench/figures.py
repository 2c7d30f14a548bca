"""Percentiles, and the page that keeps what was measured."""

import math
import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
TITLE = "# Benchmarks\n"


@dataclass
class Measured:
    """One benchmark: its table and whether it met its goals. `name` is its section's anchor on the page."""

    name: str
    title: str
    columns: Sequence[str] = ("Holos", "bare Asterisk", "goal")
    rows: list[tuple[str, ...]] = field(default_factory=list)  # what, and a cell for each column
    remarks: list[str] = field(default_factory=list)
    met: bool = True

    def row(self, what: str, product: str, bare: str = "", goal: str = "", met: bool = True) -> None:
        """A line of the table; a goal not met is marked."""
        self.line(what, product, bare, goal, met=met)

    def line(self, *cells: str, met: bool = True) -> None:
        """The same for a table with columns of its own; the mark stands in the last one."""
        self.met = self.met and met
        self.rows.append((*cells[:-1], f"{cells[-1]}{'' if met else ' **not met**'}"))

    def text(self) -> str:
        """The section as Markdown."""
        lines = [f"## {self.title}", "", f"<!-- {self.name} -->", f"{_machine()}, {datetime.now(UTC):%d.%m.%Y}.", ""]
        lines += [f"| | {' | '.join(self.columns)} |", f"|---|{'---:|' * (len(self.columns) - 1)}---|"]
        lines += [f"| {' | '.join(row)} |" for row in self.rows]
        return "\n".join([*lines, "", *self.remarks, *([""] if self.remarks else [])])


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that is not exceeded by this share of all (nearest rank)."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("nothing was measured")
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def milliseconds(values: Sequence[float]) -> str:
    """Median and 99th percentile of seconds, as the tables say them."""
    return f"{percentile(values, 0.5) * 1000:.0f} / {percentile(values, 0.99) * 1000:.0f} ms"


def keep(measured: Measured) -> None:
    """Replaces the benchmark's section on the page, or adds it."""
    page = PAGE.read_text() if PAGE.exists() else TITLE
    sections = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    mark = f"<!-- {measured.name} -->"
    text = measured.text() + "\n"
    if any(mark in section for section in sections):
        sections = [text if mark in section else section for section in sections]
    else:
        sections = [*(section.rstrip() + "\n\n" for section in sections), text]
    PAGE.write_text("".join(sections))


def _machine() -> str:
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, Linux {platform.release().split('-')[0]}"
