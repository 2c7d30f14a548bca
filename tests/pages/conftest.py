"""The application served to a real browser."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Playwright
from sqlalchemy import Engine

from calls.model import NodeName
from db import EVERY_ORGANISATION, transaction
from run.demo import loading
from run.development.pictures import CHROMIUM, QUIET
from run.replay import replay
from staff.queries import find_by_login
from tests.calls.streams import capture, captures
from tests.centre import PASSWORD
from tests.conftest import sweep
from tests.pages.a_call import answered_call


class Served(uvicorn.Server):
    """uvicorn in a thread of the test run, on a port of its own choice."""

    def __init__(self, app: FastAPI) -> None:
        super().__init__(uvicorn.Config(app, port=0, log_level="warning"))
        self._thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.02)
        port = self.servers[0].sockets[0].getsockname()[1]
        return f"http://localhost:{port}"

    def __exit__(self, *_: object) -> None:
        self.should_exit = True
        self._thread.join(10)


@pytest.fixture(scope="session")
def url(app: FastAPI) -> Iterator[str]:
    """Where the application is served."""
    with Served(app) as address:
        yield address


@pytest.fixture
def lived_in(database: Engine, owner: Engine, tmp_path: Path) -> Iterator[str]:
    """The demonstration organisations after some calls of every kind; the password of their people."""
    loading.load(PASSWORD)
    with transaction(EVERY_ORGANISATION) as session:
        olena = find_by_login(session, "olena")
        assert olena is not None
    streams = [[capture(name, organisation=olena.organisation_id)] for name in captures()]
    replay(streams, NodeName("captured"), tmp_path / "spool")
    for minutes in range(5, 300, 25):
        answered_call(olena, at=datetime.now(UTC) - timedelta(minutes=minutes))
    yield PASSWORD
    sweep(owner)


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A Chromium without a screen."""
    with playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET)) as chromium:
        yield chromium
