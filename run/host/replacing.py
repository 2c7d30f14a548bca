"""A running web gets new code: its processes are replaced one after the other, and nobody is refused meanwhile."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Final

from run.host.services import Service
from run.host.supervision import Supervisor
from run.settings import Settings

PATIENCE: Final = timedelta(seconds=90)  # for each process: on a busy machine imports take long
_CHILD: Final = b"spawn_main"


def replaced(supervisor: Supervisor, service: Service, settings: Settings) -> bool:
    """Whether every process runs the release of now; False where that cannot be, and it is to be started again."""
    parent = supervisor.state(service).pid
    release = (settings.data / "release").resolve()
    before = children(parent)
    if parent is None or len(before) != settings.web_processes or len(before) < 2:
        return False
    supervisor.tell_to_replace(service)
    deadline = time.monotonic() + PATIENCE.total_seconds() * len(before)
    while time.monotonic() < deadline and supervisor.state(service).pid == parent:
        now = children(parent)
        if len(now) == len(before) and not now.keys() & before.keys() and set(now.values()) == {release}:
            return True
        time.sleep(0.2)
    return False


def children(parent: int | None) -> dict[int, Path]:
    """The processes that serve, by their numbers, and the place of the code of each."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            of = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            if of == parent and _CHILD in (place / "cmdline").read_bytes():
                found[int(place.name)] = (place / "cwd").readlink()
        except (OSError, ValueError):  # it has just ended
            continue
    return found
