"""python -m run.container NAME [ready]: one process of `run.host.services` in the foreground of a container.

It is the command, the user and the umask that s6 would give it. `ready` asks the running one instead (health checks).
"""

import os
import subprocess
import sys
from typing import NoReturn

from run.host import keys, servers
from run.host.services import SERVICES, Service
from run.host.steps import Refused, main
from run.settings import DATA, Settings


def _main() -> int:
    name, *question = sys.argv[1:] or [""]
    service = next((service for service in SERVICES if service.name == name), None)
    if service is None:
        raise Refused(f"no process is called {name!r}; there are {', '.join(known.name for known in SERVICES)}")
    settings = keys.of(DATA)
    if question == ["ready"]:
        _ask(service, settings)
    else:
        _become(service, settings)
    return 0


def _ask(service: Service, settings: Settings) -> None:
    try:
        if service.ready is not None:
            service.ready(settings)
    except (*servers.NOT_YET, subprocess.SubprocessError) as error:
        raise Refused(f"{service.name} does not answer: {error}") from error


def _become(service: Service, settings: Settings) -> NoReturn:
    command = servers.as_user(service.user, service.command(settings))
    os.umask(int(service.umask, 8))
    release = settings.data / "release"
    os.chdir(release if service.ours else settings.data)
    os.environ["PYTHONPATH"] = str(release.resolve())
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(_main)
