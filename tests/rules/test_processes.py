"""Each process finds all it needs by its own imports: none may live on what another one happens to load."""

import subprocess
import sys

import pytest

from run.host.release import SOURCE

PROCESSES = ("web", "agi", "listener", "worker", "scheduler", "notifier", "bot")
SPEAK_TELEGRAM = {"notifier", "bot"}
LOADS = """
import sqlalchemy.orm, db, run.{name}
sqlalchemy.orm.configure_mappers()
db.Base.metadata.sorted_tables
"""


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_alone_knows_every_table_it_maps(name: str):
    command = [sys.executable, "-c", LOADS.format(name=name)]
    ended = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr[-2000:]


@pytest.mark.parametrize("name", sorted(set(PROCESSES) - SPEAK_TELEGRAM))
def test_who_does_not_speak_with_telegram_starts_without_its_models(name: str):
    """aiogram takes seconds to import and fifty megabytes, and a web that was killed should be back at once."""
    command = [sys.executable, "-c", f"import sys, run.{name}; sys.exit('aiogram' in sys.modules)"]
    assert subprocess.run(command, cwd=SOURCE, timeout=60, check=False).returncode == 0


def test_the_list_is_whole():
    found = {path.stem for path in (SOURCE / "run").glob("*.py") if "def main(" in path.read_text("utf-8")}
    assert set(PROCESSES) <= found
