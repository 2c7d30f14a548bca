"""Our processes under s6: one directory each, started again at once when it dies (skarnet.org/software/s6)."""

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from run.host import programs
from run.host.machine import OURS
from run.host.services import Service
from run.host.steps import Refused
from run.settings import Settings

SAFE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True)
class State:
    """What s6 says of a process."""

    up: bool
    pid: int | None
    seconds: int  # since it was started, or since it ended


class Supervisor:
    """The tree of supervised processes of one data directory."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._services = settings.data / "services"
        self._logs = settings.data / "logs"

    def runs(self) -> bool:
        """Whether s6-svscan watches this data directory."""
        return _has_reader(self._services / ".s6-svscan" / "control")

    def start(self) -> None:
        """Starts s6-svscan in a session of its own; what is listed stays down until `up`."""
        for place in self._services.glob("[a-z]*"):
            (place / "down").touch()
        (self._services).mkdir(exist_ok=True)
        with (self._logs / "supervisor.log").open("ab") as log:
            subprocess.Popen(
                ["s6-svscan", str(self._services)],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={"PATH": SAFE_PATH, "LC_ALL": "C.UTF-8"},
            )
        _wait(self.runs, 10, "s6-svscan does not start")

    def stop(self) -> None:
        """Ends s6-svscan and with it every s6-supervise and s6-log."""
        subprocess.run(["s6-svscanctl", "-t", str(self._services)], check=False, capture_output=True)
        _wait(lambda: not self.runs(), 20, "s6-svscan does not end")
        watched = list(self._services.glob("[a-z]*"))
        _wait(lambda: not any(_supervised(place) for place in watched), 20, "an s6-supervise does not end")

    def write(self, service: Service) -> bool:
        """Makes or corrects the service's directory. Whether its command or its user changed."""
        place = self._services / service.name
        logs = self._logs / service.name
        logs.mkdir(exist_ok=True)
        shutil.chown(logs, OURS, OURS)
        is_new = not place.exists()
        place.mkdir(parents=True, exist_ok=True)
        if is_new:
            (place / "down").touch()
        (place / "log").mkdir(exist_ok=True)
        _replace(place / "log" / "run", f"#!/bin/sh\nexec s6-setuidgid {OURS} s6-log -b -l 0 n10 s2000000 T {logs}\n")
        _replace(place / "down-signal", f"SIG{service.stop_signal.name.removeprefix('SIG')}\n", mode=0o644)
        _replace(place / "timeout-kill", f"{service.stop_within * 1000}\n", mode=0o644)
        # s6 makes each process the head of a group of its own; no child of one that ended may keep its port.
        _replace(place / "finish", '#!/bin/sh\nread -r group <group && kill -s KILL -- "-$group" 2>/dev/null\nexit 0\n')
        return _replace(place / "run", self._run_script(service))

    def up(self, service: Service) -> None:
        """Starts the process, if it is not up, and lets s6 start it again whenever it dies."""
        place = self._services / service.name
        if not _supervised(place):
            subprocess.run(["s6-svscanctl", "-a", str(self._services)], check=True, capture_output=True)
            _wait(lambda: _supervised(place), 10, f"s6 does not watch {service.name}")
        # A supervisor that has only just been started may still refuse its first order.
        _wait(lambda: _obeys("-u", place), 10, f"s6 does not start {service.name}")
        (place / "down").unlink(missing_ok=True)

    def down(self, service: Service) -> None:
        """Ends the process and waits for its exit; past its deadline s6 kills it."""
        place = self._services / service.name
        if _supervised(place):
            limit = (service.stop_within + 5) * 1000
            subprocess.run(["s6-svc", "-wD", "-T", str(limit), "-d", str(place)], check=False, capture_output=True)

    def tell_to_replace(self, service: Service) -> None:
        """Asks a process to replace its children one after the other."""
        subprocess.run(["s6-svc", "-h", str(self._services / service.name)], check=True, capture_output=True)

    def restart(self, service: Service) -> None:
        """Ends the process gently and starts it with what is written now."""
        self.down(service)
        self.up(service)

    def state(self, service: Service) -> State:
        """Whether it is up, since when."""
        place = self._services / service.name
        said = subprocess.run(
            ["s6-svstat", "-o", "up,pid,updownfor", str(place)], capture_output=True, text=True, check=False
        ).stdout.split()
        if len(said) != 3:
            return State(False, None, 0)
        return State(said[0] == "true", int(said[1]) if said[1] != "-1" else None, int(said[2]))

    def last_words(self, service: Service, lines: int = 8) -> str:
        """The end of the process's log."""
        log = self._logs / service.name / "current"
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""

    def listed(self) -> list[str]:
        """Names of the services that have a directory."""
        return sorted(place.name for place in self._services.glob("[a-z]*"))

    def forget(self, name: str) -> None:
        """Takes away a service that is no longer wanted."""
        place = self._services / name
        if _supervised(place):
            subprocess.run(["s6-svc", "-wD", "-T", "30000", "-d", str(place)], check=False, capture_output=True)
        aside = self._services / f".{name}.old"
        shutil.rmtree(aside, ignore_errors=True)
        place.rename(aside)
        if self.runs():
            subprocess.run(["s6-svscanctl", "-an", str(self._services)], check=False, capture_output=True)
        shutil.rmtree(aside, ignore_errors=True)

    def _run_script(self, service: Service) -> str:
        data, software = self._settings.data, self._settings.software
        environment = {
            "HOLOS_DATA": str(data),
            "HOLOS_SOFTWARE": str(software),
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": str(data / "s3") if service.name == "s3" else "/nonexistent",
        }
        directory = data / "release" if service.ours else data
        lines = (
            "#!/bin/sh",
            "exec 2>&1",
            "echo $$ >group",
            f"umask {service.umask}",
            "ulimit -n 65536 2>/dev/null || true",
            *(f"export {name}={shlex.quote(value)}" for name, value in environment.items()),
            f"cd {shlex.quote(str(directory))} || exit 1",
            'export PYTHONPATH="$(pwd -P)"',
            f"exec s6-setuidgid {service.user} {shlex.join(service.command(self._settings))}",
        )
        return "\n".join(lines) + "\n"


def _supervised(place: Path) -> bool:
    return subprocess.run(["s6-svok", str(place)], check=False, capture_output=True).returncode == 0


def _obeys(order: str, place: Path) -> bool:
    return subprocess.run(["s6-svc", order, str(place)], check=False, capture_output=True).returncode == 0


def _has_reader(pipe: Path) -> bool:
    """Whether a process reads from this named pipe: opening it without waiting fails where none does (fifo(7))."""
    try:
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return False
    return True


def _replace(file: Path, text: str, *, mode: int = 0o755) -> bool:
    if file.exists() and file.read_text() == text:
        return False
    programs.write(file, text, mode=mode)
    return True


def _wait(holds: Callable[[], bool], seconds: float, complaint: str) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise Refused(complaint)
        time.sleep(0.05)
