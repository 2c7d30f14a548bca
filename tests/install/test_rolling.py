"""A deployment with two web processes: asked without a pause, they answer everything while both are replaced."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from run.host import release
from run.host.replacing import children
from run.settings import Settings
from run.version import VERSION
from tests.town.ports import free_ports
from tests.town.waiting import wait_for

PATIENCE = 120
CLIENTS = 4
BREATH = 0.02  # seconds: without it they keep the new processes from beginning


def published(data: Path, name: str) -> Path:
    """A release of today's code, to which the link leads."""
    place = data / "releases" / name
    release.copy(place)
    (place / release.BUILT).symlink_to(release.SOURCE / release.BUILT)
    link = data / "next"
    link.symlink_to(place)
    link.rename(data / "release")
    return place


@pytest.fixture
def web(settings: Settings, database: Engine, front_end: None, tmp_path: Path) -> Iterator[tuple[int, str, Path]]:
    """The web from a release, as the supervisor starts it: its number, its address, the data directory."""
    place = published(tmp_path, "first")
    (port,) = free_ports(1, first=27400, last=27900)
    url = f"http://127.0.0.1:{port}"
    told = {name: value for name, value in os.environ.items() if not name.startswith("HOLOS_")} | {
        "HOLOS_DATA": str(tmp_path),
        "HOLOS_WEB_PORT": str(port),
        "HOLOS_WEB_PROCESSES": "2",
        "HOLOS_DATABASE_URL": settings.database_url.get_secret_value(),
        "HOLOS_REDIS_URL": settings.redis_url.get_secret_value(),
        "HOLOS_S3_SECRET_KEY": settings.s3_secret_key.get_secret_value(),
        "PYTHONPATH": str(place),
    }
    process = subprocess.Popen([sys.executable, "-m", "run.web"], cwd=place, env=told)
    try:
        wait_for("both to serve", lambda: len(children(process.pid)) == 2 and answers(url), seconds=PATIENCE)
        yield process.pid, url, tmp_path
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(tmp_path / "releases")


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


class Citizens:
    """Ask on and on: some over one connection, some with a new one each time. Nothing is asked again."""

    def __init__(self, url: str) -> None:
        self.answers: Counter[str] = Counter()
        self.failures: list[str] = []
        self._url, self._over = url, threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(number % 2 == 0,)) for number in range(CLIENTS)]

    def __enter__(self) -> "Citizens":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, keeps: bool) -> None:
        with httpx.Client(base_url=self._url, timeout=30) as client:
            while not self._over.wait(BREATH):
                try:
                    answer = client.get("/healthz") if keeps else httpx.get(f"{self._url}/healthz", timeout=30)
                except httpx.HTTPError as error:
                    self.failures.append(f"{type(error).__name__}: {error}")
                    continue
                if answer.status_code != 200:
                    self.failures.append(str(answer.status_code))
                self.answers[answer.json()["release"]] += 1


def test_no_request_fails_while_both_processes_get_new_code(web: tuple[int, str, Path]) -> None:
    pid, url, data = web
    before = children(pid)
    with Citizens(url) as asking:
        wait_for("the first release to answer", lambda: asking.answers["first"] > 50, seconds=PATIENCE)
        place = published(data, "second")
        os.kill(pid, signal.SIGHUP)

        def both_are_new() -> bool:
            now = children(pid)
            return len(now) == 2 and not now.keys() & before.keys() and set(now.values()) == {place}

        wait_for("both to be replaced", both_are_new, seconds=2 * PATIENCE)
        seen = asking.answers["second"]
        wait_for("the second release alone", lambda: asking.answers["second"] > seen + 50, seconds=PATIENCE)
        first = asking.answers["first"]
        wait_for("some more", lambda: asking.answers["second"] > seen + 100, seconds=PATIENCE)
        assert asking.answers["first"] == first, "nobody is answered by the old code any more"
    assert asking.failures == []


def test_the_version_is_the_projects_own(web: tuple[int, str, Path]) -> None:
    told = httpx.get(f"{web[1]}/healthz").json()
    assert told == {"alive": True, "version": VERSION, "release": "first"}
    assert f'version = "{VERSION}"' in (release.SOURCE / "pyproject.toml").read_text()
