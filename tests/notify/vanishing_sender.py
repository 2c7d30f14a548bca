"""A notifier that stands still once a message is out and before that is noted, so that a test can kill it there.

    python -m tests.notify.vanishing_sender <file>

Then it writes the file.
"""

import sys
import threading
from pathlib import Path

from notify import service
from run import notifier


def main() -> None:
    def stand_still(*_: object, **__: object) -> None:
        Path(sys.argv[1]).write_text("out")
        threading.Event().wait()

    service.sent = stand_still  # type: ignore[assignment]
    notifier.main()


if __name__ == "__main__":
    main()
