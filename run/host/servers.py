"""PostgreSQL, Redis and the S3 store in one directory, for tests and for whoever develops: real ones, in seconds.

    with Servers(Path("/tmp/holos-tests"), postgres_port=25432, redis_port=26379, s3_port=28333) as servers:
        db.connect(servers.settings.database_url.get_secret_value())

As root, PostgreSQL runs as the user `postgres`, so the directory must be one that every user may enter.
"""

import atexit
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
import redis
from psycopg import sql

from run.host import keys, programs
from run.settings import Settings

NOT_YET = (OSError, psycopg.Error, redis.RedisError)  # what asking a server that is still starting may raise


class NotReady(RuntimeError):
    """A server did not answer in time, or ended; the message has the end of its log."""


class Servers:
    """The three servers; `settings` says how to reach them."""

    def __init__(self, data: Path, *, durable: bool = False, **ports: int) -> None:
        data.mkdir(parents=True, exist_ok=True)
        data.chmod(0o755)
        keys.keep(data, {name: str(port) for name, port in ports.items()})
        self.settings: Settings = keys.of(data)
        self._durable = durable
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> Self:
        """Starts those of the servers named, or of all three, that do not run yet. Returns when each answers."""
        wanted = names or ("postgres", "redis", "s3")
        atexit.register(self.stop)  # also when a test run dies of an error before its end
        starters: dict[str, Callable[[], None]] = {
            "postgres": self._start_postgres,
            "redis": self._start_redis,
            "s3": self._start_store,
        }
        for name in wanted:
            if name not in self._running or self._running[name].poll() is not None:
                starters[name]()
        ready: dict[str, Callable[[], object]] = {
            "postgres": lambda: prepare_databases(self.settings),
            "redis": lambda: ping_redis(self.settings),
            "s3": lambda: ping_store(self.settings),
        }
        for name in wanted:
            wait_until(ready[name], running=self._running[name], log=self._log(name))
        return self

    def stop(self, *names: str) -> None:
        """Ends the servers named, or all, and waits for their exit."""
        for name in names or tuple(reversed(self._running)):
            if process := self._running.pop(name, None):
                process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
                _wait(process)

    def pids(self) -> dict[str, int]:
        """The first process of each running server, to measure what it uses."""
        return {name: process.pid for name, process in self._running.items()}

    def kill(self, name: str) -> None:
        """Ends one server as a power cut would (kill -9), for tests of faults; `start(name)` brings it back."""
        process = self._running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if name == "postgres":
            wait_until(lambda: _gone(self.settings.data / "postgres"), timeout=10)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _start_postgres(self) -> None:
        make_cluster(self.settings)
        self._run("postgres", as_user("postgres", programs.postgres(self.settings, durable=self._durable)))

    def _start_redis(self) -> None:
        programs.write_redis_file(self.settings)
        self._run("redis", programs.redis(self.settings))

    def _start_store(self) -> None:
        programs.write_store_files(self.settings)
        self._run("s3", programs.store(self.settings))

    def _log(self, name: str) -> Path:
        return self.settings.data / f"{name}.log"

    def _run(self, name: str, command: Sequence[str]) -> None:
        with self._log(name).open("ab") as log:
            self._running[name] = subprocess.Popen(
                command,
                cwd=self.settings.data,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self.settings.data)},
            )


def as_user(name: str, command: Sequence[str]) -> list[str]:
    """The command as that user where we are root, unchanged otherwise. The process stays ours to signal."""
    if os.geteuid() != 0:
        return list(command)
    return ["setpriv", f"--reuid={name}", f"--regid={name}", "--init-groups", "--", *command]


def make_cluster(settings: Settings) -> bool:
    """PostgreSQL's data directory, made aside and then renamed. Whether it had to be made."""
    directory = settings.data / "postgres"
    if (directory / "PG_VERSION").exists():
        return False
    unfinished = settings.data / "postgres.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    password = settings.data / "postgres.password"
    password.touch(mode=0o600)
    password.write_text(settings.postgres_password.get_secret_value())
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        for place in (unfinished, password):
            os.chown(place, user.pw_uid, user.pw_gid)
    command = [str(programs.postgres_program("initdb")), f"--pgdata={unfinished}", f"--pwfile={password}"]
    command += ["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
    command += ["--locale-provider=icu", "--icu-locale=und", "--data-checksums"]
    try:
        done = subprocess.run(
            as_user("postgres", command), cwd="/", capture_output=True, text=True, check=False, timeout=120
        )
    finally:
        password.unlink()
    if done.returncode != 0:
        raise NotReady(f"initdb: {done.stderr.strip()}")
    unfinished.rename(directory)
    return True


def prepare_databases(settings: Settings) -> None:
    """Roles, the database and its extensions, as `settings` say; what is there already stays.

    `holos_owner` owns the tables, `holos_app` works on them under row-level security.
    """
    superuser = f"host=127.0.0.1 port={settings.postgres_port} user=postgres connect_timeout=2"
    password = settings.postgres_password.get_secret_value()
    with psycopg.connect(superuser, password=password, dbname="postgres", autocommit=True) as connection:
        roles = {
            "holos_owner": settings.database_owner_password.get_secret_value(),
            "holos_app": settings.database_password.get_secret_value(),
        }
        for role, secret in roles.items():
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
            deed = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}" if known else "CREATE ROLE {} LOGIN PASSWORD {}")
            connection.execute(deed.format(sql.Identifier(role), sql.Literal(secret)))
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = 'holos'").fetchone() is None:
            connection.execute("CREATE DATABASE holos OWNER holos_owner")
    with psycopg.connect(superuser, password=password, dbname="holos", autocommit=True) as connection:
        connection.execute("ALTER SCHEMA public OWNER TO holos_owner")
        connection.execute("GRANT USAGE ON SCHEMA public TO holos_app")
        kinds = {"TABLES": "SELECT, INSERT, UPDATE, DELETE", "SEQUENCES": "USAGE, SELECT"}
        for kind, rights in kinds.items():
            connection.execute(
                f"ALTER DEFAULT PRIVILEGES FOR ROLE holos_owner IN SCHEMA public GRANT {rights} ON {kind} TO holos_app"
            )


def ping_redis(settings: Settings) -> None:
    """Returns when Redis answers; an error otherwise."""
    with contextlib.closing(redis.Redis.from_url(settings.redis_url.get_secret_value(), socket_timeout=2)) as client:
        client.ping()


def ping_store(settings: Settings) -> None:
    """Returns when the store answers; an error otherwise."""
    scheme = "https" if settings.s3_secure else "http"
    with urllib.request.urlopen(f"{scheme}://{settings.s3_endpoint}/healthz", timeout=2) as answer:
        answer.read()


def wait_until(
    ready: Callable[[], object],
    *,
    timeout: float = 60,
    running: subprocess.Popen[bytes] | None = None,
    log: Path | None = None,
) -> None:
    """Tries `ready` until it raises no error; NotReady past `timeout` seconds, or when the process has ended."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            ready()
            return
        except (*NOT_YET, NotReady) as error:
            ended = running is not None and running.poll() is not None
            if ended or time.monotonic() > deadline:
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-10:]) if log else ""
                raise NotReady(f"{'it ended' if ended else error}\n{tail}".strip()) from error
        time.sleep(0.05)


def _gone(directory: Path) -> None:
    """NotReady while children of a killed PostgreSQL still hold its shared memory: a new one would refuse to start."""
    segment = (directory / "postmaster.pid").read_text().splitlines()[6].split()[-1]  # "key id", PostgreSQL's own file
    used = subprocess.run(["ipcs", "-m", "-i", segment], capture_output=True, text=True, check=False).stdout
    if "nattch=" in used and "nattch=0" not in used:
        raise NotReady("children of the killed PostgreSQL are still there")


def _wait(process: subprocess.Popen[bytes], timeout: float = 30) -> None:
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
