"""s6 starts again what dies, stops in time what does not want to, and leaves nothing behind."""

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from run.host import keys, machine
from run.host.machine import OURS
from run.host.services import Service
from run.host.supervision import Supervisor
from tests.town.waiting import wait_for


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    machine.make_users()
    with tempfile.TemporaryDirectory(prefix="holos-tests-") as place:
        data = Path(place)
        data.chmod(0o755)
        (data / "logs").mkdir()
        keys.keep(data, {})
        (data / "release").mkdir()
        supervisor = Supervisor(keys.of(data))
        yield supervisor
        if supervisor.runs():
            supervisor.stop()


def sleeper(script: str = "exec sleep 1000") -> Service:
    return Service(name="sleeper", user=OURS, command=lambda settings: ["sh", "-c", script], stop_within=1)


def test_what_dies_is_started_again_and_belongs_to_nobody_important(supervisor: Supervisor) -> None:
    service = sleeper()
    supervisor.write(service)
    supervisor.start()
    supervisor.up(service)
    wait_for("the service to run", lambda: supervisor.state(service).up)
    first = supervisor.state(service).pid
    assert first is not None
    wait_for("a user of its own", lambda: Path(f"/proc/{first}").stat().st_uid != 0)
    os.kill(first, signal.SIGKILL)
    wait_for("another process", lambda: supervisor.state(service).pid not in {first, None})


def test_what_will_not_end_is_killed_with_its_children(supervisor: Supervisor) -> None:
    service = sleeper("trap '' TERM; sleep 1000 & echo child $!; while :; do wait; done")
    supervisor.write(service)
    supervisor.start()
    supervisor.up(service)
    wait_for("the child", lambda: "child" in supervisor.last_words(service))
    child = int(supervisor.last_words(service).split()[-1])
    supervisor.down(service)
    assert not supervisor.state(service).up
    wait_for("the child to end", lambda: not _runs(child))


def test_stopping_leaves_no_process(supervisor: Supervisor) -> None:
    service = sleeper()
    supervisor.write(service)
    supervisor.start()
    supervisor.up(service)
    wait_for("the service to run", lambda: supervisor.state(service).up)
    pid = supervisor.state(service).pid
    assert pid is not None
    supervisor.down(service)
    supervisor.stop()
    assert not supervisor.runs()
    assert not _runs(pid)


def test_writing_the_same_again_is_no_change(supervisor: Supervisor) -> None:
    assert supervisor.write(sleeper())
    assert not supervisor.write(sleeper())
    assert supervisor.write(sleeper("exec sleep 2000"))


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
