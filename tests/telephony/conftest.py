"""One Asterisk for all tests of this folder, with two organisations, and whoever phones it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from calls.model import Language
from ivr.sound.loudness import a_law
from run.asterisk.config import (
    DIALPLAN_PROMPTS,
    AgentPhone,
    Configuration,
    Number,
    Organisation,
    Visitor,
)
from run.asterisk.queue_lines import QueueLine
from tests.telephony.asterisk import AMI_SECRET, Asterisk
from tests.telephony.menu import Menus
from tests.telephony.phone import Phone
from tests.town.manager import Manager, Message
from tests.town.waiting import wait_for

FIRST_PORT = 22000
SECRET = "a-secret-of-this-shift"
CITY = Organisation(id=1, code="khm", capacity=3)
AGENCY = Organisation(
    id=2, code="dtm", capacity=100, language=Language.UZBEK, general_queue="dtm-general", shown="1414"
)
BANK = Organisation(
    id=3,
    code="bnk",
    capacity=10,
    language=Language.UZBEK,
    general_queue="bnk-general",
    shown="1515",
    prefixes=["+998", "+998711"],
    forbidden=["+99871"],
    longest=2,
    limited=True,
)
FAR_END = f"127.0.0.2:{FIRST_PORT + 50}"  # of the trunk: who is called
PROMPT_TONES = {name: 400 + 40 * place for place, name in enumerate(DIALPLAN_PROMPTS[:10])}
CALLER_TONE, ANNA_TONE, BOBUR_TONE = 1500, 1900, 2300


def agent(number: int, organisation: Organisation, *, outside: bool = False) -> AgentPhone:
    """A SIP phone on a desk, so that tests need no browser. `outside`: may call out and hand out."""
    contact = f"sip:agent{number}@127.0.0.3:{FIRST_PORT + 10 + number}"
    rights = {"dials_out": outside, "hands_out": outside}
    return AgentPhone(person_id=number, organisation=organisation.code, secret=SECRET, contact=contact, **rights)


CONFIGURATION = Configuration(
    organisations=[CITY, AGENCY, BANK],
    numbers=[
        Number(number="1580", organisation=CITY, language=Language.UKRAINIAN, general_queue="khm-general"),
        Number(number="1414", organisation=AGENCY, language=Language.UZBEK, general_queue="dtm-general"),
    ],
    queues=[
        QueueLine(name="khm-general", organisation="khm", ring_timeout=5),
        QueueLine(name="dtm-general", organisation="dtm", ring_timeout=3),
        QueueLine(name="dtm-exams", organisation="dtm", ring_timeout=5),
    ],
    agents=[
        agent(1, AGENCY),
        agent(2, AGENCY),
        agent(3, CITY),
        agent(4, AGENCY, outside=True),
        agent(5, BANK, outside=True),
    ],
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
            file.write_bytes(a_law(8000 / 32767 * np.sin(2 * np.pi * tone * at)))


@pytest.fixture(scope="session")
def asterisk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asterisk]:
    running = Asterisk(tmp_path_factory.mktemp("asterisk"), CONFIGURATION, first_port=FIRST_PORT, trunk_far_end=FAR_END)
    make_sounds(running.settings.sounds)
    with running:
        yield running


@pytest.fixture(scope="session")
def link(asterisk: Asterisk) -> Iterator[tuple[Manager, Events]]:
    """The Manager's link, signed in with the listener's rights."""
    events = Events()
    address = ("127.0.0.1", asterisk.settings.ami_port)
    manager = Manager(address, user=asterisk.settings.ami_user, secret=AMI_SECRET, on_event=events.append)
    yield manager, events
    manager.close()


class Centre:
    """Asterisk, its menu, what it tells, and the telephones of one test."""

    def __init__(self, asterisk: Asterisk, link: tuple[Manager, Events]) -> None:
        self.asterisk = asterisk
        self.manager, self.events = link
        self.menus = Menus(asterisk.settings.agi_port)
        self.menus.answer(lambda line: line.to_queue("dtm-general"))
        self._telephones: list[Phone] = []
        self._members: list[tuple[str, str]] = []

    def telephone(self, address: str = "127.0.0.2", *, user: str = "someone", secret: str = "", port: int = 0) -> Phone:
        """A telephone of the town, at the trunk's address unless told otherwise."""
        server = ("127.0.0.1", self.asterisk.settings.sip_port)
        self._telephones.append(Phone(address, server, user=user, secret=secret, port=port))
        return self._telephones[-1]

    def agent(self, number: int, *queues: str) -> Phone:
        """An agent's telephone, a member of these queues until the test ends."""
        port = FIRST_PORT + 10 + number
        phone = self.telephone("127.0.0.3", user=f"agent{number}", secret=SECRET, port=port)
        for queue in queues:
            self.manager.ask("QueueAdd", Queue=queue, Interface=f"PJSIP/agent{number}")
            self._members.append((queue, f"PJSIP/agent{number}"))
        return phone

    def hang_up(self) -> None:
        """Everybody hangs up, agents go home."""
        self.menus.refuse()
        for phone in self._telephones:
            for call in phone.calls.values():
                if not call.ended.is_set() and call.status in (0, 180, 200):
                    call.hang_up()
        for queue, interface in self._members:
            self.manager.ask("QueueRemove", Queue=queue, Interface=interface)
        for phone in self._telephones:
            phone.close()

    def is_quiet(self) -> bool:
        """Whether there is no channel, and AMI has told of each one's end."""
        told = [len(self.events.named(name)) for name in ("Newchannel", "Hangup")]
        return self.asterisk.is_quiet() and told[0] == told[1]


@pytest.fixture
def centre(asterisk: Asterisk, link: tuple[Manager, Events]) -> Iterator[Centre]:
    """Afterwards Asterisk must be alive and quiet, whatever the test did to it."""
    link[1].clear()
    centre = Centre(asterisk, link)
    try:
        yield centre
    finally:
        centre.hang_up()
    assert asterisk.alive
    wait_for("Asterisk to be quiet", centre.is_quiet, seconds=20)


@pytest.fixture
def citizen(centre: Centre) -> Phone:
    """Whoever is called through the trunk, at any number."""
    address, port = FAR_END.split(":")
    phone = centre.telephone(address, user="citizen", port=int(port))

    def is_known() -> bool:
        centre.asterisk.cli("pjsip qualify trunk")
        return "Avail" in centre.asterisk.cli("pjsip show aor trunk")

    wait_for("the trunk to be known as there", is_known, seconds=20, every=0.5)
    return phone
