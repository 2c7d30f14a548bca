"""One Asterisk for all tests of this folder, with two organisations, and whoever phones it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from calls.model import Language
from run.asterisk_config import (
    DIALPLAN_PROMPTS,
    AgentPhone,
    Configuration,
    Number,
    Organisation,
    QueueLine,
    Visitor,
)
from run.music_on_hold import alaw
from tests.telephony.asterisk import AMI_SECRET, Asterisk
from tests.telephony.menu import Menus
from tests.telephony.phone import Phone
from tests.town.manager import Manager, Message
from tests.town.waiting import wait_for

FIRST_PORT = 22000
SECRET = "a-secret-of-this-shift"
CITY = Organisation(id=1, code="khm", capacity=3)
AGENCY = Organisation(id=2, code="dtm", capacity=100)
PROMPT_TONES = {name: 400 + 40 * place for place, name in enumerate(DIALPLAN_PROMPTS[:10])}
CALLER_TONE, ANNA_TONE, BOBUR_TONE = 1500, 1900, 2300


def agent(number: int, organisation: Organisation) -> AgentPhone:
    """A SIP phone on a desk, so that tests need no browser."""
    contact = f"sip:agent{number}@127.0.0.3:{FIRST_PORT + 10 + number}"
    return AgentPhone(person_id=number, organisation=organisation.code, secret=SECRET, contact=contact)


CONFIGURATION = Configuration(
    organisations=[CITY, AGENCY],
    numbers=[
        Number(number="1580", organisation=CITY, language=Language.UKRAINIAN, general_queue="khm-general"),
        Number(number="1414", organisation=AGENCY, language=Language.UZBEK, general_queue="dtm-general"),
    ],
    queues=[
        QueueLine(name="khm-general", organisation="khm", ring_timeout=5),
        QueueLine(name="dtm-general", organisation="dtm", ring_timeout=3),
        QueueLine(name="dtm-exams", organisation="dtm", ring_timeout=5),
    ],
    agents=[agent(1, AGENCY), agent(2, AGENCY), agent(3, CITY)],
    visitors=[Visitor(name="visitor01", secret=SECRET)],
)


class Events(list[Message]):
    """What AMI told since the test began."""

    def named(self, name: str) -> list[Message]:
        """Events of one name; a UserEvent by its own."""
        return [event for event in list(self) if name in (event["Event"], event.get("UserEvent"))]

    def wait(self, name: str, *, seconds: float = 10, **fields: str) -> Message:
        """The first event of that name with these fields."""

        def found() -> Message | None:
            return next((e for e in self.named(name) if fields.items() <= e.items()), None)

        return wait_for(f"{name} {fields}", found, seconds=seconds) or {}


def make_sounds(directory: Path) -> None:
    """Prompts that can be told apart: 0.3 s of a tone each, the same in every language."""
    at = np.arange(2400) / 8000
    for language in Language:
        for name in DIALPLAN_PROMPTS:
            file = directory / language / f"{name}.alaw"
            file.parent.mkdir(parents=True, exist_ok=True)
            tone = PROMPT_TONES.get(name, 2800)
            file.write_bytes(alaw((8000 * np.sin(2 * np.pi * tone * at)).astype(np.int16)))


@pytest.fixture(scope="session")
def asterisk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asterisk]:
    running = Asterisk(tmp_path_factory.mktemp("asterisk"), CONFIGURATION, first_port=FIRST_PORT)
    make_sounds(running.settings.sounds)
    with running:
        yield running


@pytest.fixture(scope="session")
def _link(asterisk: Asterisk) -> Iterator[tuple[Manager, Events]]:
    events = Events()
    address = ("127.0.0.1", asterisk.settings.ami_port)
    manager = Manager(address, user=asterisk.settings.ami_user, secret=AMI_SECRET, on_event=events.append)
    yield manager, events
    manager.close()


@pytest.fixture
def manager(_link: tuple[Manager, Events]) -> Manager:
    return _link[0]


@pytest.fixture
def events(_link: tuple[Manager, Events]) -> Events:
    _link[1].clear()
    return _link[1]


@pytest.fixture
def menus(asterisk: Asterisk) -> Iterator[Menus]:
    server = Menus(asterisk.settings.agi_port)
    server.answer(lambda line: line.to_queue("dtm-general"))
    yield server
    server.refuse()


@pytest.fixture
def telephones(asterisk: Asterisk) -> Iterator[Callable[..., Phone]]:
    """Makes telephones; afterwards they are silent and Asterisk must be alive and quiet."""
    server = ("127.0.0.1", asterisk.settings.sip_port)
    made: list[Phone] = []

    def make(address: str = "127.0.0.2", **more: object) -> Phone:
        made.append(Phone(address, server, **more))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for phone in made:
        for call in phone.calls.values():
            if not call.ended.is_set() and call.status in (0, 180, 200):
                call.hang_up()
    for phone in made:
        phone.close()
    assert asterisk.alive
    wait_for("Asterisk to be quiet", asterisk.is_quiet, seconds=20)


@pytest.fixture
def agents(telephones: Callable[..., Phone], manager: Manager) -> Iterator[Callable[[int], Phone]]:
    """Makes an agent's telephone; `joins` puts the agent into a queue until the test ends."""
    joined: list[tuple[str, str]] = []

    def make(number: int, *queues: str) -> Phone:
        port = FIRST_PORT + 10 + number
        phone = telephones("127.0.0.3", user=f"agent{number}", secret=SECRET, port=port)
        for queue in queues:
            manager.ask("QueueAdd", Queue=queue, Interface=f"PJSIP/agent{number}")
            joined.append((queue, f"PJSIP/agent{number}"))
        return phone

    yield make
    for queue, interface in joined:
        manager.ask("QueueRemove", Queue=queue, Interface=interface)
