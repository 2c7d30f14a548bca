"""What the tools say about the whole source: nothing."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from run.host import release
from run.host.release import SOURCE
from run.settings import Settings
from tests.rules.sources import PACKAGES
from tests.servers import TEMPORARY, one_at_a_time

BIN = Path(sys.executable).parent
KNOWN = TEMPORARY / "holos-tests-types"  # what mypy found, by what stood in the sources: kept between runs
TOOLS = {
    "ruff check": [str(BIN / "ruff"), "check", "--no-cache"],
    "ruff format": [str(BIN / "ruff"), "format", "--check", "--no-cache"],
    "mypy": [str(BIN / "mypy"), f"--cache-dir={KNOWN}"],
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("tool", TOOLS)
def test_the_tool_finds_nothing(tool: str):
    with one_at_a_time(f"tool-{Path(TOOLS[tool][0]).name}"):
        done = subprocess.run(TOOLS[tool], cwd=SOURCE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-8000:]


def test_the_types_of_the_front_end_hold(settings: Settings):
    release.link_node_modules(settings)
    release.npm(SOURCE, "run", "--silent", "check")  # Refused, with the compiler's words, where they do not


def test_types_and_layers_are_looked_at_in_every_package():
    settings = tomllib.loads((SOURCE / "pyproject.toml").read_text("utf-8"))["tool"]
    assert set(settings["mypy"]["packages"]) == set(PACKAGES)
    assert set(settings["importlinter"]["root_packages"]) == set(PACKAGES)
