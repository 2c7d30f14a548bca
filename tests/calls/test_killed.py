"""Real calls on a real Asterisk: it or the listener killed with -9 in the middle; what was captured told again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from calls import queue_log
from calls.agreement import Reason, agreement
from calls.tables import CallRow
from db import EVERY_ORGANISATION, transaction
from db.rls import SETTING
from run.replay import chunks, replay
from tests.calls.conftest import NODE, table, whole_ledger
from tests.calls.record import CALLER, CITY, CONFIGURATION, FIRST_PORT, SECRET
from tests.telephony.asterisk import AMI_SECRET, Asterisk
from tests.telephony.conftest import make_sounds
from tests.telephony.menu import Menus
from tests.telephony.phone import Call, Phone
from tests.town.manager import Manager
from tests.town.waiting import wait_for


class Scene:
    """Asterisk, the listener, the ledger and the telephones."""

    def __init__(self, asterisk: Asterisk, here: Path, database: str) -> None:
        self.asterisk = asterisk
        self.menus = Menus(asterisk.settings.agi_port)
        self.menus.answer(lambda line: line.to_queue("khm-general"))
        self.queue_log = asterisk.settings.asterisk / "log" / "queue_log"
        self._command = [
            sys.executable, "-m", "tests.calls.small_listener",
            str(here / "spool"), str(self.queue_log), str(asterisk.settings.ami_port), database, str(here / "captures"),
        ]  # fmt: skip
        self._captures = here / "captures"
        self._log = here / "listener.log"
        self._listener: subprocess.Popen[bytes] | None = None
        self.phones: list[Phone] = []

    def listen(self) -> None:
        """Starts the listener and waits until it knows the present."""
        links = self.linked()
        with self._log.open("ab") as log:
            self._listener = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *self._command], stdout=log, stderr=log
            )
        wait_for("the listener to be linked", lambda: self.linked() > links, seconds=30)

    def linked(self) -> int:
        """How often the listener found out what it missed."""
        return len(table("SELECT 1 FROM journal WHERE kind = 'LinkRestored'"))

    def captured(self) -> list[Path]:
        """The raw bytes of each connection of the listener, the first one first."""
        return sorted(self._captures.glob("*.ami"))

    def kill_listener(self) -> None:
        """As a power cut would."""
        if self._listener is not None:
            self._listener.kill()
            self._listener.wait(5)
            self._listener = None

    def manager(self) -> Manager:
        """A connection for the test's own wishes."""
        address = ("127.0.0.1", self.asterisk.settings.ami_port)
        return Manager(address, user="holos", secret=AMI_SECRET, on_event=lambda _: None)

    def caller(self, number: int) -> Call:
        """Somebody with a number of their own dials."""
        phone = Phone("127.0.0.2", ("127.0.0.1", self.asterisk.settings.sip_port))
        self.phones.append(phone)
        return phone.call("1580", caller=CALLER.replace("1234567", f"000000{number}"), tone=500).is_answered()

    def agent(self) -> Phone:
        """Agent 7, a member of the general queue."""
        server = ("127.0.0.1", self.asterisk.settings.sip_port)
        self.phones.append(Phone("127.0.0.3", server, user="agent7", secret=SECRET, port=FIRST_PORT + 17))
        manager = self.manager()
        manager.ask("QueueAdd", Queue="khm-general", Interface="PJSIP/agent7")
        manager.close()
        return self.phones[-1]

    def logged(self, what: str, times: int) -> None:
        """Waits until queue_log has so many lines with this word."""
        wait_for(f"{times} {what} in queue_log", lambda: self.queue_log.read_text().count(f"|{what}|") >= times)

    def column(self, name: str) -> dict[str, str]:
        """A column of the ledger by the last digit of the caller's number; "" for nothing."""
        with transaction(EVERY_ORGANISATION) as session:
            rows = session.execute(select(func.right(CallRow.caller, 1), getattr(CallRow, name)))
            return {digit: value or "" for digit, value in rows}

    def end(self) -> None:
        """Everything stops."""
        self.kill_listener()
        self.menus.refuse()
        for phone in self.phones:
            phone.close()


@pytest.fixture
def scene(city: int, database: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """An Asterisk whose calls belong to the city of this test."""
    here = tmp_path_factory.mktemp("killed")
    here.chmod(0o755)
    khm = replace(CITY, id=city, capacity=50)
    numbers = [replace(number, organisation=khm) for number in CONFIGURATION.numbers]
    configuration = replace(CONFIGURATION, organisations=[khm], numbers=numbers)
    asterisk = Asterisk(here, configuration, first_port=FIRST_PORT)
    make_sounds(asterisk.settings.sounds)
    with asterisk:
        made = Scene(asterisk, here, database.url.render_as_string(hide_password=False))
        yield made
        made.end()


def books_agree(scene: Scene) -> list[str]:
    """The reasons of what differs between the ledger and queue_log; nothing may differ without one."""
    now = datetime.now(UTC)
    since, until = now - timedelta(hours=1), now + timedelta(seconds=5)
    with transaction(EVERY_ORGANISATION) as session:
        found = agreement(session, NODE, queue_log.entries_between(scene.queue_log, since, until), since, until)
    assert found
    assert all(it.is_explained for it in found), found
    return [difference.reason for it in found for difference in it.differences]


def test_what_happened_while_the_listener_was_dead_is_in_the_ledger(scene: Scene) -> None:
    scene.listen()
    agent = scene.agent()
    talks = scene.caller(1)
    agent.rings().answer(tone=700)
    waits, stays = scene.caller(2), scene.caller(3)
    wait_for("both to wait", lambda: scene.column("state") == {"1": "talking", "2": "queued", "3": "queued"})
    scene.kill_listener()

    comes = scene.caller(4)
    scene.logged("ENTERQUEUE", 4)
    talks.hang_up()
    agent.rings().refuse(480, "Gone home")
    waits.hang_up()
    comes.hang_up()
    scene.menus.answer(lambda line: line.connection.recv(1))  # a menu that says nothing
    in_menu = scene.caller(5)
    in_menu.hang_up()
    scene.menus.answer(lambda line: line.to_queue("khm-general"))
    late = scene.caller(6)
    scene.logged("GONE", 4)
    scene.logged("ENTERQUEUE", 5)
    scene.listen()

    gone = "abandoned_in_queue"
    fates = {"1": "answered", "2": gone, "3": "", "4": gone, "5": "abandoned_in_menu", "6": ""}
    wait_for("the ledger to know it all", lambda: scene.column("fate") == fates or None)
    assert {scene.column("state")[digit] for digit in "36"} == {"queued"}
    stays.hang_up()
    late.hang_up()
    fates |= {"3": gone, "6": gone}
    wait_for("the last two to end", lambda: scene.column("fate") == fates)
    assert books_agree(scene) == []
    assert table("SELECT kind, reason FROM unexpected_event") == []


def test_calls_of_a_dead_asterisk_are_lost_and_the_difference_has_its_reason(scene: Scene) -> None:
    scene.listen()
    agent = scene.agent()
    scene.caller(1)
    agent.rings().answer(tone=700)
    scene.caller(2)
    wait_for("one to talk, one to wait", lambda: scene.column("state") == {"1": "talking", "2": "queued"})
    links = scene.linked()
    os.kill(scene.asterisk.pid, signal.SIGKILL)
    wait_for("Asterisk to be dead", lambda: not scene.asterisk.alive)
    scene.asterisk.start()
    wait_for("the listener to be linked again", lambda: scene.linked() > links, seconds=30)
    wait_for("both to be lost", lambda: scene.column("fate") == {"1": "lost", "2": "lost"})
    assert books_agree(scene) == [Reason.ASTERISK_ENDED]
    gap = table("SELECT kind FROM journal WHERE kind IN ('LinkLost', 'LinkRestored') ORDER BY seq")
    assert gap[-2:] == ["('LinkLost',)", "('LinkRestored',)"]
    scene.caller(3).hang_up()
    wait_for("the next call to be known", lambda: scene.column("fate").get("3") == "abandoned_in_queue")


def test_what_was_captured_of_real_calls_gives_the_ledger_they_gave(
    scene: Scene, owner: Engine, tmp_path: Path
) -> None:
    scene.listen()
    agent = scene.agent()
    talks = scene.caller(1)
    agent.rings().answer(tone=700)
    waits = scene.caller(2)
    wait_for("one to talk, one to wait", lambda: scene.column("state") == {"1": "talking", "2": "queued"})
    waits.hang_up()
    talks.hang_up()
    wait_for("both to end", lambda: scene.column("fate") == {"1": "answered", "2": "abandoned_in_queue"})
    scene.kill_listener()
    lived = whole_ledger()

    with owner.begin() as connection:
        connection.execute(text(f"SELECT set_config('{SETTING}', '{EVERY_ORGANISATION}', true)"))
        for name in ("call_visit", "call_leg", "call", "journal", "journal_place", "reader_place"):
            connection.execute(text(f"DELETE FROM {name}"))
    assert whole_ledger() != lived
    replay([chunks(path) for path in scene.captured()], NODE, tmp_path / "replayed", strict=True)
    assert whole_ledger() == lived
