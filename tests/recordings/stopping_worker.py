"""A real worker that stands still at one stage of its work, so that a test can kill it there.

    python -m tests.recordings.stopping_worker <stage> <file>

Once it has come to the stage it writes its process id into the file. Stage "none" never stands still.
"""

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from db import store
from recordings import sound, spool, storing
from run import worker
from run.settings import Settings

STAGES: dict[str, tuple[Any, str]] = {
    "encoding": (sound, "_decibels"),  # after the last sample, before anything is uploaded
    "before the upload": (store, "put"),
    "uploaded, not verified": (store, "checksum"),
    "verified, not committed": (storing, "_describe"),
    "committed, not deleted": (spool.Legs, "delete"),
}


def main() -> None:
    stage, told = sys.argv[1], Path(sys.argv[2])
    if stage in STAGES:
        place, name = STAGES[stage]
        setattr(place, name, _standing_still(told))
    worker.work(Settings())


def _standing_still(told: Path) -> Callable[..., None]:
    def stand_still(*_: object, **__: object) -> None:
        unfinished = told.with_suffix(".new")
        unfinished.write_text(str(os.getpid()))
        unfinished.rename(told)
        threading.Event().wait()

    return stand_still


if __name__ == "__main__":
    main()
