"""The process as it runs: `python -m run.agi`, with PostgreSQL, without it, stopped and killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from acd.queues.model import PriorityKind
from acd.queues.priority import service as priority
from acd.tables import Queue
from appeals import service as appeals
from appeals.model import Kind, Source
from appeals.tables import Appeal, Applicant
from calls.model import Language
from db import EVERY_ORGANISATION, transaction
from ivr import queries, service, snapshot
from ivr.demonstration import KHM
from ivr.tables import CallerLanguage
from recordings.tables import Recording
from run.host.release import SOURCE
from run.settings import Settings
from tests.agi.conftest import entry
from tests.agi.fake import Channel
from tests.centre import Centre
from tests.town.ports import free_ports
from tests.town.waiting import wait_for

NOBODY = "postgresql+psycopg://nobody:nothing@127.0.0.1:9/none"


class Process:
    """One AGI server."""

    def __init__(self, data: Path, port: int, database: str) -> None:
        self.data, self.address = data, ("127.0.0.1", port)
        self.log = data / f"log-{uuid.uuid4()}"
        environment = {"HOLOS_DATA": str(data), "HOLOS_AGI_PORT": str(port), "HOLOS_DATABASE_URL": database,
                       "HOLOS_STOP_GRACE": "2"}  # fmt: skip
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "run.agi"], cwd=SOURCE, env=os.environ | environment, stderr=log, stdout=log
            )
        wait_for("the server to listen", lambda: "agi_listening" in self.log.read_text(), seconds=20)

    def call(self, *keys: str, **more: Any) -> Channel:
        return Channel(self.address, keys, **more)

    def kept(self) -> list[dict[str, Any]]:
        try:
            entries: list[dict[str, Any]] = json.loads((self.data / "agi" / "menus.json").read_text())
        except FileNotFoundError:
            return []
        return entries

    def end(self, number: int = signal.SIGKILL) -> None:
        self.running.send_signal(number)
        self.running.wait(10)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Process]]:
    made: list[Process] = []

    def starts(database: str) -> Process:
        (port,) = free_ports(1, first=27400, last=27500)
        made.append(Process(tmp_path, port, database))
        return made[-1]

    yield starts
    for process in made:
        if process.running.poll() is None:
            process.end()


@pytest.fixture
def process(start: Callable[[str], Process], published: Centre, settings: Settings) -> Process:
    running = start(settings.database_url.get_secret_value())
    wait_for("the menus to be loaded", lambda: len(running.kept()) == 2, seconds=10)
    return running


def test_a_caller_reaches_the_queue_and_the_recording_is_expected(process: Process) -> None:
    channel = process.call("1", "2").walks()
    assert channel.variables["NEXT"] == "queue"
    assert channel.variables["QUEUE_NAME"] == "khm-heating"
    assert channel.variables["CHANNEL(language)"] == "uk_khm"
    assert channel.variables["NOTICED"] == "1"
    assert list(channel.variables)[-1] == "NEXT"
    with transaction(EVERY_ORGANISATION) as session:
        row = session.scalars(select(Recording).where(Recording.call == channel.call)).one()
    assert (row.segment, row.state, row.node) == (1, "expected", "node1")


def test_the_language_of_last_time_is_spoken(process: Process, published: Centre) -> None:
    khm = published.organisations["khm"].id
    with transaction(EVERY_ORGANISATION) as session:
        service.remember_language(session, khm, "+380501112233", Language.RUSSIAN, at=datetime.now(UTC))
    channel = process.call("2").walks()
    assert channel.heard[:2] == ["khm-welcome", "khm-topics"]
    assert channel.variables["CHANNEL(language)"] == "ru_khm"
    assert process.call("1", "2", caller="").walks().heard[1] == "choose-uk-1"
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalars(select(CallerLanguage)).one().organisation_id == khm


def test_a_number_that_is_only_said_brings_nothing_of_its_owner(process: Process, published: Centre) -> None:
    """Neither the owner's language nor their priority: a browser's caller may have typed anybody's."""
    khm, number = published.organisations["khm"].id, "+380501112233"
    with transaction(EVERY_ORGANISATION) as session:
        service.remember_language(session, khm, number, Language.RUSSIAN, at=datetime.now(UTC))
        session.add(Queue(organisation_id=khm, code="heating", asterisk_name="khm-heating", name={"uk": "Тепло"}))
        session.flush()
        priority.add_rule(session, PriorityKind.BENEFIT, raises=3, by=published.people["olena"])
        priority.favour(session, published.people["olena"], number, "учасник бойових дій", None)
    assert process.call("2", caller=number).walks().variables["QUEUE_PRIO"] == "3"
    said = process.call("1", "2", caller=number, source="browser").walks()
    assert said.heard[1] == "choose-uk-1"
    assert said.variables["CHANNEL(language)"] == "uk_khm"
    assert said.variables["QUEUE_NAME"] == "khm-heating"
    assert "QUEUE_PRIO" not in said.variables


def test_the_state_of_an_appeal_is_spoken(process: Process, published: Centre) -> None:
    with transaction(EVERY_ORGANISATION) as session:
        asked = Appeal(kind=Kind.COMPLAINT, topic="water", substance="No water", address="", source=Source.PHONE)
        olena = published.people["olena"]
        koval = Applicant(surname="Коваль", given_name="", patronymic="", email="", address="")
        appeal = appeals.register(session, asked, koval, by=olena, submission=uuid.uuid4(), explanation="Soon")
        digits = appeal.number.replace("-", "")
    channel = process.call("1", "5", digits).walks()
    said = channel.heard[channel.heard.index("appeal-number") :]
    assert said[1:9] == [f"digits/{digit}" for digit in digits]
    assert said[9] == "appeal-registered-on"
    assert said[12:14] == ["appeal-state-closed", "appeal-result-explained"]
    assert "SelfServiceUsed" in channel.told
    assert channel.variables["NEXT"] == "hangup"
    foreign = process.call("1", "5", digits, digits, dialled="1414").walks()
    assert "appeal-not-found" in foreign.heard
    assert "appeal-number" not in foreign.heard


def test_what_is_published_is_heard_by_the_next_caller(process: Process, published: Centre) -> None:
    channel = process.call("1")
    assert channel.steps()
    with transaction(EVERY_ORGANISATION) as session:
        service.publish(session, published.organisations["khm"].id, replace(KHM, notice="goodbye"))
    wait_for("the new menus", lambda: any(e["document"]["notice"] == "goodbye" for e in process.kept()), seconds=15)
    assert "recording-notice" in channel.walks().heard  # who was inside finishes the old menu
    assert "recording-notice" not in process.call("1", "2").walks().heard


def test_a_studio_recording_is_a_file_at_once(process: Process, published: Centre) -> None:
    khm = published.organisations["khm"].id
    administrator = published.people["admin.khm"].id
    with transaction(EVERY_ORGANISATION) as session:
        service.replace_prompt(
            session, khm, "goodbye", Language.RUSSIAN, sound=b"\xd5" * 8000, file_name="a.wav", by=administrator
        )
    file = process.data / "sounds" / "ru_khm" / "goodbye.alaw"
    wait_for("the file", file.exists, seconds=15)
    assert file.read_bytes() == b"\xd5" * 8000
    with transaction(khm) as session:
        assert queries.find_recording(session, "goodbye", "ru") is not None
        service.undo_prompt(session, khm, "goodbye", Language.RUSSIAN)
    wait_for("the file to go", lambda: not file.exists(), seconds=15)


def test_without_postgresql_the_last_menus_are_walked(start: Callable[[str], Process], tmp_path: Path) -> None:
    snapshot.save(tmp_path / "agi" / "menus.json", [entry("khm")])
    process = start(NOBODY)
    begun = time.monotonic()
    channel = process.call("1", "2").walks()
    assert channel.variables["QUEUE_NAME"] == "khm-heating"
    assert time.monotonic() - begun < 5
    status = process.call("1", "5", "26000001").walks()
    assert "appeal-unavailable" in status.heard
    assert status.variables["QUEUE_NAME"] == "khm-general"
    assert process.log.read_text().count("menus_not_refreshed") == 1


def test_without_menus_the_dialplan_falls_back(start: Callable[[str], Process]) -> None:
    process = start(NOBODY)
    channel = process.call("1").walks()
    assert channel.variables == {}
    assert process.call(dialled="0000").walks().variables == {}


def test_sigterm_lets_callers_finish(process: Process) -> None:
    channel = process.call("1", "2")
    assert channel.steps()
    process.running.send_signal(signal.SIGTERM)
    wait_for("the stop to begin", lambda: "agi_stopping" in process.log.read_text())
    assert channel.walks().variables["NEXT"] == "queue"
    assert process.running.wait(10) == 0


def test_killed_it_is_back_with_the_same_menus(process: Process, start: Callable[[str], Process]) -> None:
    inside = process.call("1")
    assert inside.steps()
    process.end(signal.SIGKILL)
    assert "NEXT" not in inside.walks().variables  # Asterisk falls back
    assert start(NOBODY).call("1", "2").walks().variables["QUEUE_NAME"] == "khm-heating"


def test_300_callers_at_once_are_answered_at_once(process: Process) -> None:
    everybody = threading.Barrier(300)
    channels: list[Channel] = []

    def walk_along() -> None:
        channel = process.call("1", "9", "2", "3", caller="")
        everybody.wait(60)
        channels.append(channel.walks())

    before = _cpu(process.running.pid)
    walkers = [threading.Thread(target=walk_along) for _ in range(300)]
    for walker in walkers:
        walker.start()
    for walker in walkers:
        walker.join(120)
    assert [c.variables.get("QUEUE_NAME") for c in channels] == ["khm-roads"] * 300
    cpu = (_cpu(process.running.pid) - before) / 300
    assert cpu < 0.05, f"{cpu * 1000:.1f} ms of processor a caller"


def _cpu(pid: int) -> float:
    """Seconds of processor the process has used."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
