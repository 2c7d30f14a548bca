"""make stop: ends every process in order and leaves nothing behind. Our own processes, Asterisk, then the servers."""

import os
import subprocess
import time

from run.host import keys, programs
from run.host.services import SERVICES
from run.host.steps import Refused, main, step
from run.host.supervision import Supervisor
from run.settings import DATA, Settings


def _let_calls_end(settings: Settings, supervisor: Supervisor) -> None:
    """Asterisk takes no new calls; those that are on may go on for `stop_grace` seconds."""
    asterisk = next(service for service in SERVICES if service.name == "asterisk")
    if not supervisor.state(asterisk).up:
        return
    with step(f"Calls may end, up to {settings.stop_grace} s") as outcome:
        deadline = time.monotonic() + settings.stop_grace
        calls = _calls(settings)
        while calls and time.monotonic() < deadline:
            time.sleep(0.5)
            calls = _calls(settings)
        outcome.text = f"{calls} cut off" if calls else "none left"


def _calls(settings: Settings) -> int:
    """Channels that are up now."""
    command = programs.asterisk(settings, "-rx", "core show channels count")
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10).stdout
    counts = [
        int(line.split()[0]) for line in said.splitlines() if line.endswith(("active channels", "active channel"))
    ]
    return counts[0] if counts else 0


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
