"""No process stands still for long while its garbage is looked for."""

import subprocess
import sys
from pathlib import Path

import pytest

import run

PROCESSES = sorted(path for path in Path(run.__path__[0]).glob("*.py") if "logs.configure(" in path.read_text())
LOOKED_AT = """
import gc
import run.web
from run import garbage
before = len(gc.get_objects())
garbage.spare()
print(before, len(gc.get_objects()))
"""


@pytest.mark.parametrize("process", PROCESSES, ids=lambda path: path.stem)
def test_every_process_spares_what_it_began_with(process: Path) -> None:
    assert "garbage.spare()" in process.read_text()


def test_a_collection_of_the_web_process_looks_at_little() -> None:
    said = subprocess.run([sys.executable, "-c", LOOKED_AT], capture_output=True, text=True, timeout=120, check=True)
    before, after = map(int, said.stdout.split())
    assert before > 100_000
    assert after < 1_000
