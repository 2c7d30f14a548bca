"""Every process of an installation, as data: who it runs as, its command, how it is stopped, when it is ready.

The order is that of starting; stopping goes the other way round. `compose.yaml` has the same names (a test compares).
"""

import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from signal import SIGINT, SIGTERM, Signals

import psycopg

from run.host import programs, servers
from run.host.machine import ASTERISK, OURS, POSTGRES, STORE
from run.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One supervised process. `ready` raises an OSError, or a client's error, until it answers."""

    name: str
    user: str
    command: Callable[[Settings], list[str]]
    wanted: Callable[[Settings], bool] = lambda settings: True
    ready: Callable[[Settings], object] | None = None  # None: ready when it has run for a moment
    stop_signal: Signals = SIGTERM
    stop_within: int = 20  # seconds, then it is killed
    umask: str = "027"
    ours: bool = False  # our own code: started again when the code changes
    replaces: bool = False  # on SIGHUP its children, one after the other, with the code of then


def _python(name: str, *arguments: str) -> Callable[[Settings], list[str]]:
    return lambda settings: [sys.executable, "-m", f"run.{name}", *arguments]


def _connects(address: str, port: int) -> None:
    socket.create_connection((address, port), timeout=2).close()


def _postgres_answers(settings: Settings) -> None:
    password = settings.postgres_password.get_secret_value()
    address = f"host=127.0.0.1 port={settings.postgres_port} user=postgres dbname=postgres connect_timeout=2"
    psycopg.connect(address, password=password).close()


def _asterisk_booted(settings: Settings) -> None:
    command = programs.asterisk(settings, "-rx", "core waitfullybooted")
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30).stdout
    if "fully booted" not in said:
        raise ConnectionError(said.strip() or "Asterisk does not answer yet")
    with socket.create_connection(("127.0.0.1", settings.ami_port), timeout=2) as manager:
        manager.settimeout(2)
        if not manager.recv(64).startswith(b"Asterisk Call Manager"):
            raise OSError(f"port {settings.ami_port} is not answered by Asterisk's Manager")


def _web_answers(settings: Settings) -> None:
    address = "127.0.0.1" if settings.bind in {"0.0.0.0", "::"} else settings.bind
    try:
        urllib.request.urlopen(f"http://{address}:{settings.web_port}/readyz", timeout=5).close()
    except urllib.error.HTTPError as answer:
        if answer.code >= 500:
            raise ConnectionError(f"the web answers {answer.code}") from answer


SERVICES: tuple[Service, ...] = (
    Service(
        name="postgres",
        user=POSTGRES,
        command=programs.postgres,
        wanted=lambda settings: settings.own_postgres,
        ready=_postgres_answers,
        stop_signal=SIGINT,  # "fast": ends sessions, writes a checkpoint
        stop_within=60,
        umask="077",
    ),
    Service(
        name="redis",
        user=STORE,
        command=programs.redis,
        wanted=lambda settings: settings.own_redis,
        ready=servers.ping_redis,
    ),
    Service(
        name="s3",
        user=STORE,
        command=programs.store,
        wanted=lambda settings: settings.own_store,
        ready=servers.ping_store,
        stop_within=30,
    ),
    Service(name="web", user=OURS, command=_python("web"), ready=_web_answers, ours=True, replaces=True),
    Service(
        name="agi",
        user=OURS,
        command=_python("agi"),
        ready=lambda settings: _connects("127.0.0.1", settings.agi_port),
        ours=True,
    ),
    Service(
        name="asterisk",
        user=ASTERISK,
        command=lambda settings: programs.asterisk(settings, "-f"),
        ready=_asterisk_booted,
        umask="007",  # recordings: the group `holos` reads and deletes them
    ),
    Service(name="listener", user=OURS, command=_python("listener"), ours=True),
    Service(name="worker", user=OURS, command=_python("worker"), ours=True, stop_within=60),
    Service(name="scheduler", user=OURS, command=_python("scheduler"), ours=True),
    Service(name="notifier", user=OURS, command=_python("notifier"), ours=True, stop_within=70),
    Service(
        name="bot",
        user=OURS,
        command=_python("bot"),
        ours=True,
    ),
)


def wanted(settings: Settings) -> list[Service]:
    """The processes of an installation with these settings, in the order of starting."""
    return [service for service in SERVICES if service.wanted(settings)]
