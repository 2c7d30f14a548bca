"""Self-services: what a caller can settle with keys alone."""

from agi.memory import Memory
from agi.scripts.appeal_status import AppealStatus
from agi.scripts.current_works import CurrentWorks
from ivr.walk import Line, Script


def offered(memory: Memory, line: Line) -> dict[str, Script]:
    """The self-services of a line, by the names that menus use (`ivr.contents.SCRIPTS`)."""
    return {"appeal-status": AppealStatus(memory, line), "current-works": CurrentWorks(memory, line)}
