"""A machine that cannot take an installation is told so in a sentence, before anything is changed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from run.host.release import SOURCE
from run.host.services import SERVICES
from run.up import ready_words

FILES = ("run/bootstrap.sh", "run/packages.txt", "run/packages-test.txt", "requirements.lock")


@pytest.fixture
def clone() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="holos-tests-") as place:
        os.chmod(place, 0o755)
        (Path(place) / "run").mkdir()
        for name in FILES:
            shutil.copy(SOURCE / name, Path(place) / name)
        yield Path(place)


def _bootstrap(
    clone: Path, *arguments: str, user: str = "nobody", **environment: str
) -> subprocess.CompletedProcess[str]:
    command = [
        shutil.which("setpriv") or "setpriv",
        f"--reuid={user}",
        "--clear-groups",
        "--",
        "/bin/sh",
        str(clone / "run/bootstrap.sh"),
    ]
    wanted = {"PATH": os.environ["PATH"], "HOLOS_DATA": str(clone / "data"), **environment}
    return subprocess.run([*command, *arguments], env=wanted, capture_output=True, text=True, check=False, timeout=60)


def test_without_root_it_says_what_root_is_for(clone: Path) -> None:
    done = _bootstrap(clone)
    assert done.returncode == 1
    assert "it needs root (you are nobody)" in done.stderr
    assert "sudo make run" in done.stderr


def test_without_debian_it_names_debian_and_containers(clone: Path) -> None:
    tools = clone / "bin"
    tools.mkdir()
    for name in ("uname", "dirname", "sed", "id"):
        (tools / name).symlink_to(shutil.which(name) or name)
    done = _bootstrap(clone, user="root", PATH=str(tools))
    assert done.returncode == 1
    assert "Debian 12" in done.stderr
    assert "compose.yaml" in done.stderr


def test_stopping_installs_nothing(clone: Path) -> None:
    done = _bootstrap(clone, "found", user="root", HOLOS_SOFTWARE=str(clone / "software"))
    assert done.returncode == 1
    assert "make run" in done.stderr
    assert not (clone / "software").exists()


def test_the_environment_found_is_that_of_the_lock_file(clone: Path) -> None:
    for name in ("python-older", "python-newer"):
        (clone / "software" / name / "bin").mkdir(parents=True)
        (clone / "software" / name / "complete").touch()
    os.utime(clone / "software/python-older/complete", (1, 1))
    done = _bootstrap(clone, "found", user="root", HOLOS_SOFTWARE=str(clone / "software"))
    assert done.stdout.strip() == f"{clone}/software/python-newer/bin/python"


def test_the_time_of_make_run_counts_from_its_beginning(tmp_path: Path) -> None:
    """What passes before there is Python belongs to it as well."""
    shutil.copy(SOURCE / "Makefile", tmp_path / "Makefile")
    (tmp_path / "run").mkdir()
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nwhile [ "$1" != --began ]; do shift; done; echo "began $2 now $(date +%s.%N)"\n')
    bootstrap = tmp_path / "run/bootstrap.sh"
    bootstrap.write_text(f"#!/bin/sh\nsleep 1\necho {python}\n")
    for each in (python, bootstrap):
        each.chmod(0o755)
    done = subprocess.run(["make", "-s", "run"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    _, began, _, now = done.stdout.split()
    assert 1 <= float(now) - float(began) < 30
    assert ready_words(float(began), float(began) + 61.4, [SERVICES[0]]) == f"Ready after 61 s: {SERVICES[0].name}."
