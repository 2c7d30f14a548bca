"""python -m tests.calls.record [NAME...]: makes the captures anew, from a real Asterisk with the product's dialplan.

Each capture is one AMI connection with the listener's rights and event filters, and one short scenario on loopback
addresses. To be run after a change of dialplan, event filters or Asterisk. Beside each capture it writes the story that
it tells: to be read by a person before it is committed, for from then on it is what the test wants.
"""

import contextlib
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from calls.model import Language
from run.asterisk.config import SILENCE_LIMIT, AgentPhone, Configuration, Number, Organisation
from run.asterisk.queue_lines import QueueLine
from tests.calls.streams import CAPTURES, capture, story
from tests.telephony.asterisk import AMI_SECRET, Asterisk
from tests.telephony.conftest import make_sounds
from tests.telephony.menu import Line, Menus
from tests.telephony.phone import Call, Phone
from tests.town.waiting import wait_for

FIRST_PORT = 23200
SECRET = "a-secret-of-this-shift"
CITY = Organisation(id=1, code="khm", capacity=3)
CALLER = "<sip:380671234567@127.0.0.2>"


def _agent(number: int) -> AgentPhone:
    contact = f"sip:agent{number}@127.0.0.3:{FIRST_PORT + 10 + number}"
    return AgentPhone(person_id=number, organisation="khm", secret=SECRET, contact=contact)


CONFIGURATION = Configuration(
    organisations=[CITY],
    numbers=[Number(number="1580", organisation=CITY, language=Language.UKRAINIAN, general_queue="khm-general")],
    queues=[
        QueueLine(name="khm-general", organisation="khm", ring_timeout=3),
        QueueLine(name="khm-water", organisation="khm", ring_timeout=3),
    ],
    agents=[_agent(7), _agent(8)],
    visitors=[],
)


class Scene:
    """One scenario: Asterisk, the menu that callers meet, and who holds a telephone."""

    def __init__(self, asterisk: Asterisk, menus: Menus, link: socket.socket) -> None:
        self.asterisk, self.menus, self._link = asterisk, menus, link
        self.server = ("127.0.0.1", asterisk.settings.sip_port)
        self.menus.answer(lambda line: line.to_queue("khm-general"))
        self.phones: list[Phone] = []

    def ask(self, action: str, **fields: str) -> None:
        """An action; the answer is in the capture and nobody reads it."""
        lines = [f"Action: {action}", *(f"{name}: {value}" for name, value in fields.items())]
        self._link.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())

    def menu(self, *events: str, then: str = "khm-general") -> None:
        """What the menu tells, and the queue where it ends; "" hangs up."""

        def script(line: Line) -> None:
            call = line.asks("GET VARIABLE CALL_ID").split("(")[1].rstrip(")")
            for event in events:
                name, _, rest = event.partition(",")
                line.asks(f'EXEC UserEvent "{name},Call: {call},{rest}"')
            if then:
                line.to_queue(then)
            else:
                line.asks('SET VARIABLE NEXT "hangup"')

        self.menus.answer(script)

    def caller(self) -> Call:
        """Somebody dials."""
        self.phones.append(Phone("127.0.0.2", self.server))
        return self.phones[-1].call("1580", caller=CALLER, tone=500)

    def agent(self, number: int, queue: str = "") -> Phone:
        """An agent's telephone, in a queue or not."""
        phone = Phone("127.0.0.3", self.server, user=f"agent{number}", secret=SECRET, port=FIRST_PORT + 10 + number)
        self.phones.append(phone)
        if queue:
            self.ask("QueueAdd", Queue=queue, Interface=f"PJSIP/agent{number}")
        return phone


def answered(scene: Scene) -> None:
    """Caller, menu, queue, agent; the caller hangs up."""
    scene.menu(
        "MenuEntered,Menu: hotline",
        "LanguageChosen,Language: uk,Remembered: 0",
        "KeyPressed,Menu: hotline,Key: 9,Accepted: 0",
        "KeyPressed,Menu: hotline,Key: 1,Accepted: 1",
        "TopicChosen,Topic: water",
    )
    agent = scene.agent(7, "khm-general")
    call = scene.caller().is_answered()
    agent.rings().answer(tone=700)
    time.sleep(2)
    call.hang_up()


def ended_by_agent(scene: Scene) -> None:
    """The agent hangs up, after the caller was on hold."""
    agent = scene.agent(7, "khm-general")
    scene.caller().is_answered()
    talk = agent.rings()
    talk.answer(tone=700)
    time.sleep(1)
    talk.hold(True)
    time.sleep(1)
    talk.hold(False)
    time.sleep(1)
    talk.hang_up()


def abandoned_in_menu(scene: Scene) -> None:
    """Hangs up while the menu speaks."""
    scene.menus.answer(lambda line: time.sleep(2))
    call = scene.caller().is_answered()
    time.sleep(0.5)
    call.hang_up()


def abandoned_in_queue(scene: Scene) -> None:
    """Waits, an agent's phone rings, gives up."""
    agent = scene.agent(7, "khm-general")
    call = scene.caller().is_answered()
    agent.rings()
    time.sleep(1)
    call.hang_up()


def refused(scene: Scene) -> None:
    """One more than the organisation's capacity."""
    inside = [scene.caller().is_answered() for _ in range(CITY.capacity)]
    outside = scene.caller()
    outside.is_over()
    for call in inside:
        call.hang_up()


def out_of_hours(scene: Scene) -> None:
    """Told that it is night."""
    scene.menu("MenuEntered,Menu: hotline", "FoundClosed,Reason: night", "PromptHeard,Prompt: closed", then="")
    scene.caller().is_over()


def callback_asked(scene: Scene) -> None:
    """Presses the key while waiting."""
    call = scene.caller().is_answered()
    time.sleep(1.5)
    while not call.ended.is_set():  # a key pressed between two announcements may be lost
        call.press("1", pause=2)


def settled_by_self_service(scene: Scene) -> None:
    """Hears the state of an appeal and is content."""
    scene.menu("MenuEntered,Menu: hotline", "SelfServiceUsed,Service: appeal-status,Settled: 1", then="")
    scene.caller().is_over()


def menu_away(scene: Scene) -> None:
    """AGI does not answer: static greeting, general queue."""
    scene.menus.refuse()
    agent = scene.agent(7, "khm-general")
    call = scene.caller().is_answered()
    agent.rings().answer(tone=700)
    time.sleep(1)
    call.hang_up()


def no_answer_then_answered(scene: Scene) -> None:
    """Rings out at one agent, answered by another."""
    silent = scene.agent(7, "khm-general")
    call = scene.caller().is_answered()
    silent.rings()
    scene.agent(8, "khm-general").rings().answer(tone=700)
    time.sleep(1)
    call.hang_up()


def declined_then_answered(scene: Scene) -> None:
    """The agent declines the first offer and takes the second."""
    agent = scene.agent(7, "khm-general")
    call = scene.caller().is_answered()
    agent.rings().refuse(486, "Busy Here")
    agent.rings().answer(tone=700)
    time.sleep(1)
    call.hang_up()


def blind_transfer_to_agent(scene: Scene) -> None:
    """Handed on without a word."""
    _blind(scene, "agent8", scene.agent(8))


def blind_transfer_to_queue(scene: Scene) -> None:
    """Handed on to another queue."""
    _blind(scene, "khm-water", scene.agent(8, "khm-water"))


def _blind(scene: Scene, to: str, other: Phone) -> None:
    agent = scene.agent(7, "khm-general")
    call = scene.caller().is_answered()
    talk = agent.rings()
    talk.answer(tone=700)
    time.sleep(1)
    refer(talk, f"sip:{to}@127.0.0.1")
    time.sleep(0.3)
    if not talk.ended.is_set():
        talk.hang_up()
    other.rings().answer(tone=900)
    time.sleep(1)
    call.hang_up()


def attended_transfer(scene: Scene) -> None:
    """Asks a colleague first, then connects both."""
    agent, other = scene.agent(7, "khm-general"), scene.agent(8)
    call = scene.caller().is_answered()
    talk = agent.rings()
    assert talk.invitation is not None
    talk.answer(tone=700)
    time.sleep(1)
    talk.hold(True)
    consult = agent.call(
        "agent8", caller="<sip:agent7@127.0.0.3>", headers=[f"X-Call-Id: {talk.invitation.get('X-Call-Id')}"]
    )
    other.rings().answer(tone=900)
    consult.is_answered()
    time.sleep(1)
    replaces = f"{quote(consult.id)}%3Bto-tag%3D{consult.remote_tag}%3Bfrom-tag%3D{consult.tag}"
    refer(talk, f"sip:agent8@127.0.0.1?Replaces={replaces}")
    time.sleep(0.5)
    for old in (talk, consult):
        if not old.ended.is_set():
            old.hang_up()
    time.sleep(1)
    call.hang_up()


def refer(talk: Call, to: str) -> None:
    """The phone asks Asterisk to hand its caller on."""
    talk.request("REFER", headers=[f"Refer-To: <{to}>", f"Referred-By: <sip:{talk.phone.user}@127.0.0.3>"])


def agent_lost_and_requeued(scene: Scene) -> None:
    """The agent's phone falls silent; the caller goes back to the queue, another agent answers."""
    agent = scene.agent(7, "khm-general")
    call = scene.caller().is_answered()
    agent.rings().answer(tone=700)
    time.sleep(0.5)
    scene.ask("QueueRemove", Queue="khm-general", Interface="PJSIP/agent7")
    agent.close()
    scene.phones.remove(agent)
    time.sleep(SILENCE_LIMIT)
    scene.agent(8, "khm-general").rings(seconds=15).answer(tone=900)
    time.sleep(1)
    call.hang_up()


def asterisk_killed(scene: Scene) -> None:
    """One call in talk, one waiting, and Asterisk dies."""
    agent = scene.agent(7, "khm-general")
    scene.caller().is_answered()
    agent.rings().answer(tone=700)
    scene.caller().is_answered()
    time.sleep(1)
    os.kill(scene.asterisk.pid, signal.SIGKILL)
    wait_for("Asterisk to be dead", lambda: not scene.asterisk.alive)


SCENES: dict[str, Callable[[Scene], None]] = {
    scene.__name__: scene
    for scene in (
        answered,
        ended_by_agent,
        abandoned_in_menu,
        abandoned_in_queue,
        refused,
        out_of_hours,
        callback_asked,
        settled_by_self_service,
        menu_away,
        no_answer_then_answered,
        declined_then_answered,
        blind_transfer_to_agent,
        blind_transfer_to_queue,
        attended_transfer,
        agent_lost_and_requeued,
        asterisk_killed,
    )
}


@contextmanager
def captured(asterisk: Asterisk, file: Path) -> Iterator[socket.socket]:
    """A signed-in connection whose bytes go to the file."""
    link = socket.create_connection(("127.0.0.1", asterisk.settings.ami_port))
    with file.open("wb", buffering=0) as capture:

        def listen() -> None:
            with contextlib.suppress(OSError):
                while data := link.recv(65536):
                    capture.write(data)

        listening = threading.Thread(target=listen, daemon=True)
        listening.start()
        login = f"Action: Login\r\nUsername: {asterisk.settings.ami_user}\r\nSecret: {AMI_SECRET}\r\n\r\n"
        link.sendall(login.encode())
        wait_for("AMI to be ready", lambda: b"FullyBooted" in file.read_bytes())
        yield link
        time.sleep(0.5)
        with contextlib.suppress(OSError):
            link.shutdown(socket.SHUT_RDWR)
        listening.join(5)
        link.close()


def record(names: list[str]) -> None:
    """Makes these captures."""
    with tempfile.TemporaryDirectory() as here:
        Path(here).chmod(0o755)
        asterisk = Asterisk(Path(here), CONFIGURATION, first_port=FIRST_PORT)
        make_sounds(asterisk.settings.sounds)
        asterisk.start()
        menus = Menus(asterisk.settings.agi_port)
        for name in names:
            with captured(asterisk, CAPTURES / f"{name}.ami") as link:
                scene = Scene(asterisk, menus, link)
                SCENES[name](scene)
                if asterisk.alive:
                    for agent in ("7", "8"):
                        for queue in ("khm-general", "khm-water"):
                            scene.ask("QueueRemove", Queue=queue, Interface=f"PJSIP/agent{agent}")
                    wait_for("Asterisk to be quiet", asterisk.is_quiet, seconds=15)
            for phone in scene.phones:
                phone.close()
            told = story(capture(name))
            (CAPTURES / f"{name}.story").write_text("\n".join(told) + "\n")
            print(f"{name}: {len(told)} events", flush=True)
        menus.refuse()
        asterisk.stop()


if __name__ == "__main__":
    record(sys.argv[1:] or list(SCENES))
