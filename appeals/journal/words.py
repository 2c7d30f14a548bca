"""The words of the journal: ready views, states of files, deeds."""

from typing import Final

from appeals.journal.model import ME, OPEN_ONES, TODAY, Asked, ExportState
from appeals.journal.service import LONG_OFF, LONG_ON
from web.languages import later

READY: Final = (  # views that everybody has
    (later("All"), Asked()),
    (later("Open"), Asked({"state": OPEN_ONES})),
    (later("Overdue"), Asked({"standing": "overdue"}, "due")),
    (later("Due today"), Asked({"state": OPEN_ONES, "due_from": TODAY, "due_to": TODAY}, "due")),
    (later("Long control"), Asked({"state": OPEN_ONES, "long": "yes"}, "due")),
    (later("Registered by me"), Asked({"registered_by": ME})),
)
STATES: Final[dict[str, str]] = {
    ExportState.WAITING: later("waits for its turn"),
    ExportState.RUNNING: later("is being written"),
    ExportState.DONE: later("is ready"),
    ExportState.CANCELLED: later("was given up"),
    ExportState.FAILED: later("could not be made"),
}
DEEDS: Final[dict[str, str]] = {
    LONG_ON: later("Put under long control"),
    LONG_OFF: later("Take out of long control"),
}
DONE: Final[dict[str, str]] = {
    LONG_ON: later("put under long control"),
    LONG_OFF: later("taken out of long control"),
}
