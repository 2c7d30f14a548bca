"""make run: brings the machine from whatever it is to a call centre that answers.

Each step looks at what is there and does only what is missing, so a second run changes nothing and an interrupted one
is repaired by the next. `install` stops before anything is started (container images).
"""

import argparse
import grp
import os
import subprocess
import sys
import time
from collections.abc import Sequence

from run import asterisk_root, keys, machine, migrate, programs, release, servers
from run.services import SERVICES, Service, wanted
from run.settings import DATA, Settings
from run.steps import Refused, changed, main, step
from run.supervision import Supervisor
from run.welcome import welcome

SETTLE = 2.0  # seconds a process without a question to ask must have run before it counts as started
READY = 90  # seconds until a process that is asked must answer


def install(settings: Settings) -> bool:
    """Everything that needs no running server. Whether the code is another than before."""
    with step("Users of the processes") as outcome:
        changed(outcome, machine.make_users())
    with step("Asterisk") as outcome:
        found = asterisk_root.version(settings)
        if found is None:
            asterisk_root.build(settings)
        outcome.text = f"{asterisk_root.version(settings)} {'was there' if found else 'installed'}"
    with step("Front end") as outcome:
        changed(outcome, release.build_front_end(settings))
    with step("Settings, passwords and keys") as outcome:
        gid = grp.getgrnam(machine.OURS).gr_gid
        changed(outcome, keys.keep(settings.data, keys.given(), group=gid))
    with step("Directories and their owners") as outcome:
        changed(outcome, machine.make_directories(settings.data))
    with step("Code") as outcome:
        published = release.publish(settings)
        changed(outcome, published)
    with step("Prompts in every language") as outcome:
        outcome.text = as_ours(settings, "prompts")
    return published


def start(settings: Settings, *, code_is_new: bool) -> None:
    """Starts what is not running, starts again what runs with old code or an old command."""
    supervisor = Supervisor(settings)
    services = wanted(settings)
    running = supervisor.runs()
    up = {service.name for service in services if running and supervisor.state(service).up}
    machine.refuse_taken([port for port in machine.ports(settings) if port.service not in up])
    if settings.own_postgres:
        with step("Database cluster") as outcome:
            changed(outcome, servers.make_cluster(settings))
    _write_server_files(settings)
    stale = _write_services(supervisor, services, code_is_new=code_is_new)
    if not running:
        supervisor.start()
    servers_first = [service for service in services if not service.ours and service.name != "asterisk"]
    for service in servers_first:
        _bring_up(supervisor, service, settings, again=service.name in stale)
    _prepare_data(settings)
    for service in services:
        if service not in servers_first:
            _bring_up(supervisor, service, settings, again=service.name in stale)


def _write_server_files(settings: Settings) -> None:
    if settings.own_redis:
        programs.write_redis_file(settings)
    if settings.own_store:
        programs.write_store_files(settings)


def _write_services(supervisor: Supervisor, services: Sequence[Service], *, code_is_new: bool) -> set[str]:
    """Names of the services that must be started again."""
    names = {service.name for service in services}
    for name in supervisor.listed():
        if name not in names:
            supervisor.forget(name)
    rewritten = {service.name for service in services if supervisor.write(service)}
    return rewritten | {service.name for service in services if service.ours and code_is_new}


def _bring_up(supervisor: Supervisor, service: Service, settings: Settings, *, again: bool) -> None:
    with step(f"Process {service.name}") as outcome:
        was_up = supervisor.runs() and supervisor.state(service).up
        outcome.text = "runs" if was_up and not again else "started again" if was_up else "started"
        if was_up and again:
            supervisor.down(service)
        supervisor.up(service)
        _wait_until_ready(supervisor, service, settings)


def _wait_until_ready(supervisor: Supervisor, service: Service, settings: Settings) -> None:
    deadline = time.monotonic() + READY
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
                if state.seconds >= SETTLE:
                    return
            except (*servers.NOT_YET, subprocess.SubprocessError) as error:
                complaint = str(error)
        time.sleep(0.1)
    raise Refused(
        f"{service.name} does not start ({complaint or 'it ends again at once'}). The end of its log, "
        f"{settings.data}/logs/{service.name}/current:\n{supervisor.last_words(service)}"
    )


def _prepare_data(settings: Settings) -> None:
    with step("Database: roles, tables") as outcome:
        if settings.own_postgres:
            servers.prepare_databases(settings)
        changed(outcome, migrate.upgrade(settings))
    if settings.demo:
        with step("Demonstration organisations") as outcome:
            outcome.text = as_ours(settings, "demo")
    with step("Asterisk's configuration") as outcome:
        outcome.text = as_ours(settings, "telephony")


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


def _main() -> int:
    parser = argparse.ArgumentParser(prog="python -m run.up")
    parser.add_argument("extent", choices=("run", "install"), nargs="?", default="run")
    extent = parser.parse_args().extent
    if os.geteuid() != 0:
        raise Refused("make run needs root: it makes the users its processes run as. Use: sudo make run")
    began = time.monotonic()
    settings = keys.of(DATA)
    machine.refuse_small_disk(settings.data, 3)
    code_is_new = install(settings)
    settings = keys.of(DATA)
    if extent == "install":
        return 0
    start(settings, code_is_new=code_is_new)
    print(f"\nStarted in {time.monotonic() - began:.0f} s: {', '.join(service.name for service in wanted(settings))}.")
    waiting = [service.name for service in SERVICES if not service.wanted(settings)]
    if waiting:
        print(f"Not started, for want of a setting: {', '.join(waiting)}.")
    print(welcome(settings))
    return 0


if __name__ == "__main__":
    main(_main)
