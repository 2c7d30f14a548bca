"""The product whole, on real parts: the servers, Asterisk and our processes, exactly as `make run` starts them.

Everything lives in one directory and on ports from one number on. What ends by itself is started again, as under the
supervisor of `make run`; what a test kills comes back when the test says so.
"""

import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from prometheus_client.parser import text_string_to_metric_families
from psycopg.rows import dict_row
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from calls.model import Language
from db.rls import EVERY, SETTING
from run import schema
from run.host import programs
from run.host.servers import NOT_YET, Servers
from run.host.services import SERVICES, Service
from run.settings import Settings
from staff.tables import Organisation
from tests.telephony.asterisk import software
from tests.town.waiting import wait_for

ROOT = Path(__file__).parents[2]
OURS = ("agi", "listener", "web", "worker", "scheduler")
SERVERS = ("postgres", "redis", "s3")


class Product:
    """The running product. `settings` says where; `says` asks Asterisk; `rows` asks PostgreSQL past row security."""

    def __init__(
        self, data: Path, *, first_port: int, rtp_ports: int = 400, durable: bool = False, **more: object
    ) -> None:
        data.mkdir(parents=True, exist_ok=True)
        data.chmod(0o755)
        ports = {
            "postgres_port": first_port,
            "redis_port": first_port + 1,
            "web_port": first_port + 2,
            "sip_port": first_port + 3,
            "sip_socket_port": first_port + 4,
            "ami_port": first_port + 5,
            "agi_port": first_port + 6,
            "s3_port": first_port + 10,
            "rtp_first_port": first_port + 100,
            "rtp_last_port": first_port + 99 + rtp_ports,
        }
        chosen = {"software": software(data), "web_processes": 1, **more}
        self.servers = Servers(data, durable=durable, **ports, **chosen)  # type: ignore[arg-type]
        self.settings: Settings = self.servers.settings
        self.own: dict[str, str] = {}  # another module in place of run.<name>, for benchmarks
        self.special: dict[str, dict[str, str]] = {}  # settings of one process only, by its name
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._stopping = threading.Event()
        self._database: psycopg.Connection[dict[str, Any]] | None = None

    def start(self, sounds: Path, *, before_asterisk: Callable[[], None] = lambda: None) -> None:
        """Everything up, the demonstration organisations loaded; prompts are made once in `sounds`."""
        self.settings.sounds.mkdir(parents=True, exist_ok=True)
        for language in Language:  # shared with others; what an organisation records or types is this product's own
            (sounds / language).mkdir(parents=True, exist_ok=True)
            if not (self.settings.sounds / language).exists():
                (self.settings.sounds / language).symlink_to(sounds / language)
        self.servers.start()
        engine = create_engine(self.settings.database_owner_url.get_secret_value())
        schema.create(engine)
        engine.dispose()
        self.command("asterisk.prompts")
        self.command("demo.loading")
        before_asterisk()
        self.command("asterisk.rendering")
        for name in ("asterisk", *OURS):
            self.begin(name)
        self.wait_until_ready("asterisk", *OURS)
        threading.Thread(target=self._supervise, daemon=True, name="supervisor").start()

    def command(self, name: str) -> str:
        """What `python -m run.<name>` prints."""
        done = subprocess.run(
            [sys.executable, "-m", f"run.{name}"],
            cwd=ROOT,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"run.{name} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}"
        return done.stdout

    def begin(self, name: str) -> None:
        """Starts one process and does not wait for it."""
        if name in SERVERS:
            self.servers.start(name)
            return
        service = _service(name)
        command = ["setpriv", "--pdeathsig", "KILL", *service.command(self.settings)]
        if name in self.own:
            command[-1] = self.own[name]
        environment = self._environment() | self.special.get(name, {})
        with self.log_of(name).open("ab") as log:
            self._running[name] = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def begin_second_web(self) -> str:
        """Another web process beside the first, with the same PostgreSQL and Redis; its address."""
        port = self.settings.web_port + 7
        self.special["web-2"] = {"HOLOS_WEB_PORT": str(port)}
        self.begin("web-2")
        wait_for("the second web to be ready", lambda: self._is_ready("web-2", web_port=port), seconds=60)
        return f"http://localhost:{port}"

    def wait_until_ready(self, *names: str, seconds: float = 60) -> None:
        """Until each answers what `make run` asks of it."""
        for name in names:
            wait_for(f"{name} to be ready", lambda name=name: self._is_ready(name), seconds=seconds, every=0.2)

    def kill(self, name: str) -> None:
        """Ends one process and its children as a power cut would (kill -9)."""
        if name in SERVERS:
            self.servers.kill(name)
            return
        process = self._running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def mend(self) -> None:
        """Starts again whatever a test left dead or stopped in its tracks."""
        for name in (*SERVERS, "asterisk", *OURS):
            if name in self._running:
                self.freeze(name, False)
            if name not in self.servers.pids() and not self.is_alive(name):
                self.begin(name)
        self.wait_until_ready("asterisk", *OURS)

    def freeze(self, name: str, frozen: bool) -> None:
        """Stops a process in its tracks, or lets it go on."""
        os.killpg(self._running[name].pid, signal.SIGSTOP if frozen else signal.SIGCONT)

    def stop(self) -> None:
        """Ends everything; what does not go within ten seconds is killed."""
        self._stopping.set()
        if self._database is not None:
            self._database.close()
        for process in self._running.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGCONT)
                process.terminate()
        for name, process in list(self._running.items()):
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            self.kill(name)
        self.servers.stop()

    def pids(self) -> dict[str, int]:
        """The first process of each part."""
        return self.servers.pids() | {name: process.pid for name, process in self._running.items()}

    def is_alive(self, name: str) -> bool:
        """Whether one of our processes runs."""
        return name in self._running and self._running[name].poll() is None

    def says(self, command: str) -> str:
        """What Asterisk's console answers."""
        asked = programs.asterisk(self.settings, "-rx", command)
        return subprocess.run(asked, capture_output=True, text=True, timeout=20, check=False).stdout

    def rows(self, query: LiteralString, *values: object) -> list[dict[str, Any]]:
        """Rows of a query over all organisations; connects again after PostgreSQL was away."""
        try:
            return self._connected().execute(query, values).fetchall()
        except psycopg.OperationalError:  # PostgreSQL was killed under this connection
            return self._connected().execute(query, values).fetchall()

    def figure(self, name: str, **labels: str) -> float | None:
        """A figure of `/metrics` as Prometheus reads it; None while nobody tells it."""
        token = self.settings.metrics_token.get_secret_value()
        asked = urllib.request.Request(
            f"http://localhost:{self.settings.web_port}/metrics", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(asked, timeout=10) as answer:
            families = text_string_to_metric_families(answer.read().decode())
        samples = (sample for family in families for sample in family.samples)
        return next((it.value for it in samples if it.name == name and labels.items() <= it.labels.items()), None)

    def _connected(self) -> psycopg.Connection[dict[str, Any]]:
        if self._database is None or self._database.broken or self._database.closed:
            self._database = psycopg.connect(
                f"host=127.0.0.1 port={self.settings.postgres_port} user=postgres dbname=holos connect_timeout=10",
                password=self.settings.postgres_password.get_secret_value(),
                autocommit=True,
                row_factory=dict_row,
            )
        return self._database

    def ledger(self, number: str) -> dict[str, Any] | None:
        """The last call of a number, as the ledger has it."""
        found = self.rows("SELECT * FROM call WHERE caller LIKE %s ORDER BY arrived_at DESC LIMIT 1", f"%{number[-9:]}")
        return found[0] if found else None

    def visitors_ledger(self) -> dict[str, Any] | None:
        """The last call from a browser."""
        found = self.rows("SELECT * FROM call WHERE source = 'browser' ORDER BY arrived_at DESC LIMIT 1")
        return found[0] if found else None

    @contextmanager
    def archive(self) -> Iterator[Session]:
        """A transaction over all organisations, in the application's own role."""
        engine = create_engine(self.settings.database_url.get_secret_value())
        with Session(engine, expire_on_commit=False) as session, session.begin():
            session.execute(text(f"SELECT set_config('{SETTING}', '{EVERY}', true)"))
            yield session
        engine.dispose()

    @contextmanager
    def office(self, code: str) -> Iterator[tuple[Session, Organisation]]:
        """A transaction of an organisation, to arrange what its administrator would."""
        with self.archive() as session:
            organisation = session.scalars(select(Organisation).where(Organisation.code == code)).one()
            session.execute(text(f"SELECT set_config('{SETTING}', '{organisation.id}', true)"))
            yield session, organisation

    def log_of(self, name: str) -> Path:
        """Where a process' output goes."""
        return self.settings.data / f"{name}.out"

    def last_words(self, names: Iterable[str] = OURS, lines: int = 15) -> str:
        """The ends of the logs."""
        logs = ((name, self.log_of(name)) for name in names)
        return "\n".join(
            f"--- {name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
            for name, log in logs
            if log.exists()
        )

    def _supervise(self) -> None:
        """Starts again what ended by itself, as the supervisor of `make run` does; what a test killed stays dead."""
        while not self._stopping.wait(0.5):
            for name, process in list(self._running.items()):
                if process.poll() is not None and not self._stopping.is_set():
                    self.begin(name)

    def _is_ready(self, name: str, **other: int) -> bool:
        if name in self.servers.pids():
            return True  # their start waits until they answer
        if not self.is_alive(name):
            raise RuntimeError(f"{name} ended\n{self.last_words([name], 30)}")
        if name == "listener":  # it listens once Asterisk has let it in
            return self.settings.ami_user in self.says("manager show connected")
        ready: Callable[[Settings], object] | None = _service(name).ready
        if ready is None:
            return True
        try:
            ready(self.settings.model_copy(update=other))
        except (*NOT_YET, subprocess.SubprocessError):
            return False
        return True

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "HOLOS_DATA": str(self.settings.data),
            "HOLOS_SOFTWARE": str(self.settings.software),
        }


def _service(name: str) -> Service:
    """What a process is; "web-2" is a second "web"."""
    return next(service for service in SERVICES if service.name == name.partition("-")[0])
