"""make status: each process, since when it runs, and whether it answers."""

import os
import subprocess
from datetime import timedelta

from run.host import keys, servers
from run.host.machine import ports
from run.host.services import SERVICES, Service
from run.host.steps import Refused, main
from run.host.supervision import Supervisor
from run.settings import DATA, Settings


def lines(settings: Settings) -> tuple[list[str], bool]:
    """A line for each process, and whether all that are wanted answer."""
    supervisor = Supervisor(settings)
    listening: dict[str, set[str]] = {}
    for port in ports(settings):
        listening.setdefault(port.service, set()).add(str(port.number))
    said, well = [], supervisor.runs()
    for service in SERVICES:
        state, words = _state(supervisor, service, settings)
        well = well and state
        numbers = " ".join(sorted(listening.get(service.name, ()), key=int))
        said.append(f"{service.name:<11}{words:<44}{numbers}")
    return said, well


def _state(supervisor: Supervisor, service: Service, settings: Settings) -> tuple[bool, str]:
    if not service.wanted(settings):
        return True, "not wanted by the settings"
    state = supervisor.state(service)
    if not state.up:
        return False, "down"
    since = f"pid {state.pid}, for {timedelta(seconds=state.seconds)}"
    try:
        if service.ready is not None:
            service.ready(settings)
    except (*servers.NOT_YET, subprocess.SubprocessError):
        return False, f"{since}, does not answer"
    return True, since


def _main() -> int:
    if os.geteuid() != 0:
        raise Refused("make status needs root, as make run does.")
    said, well = lines(keys.of_installed(DATA))
    print("\n".join(said))
    return 0 if well else 1


if __name__ == "__main__":
    main(_main)
