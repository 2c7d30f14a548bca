"""Each process finds all it needs by its own imports: none may live on what another one happens to load."""

import subprocess
import sys
from functools import cache

import pytest

from run.host.release import SOURCE

PROCESSES = ("web", "agi", "listener", "worker", "scheduler", "notifier", "bot")
SPEAK_TELEGRAM = {"notifier", "bot"}
LOADS = """
import sys, sqlalchemy.orm, db, run.{name}
print("aiogram" in sys.modules)
sqlalchemy.orm.configure_mappers()
db.Base.metadata.sorted_tables
"""


@cache
def alone(name: str) -> subprocess.CompletedProcess[str]:
    """What became of a process that loads what this one loads, and nothing else."""
    command = [sys.executable, "-c", LOADS.format(name=name)]
    return subprocess.run(command, cwd=SOURCE, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_alone_knows_every_table_it_maps(name: str):
    ended = alone(name)
    assert ended.returncode == 0, ended.stderr[-2000:]


@pytest.mark.parametrize("name", sorted(set(PROCESSES) - SPEAK_TELEGRAM))
def test_who_does_not_speak_with_telegram_starts_without_its_models(name: str):
    """aiogram takes seconds to import and fifty megabytes, and a web that was killed should be back at once."""
    assert alone(name).stdout.split() == ["False"]


def test_the_list_is_whole():
    found = {path.stem for path in (SOURCE / "run").glob("*.py") if "def main(" in path.read_text("utf-8")}
    assert set(PROCESSES) <= found
