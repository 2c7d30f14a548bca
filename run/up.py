"""make run: brings the machine from whatever it is to a call centre that answers.

Each step looks at what is there and does only what is missing, so a second run changes nothing and an interrupted one
is repaired by the next. Containers take the same steps one by one (`compose.yaml`): `install` when the image is built,
`prepare` before the servers start, `fill` once they answer.
"""

import argparse
import fcntl
import grp
import os
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from datetime import timedelta
from pathlib import Path

from run import migrate
from run.demo.welcome import welcome
from run.host import asterisk_root, keys, machine, programs, release, servers
from run.host.replacing import replaced
from run.host.services import SERVICES, Service, wanted
from run.host.steps import Refused, changed, main, step
from run.host.supervision import Supervisor
from run.settings import DATA, Settings

SETTLE = timedelta(seconds=2)  # a process without a question to ask must have run so long to count as started
READY = timedelta(seconds=90)  # by then a process that is asked must answer


def install(settings: Settings) -> None:
    """Users and programs: what needs neither data nor running servers."""
    with step("Users of the processes") as outcome:
        changed(outcome, machine.make_users())
    with step("Asterisk") as outcome:
        outcome.text = asterisk_root.install(settings)
    with step("Packages of the front end") as outcome:
        changed(outcome, release.install_node_modules(settings))


def prepare(data: Path) -> tuple[Settings, bool]:
    """The data directory. Its settings, and whether the code in it is another than before."""
    with step("Settings, passwords and keys") as outcome:
        gid = grp.getgrnam(machine.OURS).gr_gid
        changed(outcome, keys.keep(data, keys.given(), group=gid))
    settings = keys.of(data)
    with step("Directories and their owners") as outcome:
        changed(outcome, machine.make_directories(settings.data))
    with step("Code, with the front end built") as outcome:
        published = release.publish(settings)
        changed(outcome, published)
    with step("Prompts in every language") as outcome:
        outcome.text = as_ours(settings, "asterisk.prompts")
    if settings.own_postgres:
        with step("Database cluster") as outcome:
            changed(outcome, servers.make_cluster(settings))
    if settings.own_redis:
        programs.write_redis_file(settings)
    if settings.own_store:
        programs.write_store_files(settings)
    return settings, published


def fill(settings: Settings, *, asterisk_runs: bool = False) -> None:
    """What needs the database: roles, tables, demonstration organisations, and the files of an Asterisk yet to start.

    A running one is left to the listener, which also tells it to load what changed.
    """
    with step("Database: roles, tables") as outcome:
        if settings.own_postgres:
            servers.prepare_databases(settings)
        changed(outcome, migrate.upgrade(settings))
    if settings.demo:
        with step("Demonstration organisations") as outcome:
            outcome.text = as_ours(settings, "demo.loading")
        with step("Demonstration streets") as outcome:
            outcome.text = as_ours(settings, "demo.addresses")
        with step("Demonstration executors") as outcome:
            outcome.text = as_ours(settings, "demo.executors")
        with step("Demonstration letters") as outcome:
            outcome.text = as_ours(settings, "demo.letters")
        with step("Examples of alarms and channels") as outcome:
            outcome.text = as_ours(settings, "demo.examples")
        with step("Demonstration cabinets") as outcome:
            outcome.text = as_ours(settings, "demo.cabinet")
        with step("Demonstration appeals") as outcome:
            outcome.text = as_ours(settings, "demo.registered")
    with step("Asterisk's configuration") as outcome:
        outcome.text = "left to the listener" if asterisk_runs else as_ours(settings, "asterisk.rendering")


def start(settings: Settings, *, code_is_new: bool) -> None:
    """Starts what is not running, starts again what runs with old code or an old command."""
    supervisor = Supervisor(settings)
    services = wanted(settings)
    stale, replacing = _write_services(supervisor, services, code_is_new=code_is_new)
    if not supervisor.runs():
        supervisor.start()
    servers_first = [service for service in services if not service.ours and service.name != "asterisk"]
    _bring_up(supervisor, servers_first, settings, stale)
    asterisk = next(service for service in services if service.name == "asterisk")
    fill(settings, asterisk_runs=supervisor.state(asterisk).up and asterisk.name not in stale)
    ours = [service for service in services if service not in servers_first]
    _bring_up(supervisor, ours, settings, stale, replacing=replacing)


def _refuse_taken_ports(settings: Settings) -> None:
    machine.refuse_shared(machine.ports(settings))
    supervisor = Supervisor(settings)
    running = supervisor.runs()
    up = {service.name for service in wanted(settings) if running and supervisor.state(service).up}
    machine.refuse_taken([port for port in machine.ports(settings) if port.service not in up])


def _write_services(
    supervisor: Supervisor, services: Sequence[Service], *, code_is_new: bool
) -> tuple[set[str], set[str]]:
    """Names of the services that must be started again, and of those that only replace their children."""
    names = {service.name for service in services}
    for name in supervisor.listed():
        if name not in names:
            supervisor.forget(name)
    rewritten = {service.name for service in services if supervisor.write(service)}
    renewed = {service.name for service in services if service.ours and code_is_new} - rewritten
    replacing = {service.name for service in services if service.replaces} & renewed
    return rewritten | (renewed - replacing), replacing


def _bring_up(
    supervisor: Supervisor,
    services: Sequence[Service],
    settings: Settings,
    stale: set[str],
    *,
    replacing: Collection[str] = (),
) -> None:
    """All at once; then waits for each. What replaces its children serves meanwhile."""
    outcomes = {}
    for service in services:
        was_up = supervisor.state(service).up
        outcomes[service.name] = "started"
        if was_up:
            outcomes[service.name] = "started again" if service.name in stale else "runs"
        if was_up and service.name in stale:
            supervisor.down(service)
        supervisor.up(service)
        if not was_up or service.name not in replacing:
            continue
        outcomes[service.name] = "processes replaced one after the other"
        if not replaced(supervisor, service, settings):
            supervisor.restart(service)
            outcomes[service.name] = "started again"
    for service in services:
        with step(f"Process {service.name}") as outcome:
            _wait_until_ready(supervisor, service, settings)
            outcome.text = outcomes[service.name]


def _wait_until_ready(supervisor: Supervisor, service: Service, settings: Settings) -> None:
    deadline = time.monotonic() + READY.total_seconds()
    complaint = ""
    pids = set()
    while time.monotonic() < deadline:
        state = supervisor.state(service)
        pids.add(state.pid)
        if len(pids - {None}) > 3:
            break
        if state.up:
            try:
                if service.ready is not None:
                    service.ready(settings)
                    return
                if state.seconds >= SETTLE.total_seconds():
                    return
            except (*servers.NOT_YET, subprocess.SubprocessError) as error:
                complaint = str(error)
        time.sleep(0.1)
    raise Refused(
        f"{service.name} does not start ({complaint or 'it ends again at once'}). The end of its log, "
        f"{settings.data}/logs/{service.name}/current:\n{supervisor.last_words(service)}"
    )


def as_ours(settings: Settings, command: str) -> str:
    """Runs `python -m run.<command>` of the release as the user of our processes; its last line is the outcome."""
    place = (settings.data / "release").resolve()
    environment = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(place),
        "HOLOS_DATA": str(settings.data),
        "HOLOS_SOFTWARE": str(settings.software),
    }
    done = subprocess.run(
        servers.as_user(machine.OURS, [sys.executable, "-m", f"run.{command}"]),
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise Refused(f"run.{command} failed:\n{last}")
    return (done.stdout.strip().splitlines() or ["done"])[-1]


def ready_words(began: float, now: float, services: Sequence[Service]) -> str:
    """How long the whole of make run took, the environment of Python included, and what runs."""
    return f"Ready after {now - began:.0f} s: {', '.join(service.name for service in services)}."


def _main() -> int:
    parser = argparse.ArgumentParser(prog="python -m run.up")
    parser.add_argument("extent", choices=("run", "install", "prepare", "fill"), nargs="?", default="run")
    parser.add_argument("--began", type=float, default=time.time(), help="when make began, before there was Python")
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        raise Refused("make run needs root: it makes the users its processes run as. Use: sudo make run")
    match arguments.extent:
        case "install":
            install(keys.of(DATA))
        case "prepare":
            prepare(DATA)
        case "fill":
            fill(keys.of(DATA))
        case _:
            _run(arguments.began)
    return 0


def _run(began: float) -> None:
    """Everything, in order. A second make run of the same data directory waits for the first."""
    DATA.mkdir(parents=True, exist_ok=True)
    with (DATA / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _run_alone(began)


def _run_alone(began: float) -> None:
    settings = keys.of(DATA)
    _refuse_taken_ports(settings)
    if not (settings.data / "release").exists():
        machine.refuse_small_disk(settings.data, gigabytes=3)
    install(settings)
    settings, code_is_new = prepare(DATA)
    start(settings, code_is_new=code_is_new)
    print(f"\n{ready_words(began, time.time(), wanted(settings))}")
    waiting = [service.name for service in SERVICES if not service.wanted(settings)]
    if waiting:
        print(f"Not started, for the settings do not ask for it: {', '.join(waiting)}.")
    print(welcome(settings))


if __name__ == "__main__":
    main(_main)
