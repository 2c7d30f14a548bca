"""How often queues of Asterisk's task processors were too long, as Asterisk's own log says.

Their depth can only be asked for with the right to run any command of Asterisk, which the listener does not have. The
log tells what matters: a queue has passed its high-water mark, from where on PJSIP refuses calls.
"""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

_SAID: Final = re.compile(rb"The '([^']+)' task processor queue reached (\d+) scheduled tasks")
_AT_ONCE: Final = 4 * 1024 * 1024  # bytes of the log read at a time


class Overloads:
    """Reads on in the log, from its end at the start; a log begun anew is read from its beginning."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._file, self._place = _state(log)
        self.number = 0
        self.last: str | None = None  # which queue it was
        self.last_at: datetime | None = None  # when that was read

    def read(self) -> None:
        """What was written since."""
        file, size = _state(self._log)
        if file != self._file or size < self._place:
            self._file, self._place = file, 0
        if size == self._place:
            return
        with self._log.open("rb") as log:
            log.seek(max(self._place, size - _AT_ONCE))
            found = _SAID.findall(log.read(_AT_ONCE))
        self._place = size
        self.number += len(found)
        if found:
            self.last, self.last_at = found[-1][0].decode(errors="replace"), datetime.now(UTC)


def _state(log: Path) -> tuple[int, int]:
    try:
        found = log.stat()
    except OSError:
        return 0, 0
    return found.st_ino, found.st_size
