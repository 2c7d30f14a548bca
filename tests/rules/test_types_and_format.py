"""What the tools say about the whole source: nothing."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from run.release import SOURCE
from tests.rules.sources import PACKAGES

BIN = Path(sys.executable).parent
TOOLS = {
    "ruff check": [str(BIN / "ruff"), "check", "--no-cache"],
    "ruff format": [str(BIN / "ruff"), "format", "--check", "--no-cache"],
    "mypy": [str(BIN / "mypy")],
    "tsc": ["npm", "run", "--silent", "check"],
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("tool", TOOLS)
def test_the_tool_finds_nothing(tool: str):
    if tool == "tsc" and not (SOURCE / "node_modules").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=SOURCE, check=True)
    done = subprocess.run(TOOLS[tool], cwd=SOURCE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-8000:]


def test_types_and_layers_are_looked_at_in_every_package():
    settings = tomllib.loads((SOURCE / "pyproject.toml").read_text("utf-8"))["tool"]
    assert set(settings["mypy"]["packages"]) == set(PACKAGES)
    assert set(settings["importlinter"]["root_packages"]) == set(PACKAGES)
