"""A deployment with two web processes: asked without a pause, they answer everything while both are replaced."""

import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

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
BREATH = 0.05  # seconds: without it they keep the new processes from beginning
NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # each new client would read a list of them that nobody needs


def published(data: Path, name: str) -> Path:
    """A release of today's code, to which the link leads."""
    place = data / "releases" / name
    release.copy(place)
    for built in (release.BUILT, release.COMPILED):
        (place / built).symlink_to(release.SOURCE / built)
    link = data / "next"
    link.symlink_to(place)
    link.rename(data / "release")
    return place


@pytest.fixture(scope="module")
def web(
    settings: Settings, database: Engine, front_end: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[int, str, Path]]:
    """The web from a release, as the supervisor starts it: its number, its address, the data directory."""
    data = tmp_path_factory.mktemp("web")
    place = published(data, "first")
    (port,) = free_ports(1, first=27400, last=27900)
    url = f"http://127.0.0.1:{port}"
    told = {name: value for name, value in os.environ.items() if not name.startswith("HOLOS_")} | {
        "HOLOS_DATA": str(data),
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
        yield process.pid, url, data
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(data / "releases")


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", verify=NO_AUTHORITIES, timeout=5).status_code == 200
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

    def _by_a_new_connection(self) -> tuple[int, str]:
        with closing(HTTPConnection(urlsplit(self._url).netloc, timeout=30)) as connection:
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            return answer.status, json.load(answer)["release"]

    def _ask(self, keeps: bool) -> None:
        with httpx.Client(base_url=self._url, verify=NO_AUTHORITIES, timeout=30) as client:

            def by_one_that_is_kept() -> tuple[int, str]:
                answer = client.get("/healthz")
                return answer.status_code, answer.json()["release"]

            ask: Callable[[], tuple[int, str]] = by_one_that_is_kept if keeps else self._by_a_new_connection
            while not self._over.wait(BREATH):
                try:
                    status, release = ask()
                except (httpx.HTTPError, HTTPException, OSError, ValueError) as error:
                    self.failures.append(f"{type(error).__name__}: {error}")
                    continue
                if status != 200:
                    self.failures.append(str(status))
                self.answers[release] += 1


def test_the_version_is_the_projects_own(web: tuple[int, str, Path]) -> None:
    told = httpx.get(f"{web[1]}/healthz", verify=NO_AUTHORITIES).json()
    assert told == {"alive": True, "version": VERSION, "release": "first"}
    assert f'version = "{VERSION}"' in (release.SOURCE / "pyproject.toml").read_text()


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
