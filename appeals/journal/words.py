"""The words of the journal: ready views, states of files, deeds."""

from typing import Final

from appeals.journal.many import GIVEN, LONG_OFF, LONG_ON, NOT_ALLOWED, NOT_BACK
from appeals.journal.model import ME, NOTHING, OPEN_ONES, TODAY, Asked, By, DeedState, ExportState
from appeals.workflow import words as work
from web.languages import later

READY: Final = (  # views that everybody has
    (later("All"), Asked()),
    (later("Open"), Asked({"state": OPEN_ONES})),
    (later("Overdue"), Asked({"standing": "overdue"}, "due")),
    (later("Due today"), Asked({"state": OPEN_ONES, "due_from": TODAY, "due_to": TODAY}, "due")),
)
OF_READERS: Final = (  # and those that whoever reads all appeals has beside
    (later("Without an executor"), Asked({"state": OPEN_ONES, "executor": NOTHING}, "due")),
    (later("Long control"), Asked({"state": OPEN_ONES, "long": "yes"}, "due")),
    (later("Registered by me"), Asked({"registered_by": ME})),
)
OVERDUE_OF_MINE: Final = (  # of who works for an executor and reads all appeals too
    later("Overdue with my executors"),
    Asked({"standing": "overdue", "executor": ME}, "due"),
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
    GIVEN: later("given to %(executor)s"),
}
LEFT: Final[dict[str, str]] = {
    **work.REFUSALS,
    NOT_ALLOWED: later("You may not do this with it"),
    NOT_BACK: later("You may not undo this any more"),
}
AT_WORK: Final[dict[str, str]] = {
    DeedState.RUNNING: later("is being done"),
    DeedState.UNDOING: later("is being undone"),
}
NONSENSE: Final[dict[str, str]] = {  # by the column's key, else by how it is filtered
    "number": later("“%(value)s” is no number of an appeal, nor its beginning"),
    "phone": later("“%(value)s” is no telephone number"),
    By.PERIOD: later("“%(value)s” is no day"),
    By.CHOICE: later("“%(value)s” is none of the choices"),
    By.YES: later("“%(value)s” is none of the choices"),
    By.DAY: later("“%(value)s” is no day"),
    By.EXECUTOR: later("No executor is called “%(value)s”"),
}
NO_HOUSE: Final = later("“%(value)s” is no house")
