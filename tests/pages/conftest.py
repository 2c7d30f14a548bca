"""The application served to a real browser."""

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
import uvicorn
from anyio.from_thread import BlockingPortal
from fastapi import FastAPI
from playwright.sync_api import Browser, Playwright
from sqlalchemy import Engine

from db import store
from run.development.pictures import QUIET
from run.host.servers import Servers
from run.settings import Settings
from run.storage import connect_store
from tests.centre import PASSWORD
from tests.conftest import sweep
from tests.kept import Kept
from tests.pages.life import live
from tests.pages.standing import Standing
from tests.town.browser import CHROMIUM
from tests.town.waiting import wait_for


class Served(uvicorn.Server):
    """uvicorn in a thread of the test run, on a port of its own choice."""

    def __init__(self, app: FastAPI) -> None:
        super().__init__(uvicorn.Config(app, port=0, log_level="warning"))
        self._thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        wait_for("the server to start", lambda: self.started, seconds=60)
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


@pytest.fixture(scope="module")
def standing(
    database: Engine, owner: Engine, app: FastAPI, portal: BlockingPortal, settings: Settings
) -> Iterator[Standing]:
    """Both organisations, once for all tests of a file. No S3 store answers them, whether one runs or not."""
    store.connect("127.0.0.1:1", access_key="", secret_key="", bucket="none")
    try:
        with closing(Standing(app, portal, owner)) as made:
            yield made
    finally:
        sweep(owner)
        connect_store(settings)


@pytest.fixture
def people(standing: Standing) -> Standing:
    """Both organisations with nothing but their people."""
    standing.bare.put_back()
    return standing


@pytest.fixture
def everything(standing: Standing) -> Standing:
    """Both organisations with everything they have, as it was made."""
    standing.full.put_back()
    return standing


@pytest.fixture(scope="module")
def life(
    database: Engine, owner: Engine, servers: Servers, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kept]:
    """The rows of `lived_in`, made once for all tests of a file."""
    try:
        live(servers, settings, tmp_path_factory.mktemp("spool"))
        with closing(Kept(owner)) as kept:
            sweep(owner)
            yield kept
    finally:
        sweep(owner)


@pytest.fixture
def lived_in(life: Kept, owner: Engine) -> Iterator[str]:
    """The demonstration organisations after calls of every kind, one of them recorded; the people's password."""
    life.put_back()
    yield PASSWORD
    sweep(owner)


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A Chromium without a screen."""
    with playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET)) as chromium:
        yield chromium
