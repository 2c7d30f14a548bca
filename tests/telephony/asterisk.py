"""A real Asterisk with the product's own rendered configuration, in a directory and on ports of its own.

    with Asterisk(tmp_path, configuration, first_port=22000) as asterisk:
        asterisk.cli("core show channels")
        asterisk.settings.sip_port

Its root is taken from HOLOS_ASTERISK_ROOT, else where the installer puts it, else the machine's own Asterisk serves.
Ports from `first_port`: SIP, WebSocket, AMI, AGI, then RTP from `first_port` + 100.
"""

import contextlib
import os
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from run.asterisk import config as asterisk_config
from run.asterisk.config import Configuration, Rendered
from run.host import programs
from run.settings import Settings
from tests.town.waiting import wait_for

AMI_SECRET = "a-test-may-know-this"


class Asterisk:
    """One running Asterisk; `settings` says where its ports are."""

    def __init__(
        self, here: Path, configuration: Configuration, *, first_port: int, rtp_ports: int = 800, **more: Any
    ) -> None:
        here.mkdir(parents=True, exist_ok=True)
        chosen: dict[str, Any] = {
            "data": here,
            "software": software(here),
            "sip_port": first_port,
            "sip_socket_port": first_port + 1,
            "ami_port": first_port + 2,
            "agi_port": first_port + 3,
            "rtp_first_port": first_port + 100,
            "rtp_last_port": first_port + 99 + rtp_ports,
            "ami_secret": AMI_SECRET,
            **more,
        }
        self.settings = Settings(_env_file=None, **chosen)
        self.configuration = configuration
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Renders, starts and waits until Asterisk says that it is fully booted."""
        asterisk_config.render(self.settings, self.configuration)
        with (self.settings.asterisk / "log" / "start").open("wb") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *programs.asterisk(self.settings, "-f")],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        wait_for("Asterisk to be fully booted", self._booted, seconds=30)
        return self

    def stop(self) -> None:
        """Ends Asterisk; a second call does nothing."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._process = None

    def cli(self, command: str) -> str:
        """What Asterisk's console answers."""
        asked = programs.asterisk(self.settings, "-rx", command)
        return subprocess.run(asked, capture_output=True, text=True, timeout=20, check=False).stdout

    def change(self, configuration: Configuration) -> Rendered:
        """Renders another configuration and reloads what must be, as the listener does over AMI."""
        self.configuration = configuration
        rendered = asterisk_config.render(self.settings, configuration)
        for module in rendered.modules:
            self.cli(f"module reload {module}")
        for queue in rendered.queues:
            self.cli(f"queue reload parameters {queue}")
        return rendered

    def freeze(self, frozen: bool) -> None:
        """Stops Asterisk in its tracks, or lets it go on."""
        os.kill(self.pid, signal.SIGSTOP if frozen else signal.SIGCONT)

    @property
    def pid(self) -> int:
        """The process; AssertionError when it is not running."""
        assert self._process is not None, "Asterisk was not started"
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process is still there."""
        return self._process is not None and self._process.poll() is None

    def channels(self) -> int:
        """How many channels there are now."""
        lines = self.cli("core show channels count").splitlines()
        return int(next(line for line in lines if "active channel" in line).split()[0])

    def is_quiet(self) -> bool:
        """No channels and nobody queued."""
        return self.channels() == 0

    def opened_files(self) -> set[Path]:
        """What the process has open now."""
        found = set()
        for entry in Path(f"/proc/{self.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                found.add(entry.readlink())
        return found

    def log(self) -> str:
        """Warnings and errors since the start."""
        file = self.settings.asterisk / "log" / "messages"
        return file.read_text(errors="replace") if file.exists() else ""

    def _booted(self) -> bool:
        if not self.alive:
            raise RuntimeError(f"Asterisk ended: {(self.settings.asterisk / 'log' / 'start').read_text()[-2000:]}")
        return "fully booted" in self.cli("core waitfullybooted")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def software(here: Path) -> Path:
    """The directory whose `asterisk` is the root to use."""
    given = os.environ.get("HOLOS_ASTERISK_ROOT")
    if not given:
        return Settings().software
    link = here / "software" / "asterisk"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(given)
    return link.parent
