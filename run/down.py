"""make stop: ends every process in order and leaves nothing behind. Our own processes, Asterisk, then the servers."""

import os
import re
import subprocess
import time

from run.host import keys, programs
from run.host.services import SERVICES
from run.host.steps import Refused, main, step
from run.host.supervision import Supervisor
from run.settings import DATA, Settings

_CALLS = re.compile(r"^(\d+) active calls?$", re.MULTILINE)


def _let_calls_end(settings: Settings, supervisor: Supervisor) -> None:
    """Calls that are on may go on for `stop_grace` seconds."""
    asterisk = next(service for service in SERVICES if service.name == "asterisk")
    if not supervisor.state(asterisk).up:
        return
    with step(f"Calls may end, up to {settings.stop_grace} s") as outcome:
        deadline = time.monotonic() + settings.stop_grace
        calls = calls_on(settings)
        while calls and time.monotonic() < deadline:
            time.sleep(0.5)
            calls = calls_on(settings)
        outcome.text = f"{calls} cut off" if calls else "none left"


def calls_on(settings: Settings) -> int:
    """Calls on the line now: a caller is one, alone or with whoever rings or talks."""
    command = programs.asterisk(settings, "-rx", "core show channels count")
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10).stdout
    found = _CALLS.search(said)
    return int(found[1]) if found else 0


def stop(settings: Settings) -> None:
    """Ends everything of this data directory; says so where nothing runs."""
    supervisor = Supervisor(settings)
    if not supervisor.runs():
        print("Nothing runs.")
        return
    _let_calls_end(settings, supervisor)
    for service in reversed(SERVICES):
        if supervisor.state(service).up:
            with step(f"Process {service.name}") as outcome:
                supervisor.down(service)
                outcome.text = "ended"
    with step("Supervisor") as outcome:
        supervisor.stop()
        outcome.text = "ended"


def _main() -> int:
    if os.geteuid() != 0:
        raise Refused("make stop needs root, as make run does.")
    stop(keys.of_installed(DATA))
    return 0


if __name__ == "__main__":
    main(_main)
