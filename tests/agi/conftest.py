"""A real Asterisk and our AGI server beside it, without PostgreSQL: menus come from the snapshot kept on disk."""

import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy.exc import OperationalError

from agi.memory import Memory
from agi.menu import MenuScript
from agi.server import Server
from calls.model import Language
from ivr import contents, document, snapshot
from ivr.demonstration import MENUS, NUMBERS
from ivr.model import Menus
from ivr.snapshot import Snapshot
from run.asterisk import prompts
from run.asterisk.config import Configuration, Number, Organisation
from run.asterisk.queue_lines import QueueLine
from tests.servers import one_at_a_time
from tests.telephony.asterisk import AMI_SECRET, Asterisk
from tests.telephony.conftest import Events
from tests.telephony.phone import Phone
from tests.town.manager import Manager
from tests.town.waiting import wait_for

FIRST_PORT = 27000
SESSIONS = 50  # callers whom the menus take at once
SPEECH = {language.value: "espeak-ng" for language in Language}
PLACES = {"khm": ("Europe/Kyiv", "UA"), "dtm": ("Asia/Tashkent", "UZ")}
ORGANISATIONS = {
    "khm": Organisation(id=1, code="khm", capacity=300),
    "dtm": Organisation(id=2, code="dtm", capacity=300),
}


def entry(code: str, menus: Menus | None = None) -> dict[str, object]:
    """The demonstration's line as the snapshot keeps it; with other `menus` if given."""
    number, language, menu = NUMBERS[code]
    zone, country = PLACES[code]
    return {
        "number": number,
        "organisation": ORGANISATIONS[code].id,
        "code": code,
        "zone": zone,
        "country": country,
        "language": language.value,
        "menu": menu,
        "document": document.write(menus or MENUS[code]),
    }


def demonstration() -> Snapshot:
    """Both organisations' menus, read as from disk."""
    return snapshot.build([entry("khm"), entry("dtm")])


def _configuration() -> Configuration:
    return Configuration(
        organisations=list(ORGANISATIONS.values()),
        numbers=[
            Number(number=n, organisation=ORGANISATIONS[code], language=language, general_queue=f"{code}-general")
            for code, (n, language, _) in NUMBERS.items()
        ],
        queues=[
            QueueLine(name=f"{code}-{queue}", organisation=code)
            for code, menus in MENUS.items()
            for queue in sorted(contents.queues(menus))
        ],
    )


@pytest.fixture(scope="session")
def sounds() -> Path:
    """All prompts, spoken once a machine."""
    made = Path(os.environ.get("HOLOS_TEST_SOUNDS", f"{tempfile.gettempdir()}/holos-test-sounds"))
    with one_at_a_time("sounds"):
        prompts.make(made, SPEECH)
    return made


@pytest.fixture(scope="module")
def asterisk(tmp_path_factory: pytest.TempPathFactory, sounds: Path) -> Iterator[Asterisk]:
    running = Asterisk(tmp_path_factory.mktemp("asterisk"), _configuration(), first_port=FIRST_PORT)
    running.settings.sounds.mkdir(parents=True, exist_ok=True)
    for folder in sounds.iterdir():
        shutil.copytree(folder, running.settings.sounds / folder.name)
    with running:
        yield running


class Current:
    """The menus that callers meet now; a test may change them."""

    def __init__(self) -> None:
        self.snapshot = demonstration()

    def __call__(self) -> Snapshot:
        return self.snapshot


@pytest.fixture
def menus() -> Current:
    return Current()


def _away(organisation: int) -> NoReturn:
    raise OperationalError("connect", None, ConnectionRefusedError(organisation))


@pytest.fixture
def agi(asterisk: Asterisk, menus: Current) -> Iterator[Server]:
    script = MenuScript(menus, Memory(_away), sounds=asterisk.settings.sounds, node="node1")
    server = Server("127.0.0.1", asterisk.settings.agi_port, {"menu": script}, sessions=SESSIONS)
    threading.Thread(target=server.serve, daemon=True).start()
    yield server
    server.stop(grace=timedelta())


@pytest.fixture(scope="module")
def _events(asterisk: Asterisk) -> Iterator[Events]:
    told = Events()
    address = ("127.0.0.1", asterisk.settings.ami_port)
    manager = Manager(address, user=asterisk.settings.ami_user, secret=AMI_SECRET, on_event=told.append)
    yield told
    manager.close()


@pytest.fixture
def events(_events: Events) -> Events:
    _events.clear()
    return _events


@pytest.fixture
def telephones(asterisk: Asterisk) -> Iterator[Callable[..., Phone]]:
    """Makes telephones of the town; afterwards Asterisk must be quiet."""
    made: list[Phone] = []

    def make(**more: object) -> Phone:
        made.append(Phone("127.0.0.2", ("127.0.0.1", asterisk.settings.sip_port), **more))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for phone in made:
        for call in phone.calls.values():
            if not call.ended.is_set() and call.status in (0, 180, 200):
                call.hang_up()
    for phone in made:
        phone.close()
    wait_for("Asterisk to be quiet", asterisk.is_quiet, seconds=20)
